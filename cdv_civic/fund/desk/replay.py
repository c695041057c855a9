"""Lines of the ledger about funds: those that left the site."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.fund.desk.operations.funds import WITHDRAWN
from cdv_civic.fund.models.funds import Fund


def _withdraw(session: Session, line: LedgerLine) -> bool:
    fund = session.execute(
        select(Fund)
        .where(Fund.id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if fund is None or mark(fund.created_at) != line.born:
        return False
    if fund.published_at is None or fund.withdrawn_at is not None:
        return False
    fund.withdrawn_at = line.at
    fund.version += 1
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, WITHDRAWN, _withdraw)
