"""Lines of the ledger about mails: who wanted none still wants none after a restore."""

from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from cdv_civic.core.ledger import LedgerLine, register_kind
from cdv_civic.notices.models import MailRefusal


def _refuse(session: Session, line: LedgerLine) -> bool:
    if session.get(MailRefusal, line.object_id) is not None:
        return False
    session.add(MailRefusal(address_hash=line.object_id, refused_at=line.at))
    return True


def _accept(session: Session, line: LedgerLine) -> bool:
    gone = session.execute(delete(MailRefusal).where(MailRefusal.address_hash == line.object_id))
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "mail.refused", _refuse)
    register_kind(app, "mail.accepted", _accept)
