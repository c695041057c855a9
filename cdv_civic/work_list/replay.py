"""Lines of the ledger about reminders: whoever wanted no mail about their work still wants none after a restore."""

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.accounts.replay import account_of
from cdv_civic.core.ledger import LedgerLine, register_kind
from cdv_civic.work_list.operations import CHOSEN, put_period
from cdv_civic.work_list.rules import Period


def _choose(session: Session, line: LedgerLine) -> bool:
    account = account_of(session, line)
    return account is not None and put_period(session, account.id, Period(line.code))


def register(app: Flask) -> None:
    """Say how the line is done again."""
    register_kind(app, CHOSEN, _choose)
