"""What pages and commands read of the outbox. Each is one statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from cdv_civic.core.db import db
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


def given_up(limit: int = 100) -> list[Seen]:
    """Mails that could not be sent, the last one first."""
    statement = (
        select(Notice)
        .where(Notice.failed_at.is_not(None))
        .order_by(Notice.failed_at.desc(), Notice.id.desc())
        .limit(limit)
    )
    return [_seen(notice) for notice in db.session.execute(statement).scalars()]


def waiting() -> int:
    """How many mails are still to be sent."""
    statement = select(func.count()).where(
        and_(Notice.sent_at.is_(None), Notice.failed_at.is_(None), Notice.held_at.is_(None))
    )
    return db.session.execute(statement).scalar_one()


def held() -> list[Seen]:
    """Messages that wait for a person to say whether they leave, the oldest first."""
    statement = (
        select(Notice)
        .where(Notice.held_at.is_not(None), Notice.sent_at.is_(None), Notice.failed_at.is_(None))
        .order_by(Notice.created_at, Notice.id)
    )
    return [_seen(notice) for notice in db.session.execute(statement).scalars()]


def newest(limit: int = 50) -> list[Seen]:
    """All mails with their text, the newest first: while developing only."""
    statement = select(Notice).order_by(Notice.id.desc()).limit(limit)
    return [_seen(notice, with_text=True) for notice in db.session.execute(statement).scalars()]


def html_of(notice_id: int) -> str | None:
    """The HTML of one mail: while developing only."""
    return db.session.execute(select(Notice.html_body).where(Notice.id == notice_id)).scalar()
