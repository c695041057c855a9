"""Lines of the ledger about mails: who wanted none still wants none after a restore."""

from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from cdv_civic.core.ledger import LedgerLine, register_kind
from cdv_civic.notices.models import NoticeRefusal
from cdv_civic.notices.topics import ALL


def _topic(line: LedgerLine) -> str:
    """Lines that were written before there were topics name none: they are about all."""
    return line.code or ALL


def _refuse(session: Session, line: LedgerLine) -> bool:
    topic = _topic(line)
    if session.get(NoticeRefusal, (line.object_id, topic)) is not None:
        return False
    session.add(NoticeRefusal(address_hash=line.object_id, topic=topic, refused_at=line.at))
    return True


def _accept(session: Session, line: LedgerLine) -> bool:
    gone = session.execute(
        delete(NoticeRefusal).where(
            NoticeRefusal.address_hash == line.object_id, NoticeRefusal.topic.in_((_topic(line), ALL))
        )
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, "mail.refused", _refuse)
    register_kind(app, "mail.accepted", _accept)
