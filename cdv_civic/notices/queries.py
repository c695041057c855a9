"""What pages and commands read of the outbox. Each is one statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, true

from cdv_civic.core.db import db
from cdv_civic.core.policy import Reach
from cdv_civic.notices.models import Notice


@dataclass(frozen=True)
class Seen:
    """A mail, as a list shows it."""

    id: int
    kind: str  #: "email" or "sms"
    recipient: str | None
    subject: str
    language: str
    created_at: datetime
    sent_at: datetime | None
    failed_at: datetime | None
    attempts: int
    last_error: str | None
    can_leave: bool  #: its text is still there
    text_body: str | None = None


def _seen(notice: Notice, *, with_text: bool = False) -> Seen:
    return Seen(
        id=notice.id,
        kind=notice.kind,
        recipient=notice.recipient,
        subject=notice.subject,
        language=notice.language,
        created_at=notice.created_at,
        sent_at=notice.sent_at,
        failed_at=notice.failed_at,
        attempts=notice.attempts,
        last_error=notice.last_error,
        can_leave=notice.text_body is not None,
        text_body=notice.text_body if with_text else None,
    )


def _within(reach: Reach) -> ColumnElement[bool]:
    """Mails about the contracts within reach; those about none are the whole site's."""
    return true() if reach.everywhere else Notice.contract_id.in_(sorted(reach.contracts))


def given_up(reach: Reach, limit: int = 100) -> list[Seen]:
    """Mails within reach that could not be sent, the last one first."""
    statement = (
        select(Notice)
        .where(Notice.failed_at.is_not(None), _within(reach))
        .order_by(Notice.failed_at.desc(), Notice.id.desc())
        .limit(limit)
    )
    return [_seen(notice) for notice in db.session.execute(statement).scalars()]


def waiting(reach: Reach) -> int:
    """How many mails within reach are still to be sent."""
    statement = select(func.count()).where(
        and_(Notice.sent_at.is_(None), Notice.failed_at.is_(None)), _within(reach)
    )
    return db.session.execute(statement).scalar_one()


def newest(limit: int = 50) -> list[Seen]:
    """All mails with their text, the newest first: while developing only."""
    statement = select(Notice).order_by(Notice.id.desc()).limit(limit)
    return [_seen(notice, with_text=True) for notice in db.session.execute(statement).scalars()]


def html_of(notice_id: int) -> str | None:
    """The HTML of one mail: while developing only."""
    return db.session.execute(select(Notice.html_body).where(Notice.id == notice_id)).scalar()
