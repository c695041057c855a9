"""Sending the messages of the outbox: each at most once, but for letters of which nobody knows whether they left.

A message goes through `waiting`, `claimed` (a sender speaks to the server), `sending` (from just before the server
could take it until the answer) to its end, and each step is committed before the next one begins. What a sender that
died left behind thus says by itself what may be done: a claimed message waits again at once, one that was being sent
may have left (`rules.repeat_at`).
"""

import random
import secrets
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from flask import current_app
from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.models import Account
from cdv_civic.accounts.sessions import account_who_acts
from cdv_civic.core import background
from cdv_civic.core.availability import DatabaseDown
from cdv_civic.core.database_clock import database_now, read_database_now
from cdv_civic.core.db import OutcomeUnknown, db, transaction
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.settings import current_settings
from cdv_civic.notices import refusals, sms, smtp
from cdv_civic.notices.models import NOT_OVER, Notice
from cdv_civic.notices.outcomes import (
    NO_ACCOUNT,
    NOT_THEIRS,
    REFUSED_TOPIC,
    HandOver,
    Outcome,
    Refused,
    Taken,
    Unknown,
    Withdrawn,
    name_of,
)
from cdv_civic.notices.queues import Queue, queues_that_leave
from cdv_civic.notices.rules import LONGEST_ATTEMPT, LONGEST_WAIT, NoticeState, next_attempt, repeat_at
from cdv_civic.notices.topics import topic_named

#: Messages that one round of a sender hands over at most, and the seconds after which it begins no other.
BATCH: Final = 50
ROUND_SECONDS: Final = 60.0
TOO_LATE: Final = "TooLate"
#: What a sender that died in the middle leaves as the error of its attempt.
INTERRUPTED: Final = "Interrupted"
#: Seconds between tries to write down how an attempt ended: the database may be starting anew.
_RESULT_WAITS: Final = (1.0, 2.0, 4.0, 8.0, 15.0)


@dataclass(frozen=True)
class Round:
    """What one round of sending did."""

    sent: int = 0
    postponed: int = 0
    given_up: int = 0
    unknown: int = 0  #: may have left


@dataclass(frozen=True)
class _Claimed:
    """A message that is ours for one attempt. Its names stand here: a rollback makes the row forget them."""

    id: int
    attempt_id: str
    notice: Notice
    too_late: bool


class _Connection(Protocol):
    def send(self, notice: Notice, hand_over: HandOver) -> Outcome: ...


def _due(queue: Queue) -> ColumnElement[bool]:
    return and_(
        NOT_OVER,
        Notice.state.in_((NoticeState.WAITING, NoticeState.UNKNOWN)),
        Notice.kind == queue.kind,
        Notice.urgent == queue.urgent,
        or_(Notice.due_at <= database_now(), Notice.due_at > database_now(LONGEST_WAIT)),
        # While the clock is in doubt nothing is given up for being late: it waits.
        *([] if background.sure_of_time() else [not_(_too_late())]),
    )


def _too_late() -> ColumnElement[bool]:
    return func.coalesce(Notice.useful_until <= database_now(), false())


def _left_by(sender: str) -> ColumnElement[bool]:
    """What `sender` left in the middle when it died: it does one thing at a time, and whoever asks holds its lease."""
    return and_(
        NOT_OVER,
        Notice.state.in_((NoticeState.CLAIMED, NoticeState.SENDING)),
        # A sender may have gone for good, with the version that had more of them.
        or_(Notice.sender == sender, Notice.claimed_at <= database_now(-LONGEST_ATTEMPT)),
    )


def anything_due(queue: Queue, sender: str) -> bool:
    """Whether a message waits that `sender` could take up now; one statement."""
    if queue not in queues_that_leave(current_settings()):
        return False
    found = select(Notice.id).where(NOT_OVER, or_(_due(queue), _left_by(sender))).limit(1)
    return db.session.execute(found).first() is not None


