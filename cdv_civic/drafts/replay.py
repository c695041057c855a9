"""The line of the ledger about drafts: what its author erased does not come back with a backup."""

from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from cdv_civic.accounts.replay import account_of
from cdv_civic.core.ledger import LedgerLine, register_kind
from cdv_civic.drafts.models import Draft
from cdv_civic.drafts.operations import ERASED


def _erase(session: Session, line: LedgerLine) -> bool:
    account_id, kind, owner = line.object_id.split("/")
    if account_of(session, line, int(account_id)) is None:
        return False
    gone = session.execute(
        delete(Draft)
        .where(
            Draft.account_id == int(account_id),
            Draft.form_kind == kind,
            Draft.owner_key == owner,
            # One that was begun after is another one.
            Draft.saved_at <= line.at,
        )
        .execution_options(synchronize_session=False)
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    """Say how the line is done again."""
    register_kind(app, ERASED, _erase)
