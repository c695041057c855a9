"""What pages and commands read of the outbox. Each is one statement, unless it says otherwise."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from cdv_civic.core.database_clock import database_now, read_database_now
from cdv_civic.core.db import UtcDateTime, db
from cdv_civic.core.policy.model import Reach
from cdv_civic.core.settings import current_settings
from cdv_civic.notices import rules
from cdv_civic.notices.models import NOT_OVER, Notice
from cdv_civic.notices.outcomes import AS_MEANT
from cdv_civic.notices.queues import Queue, queues_that_leave
from cdv_civic.notices.rules import OPEN, NoticeState


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
    may_have_left: bool  #: nobody knows whether its reader has it
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
        may_have_left=notice.failed_at is not None and notice.unknown_attempts > 0,
        text_body=notice.text_body if with_text else None,
    )


def notices_within(reach: Reach) -> ColumnElement[bool]:
    """Mails about the contracts within reach; those about none are the whole site's."""
    return true() if reach.everywhere else Notice.contract_id.in_(sorted(reach.contracts))


def could_not_leave(reach: Reach) -> ColumnElement[bool]:
    """Mails within reach that could not be sent, or of which nobody knows.

    Those that were withdrawn, or that nobody wants any more, are as they should be, and not among them.
    """
    return and_(
        Notice.failed_at.is_not(None),
        or_(Notice.last_error.is_(None), Notice.last_error.not_in(AS_MEANT)),
        notices_within(reach),
    )


def given_up(reach: Reach, limit: int = 100) -> list[Seen]:
    """The mails that could not leave, the last one first."""
    statement = (
        select(Notice)
        .where(could_not_leave(reach))
        .order_by(Notice.failed_at.desc(), Notice.id.desc())
        .limit(limit)
    )
    return [_seen(notice) for notice in db.session.execute(statement).scalars()]


def waiting(reach: Reach) -> int:
    """How many mails within reach are still to be sent."""
    statement = select(func.count()).where(
        NOT_OVER,
        Notice.state != NoticeState.HELD,
        notices_within(reach),
    )
    return db.session.execute(statement).scalar_one()


def stuck_since() -> datetime | None:
    """Since when nothing leaves although messages are due, where that is MAIL_STUCK_MINUTES or more; else None.

    Each queue is looked at by itself. What one recipient's mailbox delays is not due. 2 statements, and one more for
    each queue in which something has been due for so long.
    """
    settings = current_settings()
    queues = queues_that_leave(settings)
    if not queues:
        return None
    due_since = _due_since()
    now = read_database_now(db.session())
    stuck = []
    for queue in queues:
        since = due_since.get((queue.kind, queue.urgent))
        # Without the second question for what became due just now, which is the rule.
        if since is not None and rules.is_long(since, now, settings.mail_stuck_minutes):
            last_left = _last_left(queue, since)
            if last_left is None or rules.is_long(last_left, now, settings.mail_stuck_minutes):
                stuck.append(last_left or since)
    return min(stuck, default=None)


def _due_since() -> dict[tuple[str, bool], datetime]:
    """For each queue, since when its message that has waited longest could have left."""
    since = func.coalesce(
        Notice.blocked_since,
        case(
            (Notice.state.in_((NoticeState.CLAIMED, NoticeState.SENDING)), Notice.claimed_at),
            else_=Notice.due_at,
        ),
    )
    statement = (
        select(Notice.kind, Notice.urgent, func.min(since, type_=UtcDateTime()))
        .where(
            NOT_OVER,
            Notice.state.in_(OPEN),
            since <= database_now(),
        )
        .group_by(Notice.kind, Notice.urgent)
    )
    return {(kind, urgent): moment for kind, urgent, moment in db.session.execute(statement)}


def _last_left(queue: Queue, since: datetime) -> datetime | None:
    """When a message of the queue last left, if that was after `since`."""
    statement = select(func.max(Notice.sent_at, type_=UtcDateTime())).where(
        Notice.kind == queue.kind, Notice.urgent == queue.urgent, Notice.sent_at > since
    )
    return db.session.execute(statement).scalar_one()


def held_notices(*, after: int = 0, limit: int = 100) -> list[Seen]:
    """Messages that wait for a person to say whether they leave, the oldest first; those behind the number `after`."""
    statement = (
        select(Notice)
        .where(Notice.state == NoticeState.HELD, Notice.id > after)
        .order_by(Notice.id)
        .limit(limit)
    )
    return [_seen(notice) for notice in db.session.execute(statement).scalars()]


def how_many_held(*, after: int = 0) -> int:
    """How many of them there are behind the number `after`."""
    statement = select(func.count()).where(Notice.state == NoticeState.HELD, Notice.id > after)
    return db.session.execute(statement).scalar_one()


def newest(limit: int = 50) -> list[Seen]:
    """All mails with their text, the newest first: while developing only."""
    statement = select(Notice).order_by(Notice.id.desc()).limit(limit)
    return [_seen(notice, with_text=True) for notice in db.session.execute(statement).scalars()]


def html_of(notice_id: int) -> str | None:
    """The HTML of one mail: while developing only."""
    return db.session.execute(select(Notice.html_body).where(Notice.id == notice_id)).scalar()