def deliver(queue: Queue, sender: str) -> Round:
    """Send the messages of a queue that are due, the longest due first, each outside of any transaction.

    Only one process at a time may do it under the name `sender`; the queue's other senders take their turns beside it.
    """
    if queue not in queues_that_leave(current_settings()):
        return Round()
    _recover(sender)
    counted = {"sent": 0, "postponed": 0, "given_up": 0, "unknown": 0}
    started = time.monotonic()
    with _connection(queue) as connection:
        for _ in range(BATCH):
            if not background.goes_on() or time.monotonic() - started > ROUND_SECONDS:
                break
            claimed = _claim(queue, sender)
            if claimed is None:
                break
            refusal = _why_not(claimed)
            outcome = Refused(refusal, for_good=True) if refusal else _send(connection, claimed)
            if queue.kind == "sms" and not queue.urgent and isinstance(outcome, Taken | Unknown):
                limits.note_text()  # a code was counted when it was asked for
            ending = None if isinstance(outcome, Withdrawn) else _write_down(claimed, outcome)
            if ending is not None:
                counted[ending] += 1
    return Round(**counted)


def _connection(queue: Queue) -> AbstractContextManager[_Connection]:
    """A connection for a round; it is not opened before the first message."""
    settings = current_settings()
    return (
        smtp.SmtpConnection(settings)
        if settings.sms is None or queue.kind == "email"
        else sms.SmsConnection(settings.sms)
    )


def _recover(sender: str) -> None:
    """Take up what an earlier run of `sender` left in the middle."""
    if db.session.execute(select(Notice.id).where(_left_by(sender)).limit(1)).first() is None:
        return
    with transaction() as session:
        left = session.execute(
            select(Notice)
            .where(_left_by(sender))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalars()
        for notice in left:
            if notice.state == NoticeState.SENDING:
                _apply(session, notice, Unknown(INTERRUPTED))
            else:
                # It was not handed over, and for no reason of its own: the attempt does not count.
                notice.state = NoticeState.WAITING.value
                notice.attempt_id = None
                notice.attempts -= 1
                notice.due_at = read_database_now(session)


def _claim(queue: Queue, sender: str) -> _Claimed | None:
    """The next message of a queue, now ours; None where no other is due."""
    attempt_id = secrets.token_hex(8)
    while True:
        found = db.session.execute(
            select(Notice.id, _too_late()).where(_due(queue)).order_by(Notice.due_at, Notice.id).limit(1)
        ).first()
        db.session.rollback()  # end the reading transaction: writing begins one of its own
        if found is None:
            return None
        notice_id, too_late = found
        with transaction() as session:
            claimed = session.execute(
                update(Notice)
                .where(Notice.id == notice_id, _due(queue))
                .values(
                    state=NoticeState.CLAIMED.value,
                    attempts=Notice.attempts + 1,
                    attempt_id=attempt_id,
                    sender=sender,
                    claimed_at=database_now(),
                )
                .execution_options(synchronize_session=False)
            )
            if claimed.rowcount == 1:  # type: ignore[attr-defined]
                notice = session.execute(
                    select(Notice).where(Notice.id == notice_id).execution_options(populate_existing=True)
                ).scalar_one()
                return _Claimed(notice_id, attempt_id, notice, too_late)
        # Another sender of the queue was faster: the next one.


def _why_not(claimed: _Claimed) -> str:
    """Why a claimed message must not leave any more; empty where it may.

    1 statement where it can be refused; where accounts alone get it 1 more, where it is for some roles 4 more.
    """
    if claimed.too_late:
        return TOO_LATE
    notice = claimed.notice
    topic = topic_named(notice.topic or "")
    if topic is None or notice.recipient is None:
        return ""
    reason = ""
    if refusals.refuses(db.session(), notice.recipient, topic):
        reason = REFUSED_TOPIC
    elif topic.of_role and not _may_still(notice.recipient, topic.action):
        reason = NOT_THEIRS
    elif topic.for_accounts and not _has_account(notice.recipient):
        reason = NO_ACCOUNT
    db.session.rollback()  # end the reading transaction: writing begins one of its own
    return reason


def _has_account(address: str) -> bool:
    """Whether an address is that of an open account; 1 statement."""
    found = select(Account.id).where(
        or_(Account.email == address, Account.phone == address), Account.disabled_at.is_(None)
    )
    return db.session.execute(found.limit(1)).first() is not None


def _may_still(address: str, action: str) -> bool:
    """Whether the account that has an address now may do an action."""
    account_id = db.session.execute(select(Account.id).where(Account.email == address)).scalar()
    who = account_who_acts(account_id) if account_id is not None else None
    return who is not None and may(who, action)


def _send(connection: _Connection, claimed: _Claimed) -> Outcome:
    """Hand a claimed message over; what nobody foresaw ends this attempt, and never the round."""
    handed_over = False

    def hand_over() -> bool:
        nonlocal handed_over
        with transaction() as session:
            changed = session.execute(
                update(Notice)
                .where(
                    Notice.id == claimed.id,
                    Notice.attempt_id == claimed.attempt_id,
                    Notice.state == NoticeState.CLAIMED,
                )
                .values(state=NoticeState.SENDING.value)
                .execution_options(synchronize_session=False)
            )
        handed_over = bool(changed.rowcount == 1)  # type: ignore[attr-defined]
        return handed_over

    try:
        return connection.send(claimed.notice, hand_over)
    except background.Overtaken:
        raise
    except Exception as error:
        db.session.rollback()
        return Unknown(name_of(error)) if handed_over else Refused(name_of(error))


def _write_down(claimed: _Claimed, outcome: Taken | Refused | Unknown) -> str | None:
    """Write down how an attempt ended: "sent", "postponed", "given_up", "unknown"; None: it was not ours any more.

    The name of the attempt fences it, and not the lease: should this run have been overtaken while the server thought,
    what the server said is still true, and keeps the message from being repeated.
    """
    for wait in (*_RESULT_WAITS, None):
        try:
            with background.unfenced():
                return _finish(claimed, outcome)
        except (DBAPIError, OutcomeUnknown, DatabaseDown, PoolTimeout) as error:
            db.session.rollback()
            if wait is None:
                raise
            current_app.logger.warning(
                "how message %s left cannot be written down yet: %s", claimed.id, type(error).__name__
            )
            time.sleep(wait)
    raise AssertionError("unreachable")


def _finish(claimed: _Claimed, outcome: Taken | Refused | Unknown) -> str | None:
    with transaction() as session:
        notice = session.execute(
            select(Notice)
            .where(Notice.id == claimed.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalar_one()
        if notice.attempt_id != claimed.attempt_id or notice.state == NoticeState.SENT:
            # Its reader's account was erased meanwhile, it waits again under another name, or we wrote this already.
            return None
        if notice.state == NoticeState.UNKNOWN and not isinstance(outcome, Taken):
            return None  # whoever overtook us decided what becomes of it; that the server has it is news, nothing else
        ending = _apply(session, notice, outcome)
    if ending in ("given_up", "unknown"):
        current_app.logger.warning("message %s: %s, %s", notice.id, _SAID[ending], notice.last_error)
    return ending


_SAID: Final = {"given_up": "was given up", "unknown": "may have left"}


def _apply(session: Session, notice: Notice, outcome: Taken | Refused | Unknown) -> str:
    """Change the row of a message as the outcome of its attempt asks."""
    now = read_database_now(session)
    again = None
    notice.last_error = None if isinstance(outcome, Taken) else outcome.error
    if isinstance(outcome, Taken):
        ending, notice.state = "sent", NoticeState.SENT.value
        notice.sent_at, notice.failed_at = now, None
    elif isinstance(outcome, Unknown):
        ending, notice.state = "unknown", NoticeState.UNKNOWN.value
        notice.unknown_attempts += 1
        again = repeat_at(notice.unknown_attempts, now, notice.useful_until, urgent=notice.urgent)
    else:
        ending, notice.state = "postponed", NoticeState.WAITING.value
        if not outcome.for_good:
            chance = random.random()  # noqa: S311  (nobody gains by guessing it)
            again = next_attempt(
                notice.attempts, now, notice.useful_until, urgent=notice.urgent, chance=chance
            )
        if again is None:
            ending, notice.state = "given_up", NoticeState.FAILED.value
    if isinstance(outcome, Taken) or (isinstance(outcome, Refused) and outcome.by_recipient):
        notice.blocked_since = None
    elif isinstance(outcome, Refused):
        notice.blocked_since = notice.blocked_since or notice.claimed_at
    if again is not None:
        notice.due_at = again
        return ending
    if ending != "sent":
        notice.failed_at = now
    if notice.useful_until is not None:
        # What holds a link is kept no longer than it must.
        notice.text_body = notice.html_body = notice.unsubscribe_url = None
    return ending
