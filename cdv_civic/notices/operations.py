"""Verbs of the outbox: write a message in the transaction of an act, send those that are due, give up, erase."""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.core import audit, clock
from cdv_civic.core.config import Settings
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.policy import Actor, require
from cdv_civic.notices import refusals, sms, smtp
from cdv_civic.notices.letters import Letter, address_of, lay_out
from cdv_civic.notices.models import Notice
from cdv_civic.notices.rules import CLAIM, fits_in_a_header, next_attempt
from cdv_civic.notices.smtp import Refused
from cdv_civic.notices.texts import fits
from cdv_civic.people.emails import fold_email

#: Mails that one round of the job hands over at most, and the seconds after which it begins no other.
BATCH: Final = 50
ROUND_SECONDS: Final = 60.0
TOO_LATE: Final = "TooLate"
#: Why a message that a restore brought back did not leave.
DISCARDED: Final = "Discarded"


class BadHeader(DomainError):
    """A value that would add lines of its own to the head of a mail."""


class NoMail(DomainError):
    """This site has no mail server."""

    status = 503


class NoTexts(DomainError):
    """This site has no SMS gateway."""

    status = 503


def require_mail() -> None:
    """Raise `NoMail` unless this site sends mails."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.mails:
        raise NoMail(
            _l(
                "Ce site n’envoie pas encore d’e-mails. Demandez à la personne qui l’installe de régler l’envoi."
            )
        )


def require_texts() -> None:
    """Raise `NoTexts` unless this site sends text messages."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.texts:
        raise NoTexts(_l("Ce site n’envoie pas de SMS. Choisissez un lien par e-mail."))


def write_mail(
    session: Session, recipient: str, language: str, letter: Letter, *, useful_until: datetime | None = None
) -> Notice | None:
    """Put a mail into the outbox, within the caller's transaction and inside `letters.written_in(language)`.

    None where the letter can be refused (`Letter.unsubscribe`) and its reader did.
    Raises `BadEmail` for the recipient, `BadHeader` for the subject, `NoMail`.
    """
    require_mail()
    if not fits_in_a_header(letter.subject):
        raise BadHeader(
            _l(
                "L’objet d’un message tient sur une ligne, sans retour à la ligne ni signe caché. "
                "Enlevez-les, puis envoyez de nouveau."
            )
        )
    folded = fold_email(recipient)
    unsubscribe_url = None
    if letter.unsubscribe:
        if refusals.refuses(session, folded):
            return None
        token = refusals.token_for(folded)
        unsubscribe_url = address_of("notices.unsubscribe", lang=language, token=token)
    text_body, html_body = lay_out(letter, language, unsubscribe_url or "")
    return _put(
        session,
        kind="email",
        recipient=folded,
        subject=letter.subject,
        text_body=text_body,
        html_body=html_body,
        unsubscribe_url=unsubscribe_url,
        language=language,
        useful_until=useful_until,
    )


def write_text(
    session: Session, recipient: str, language: str, text: str, *, useful_until: datetime | None = None
) -> Notice:
    """Put a text message (SMS) to a number (E.164) into the outbox, within the caller's transaction.

    Raises `NoTexts`, and `ValueError` for what does not fit into one message.
    """
    require_texts()
    if not fits(text):
        raise ValueError("this does not fit into one text message")
    return _put(
        session,
        kind="sms",
        recipient=recipient,
        subject="",
        text_body=text,
        html_body=None,
        unsubscribe_url=None,
        language=language,
        useful_until=useful_until,
    )


def _put(session: Session, **values: object) -> Notice:
    notice = Notice(
        key=secrets.token_hex(16),
        created_at=clock.now(),
        due_at=clock.now(),
        attempts=0,
        sent_at=None,
        held_at=None,
        failed_at=None,
        last_error=None,
        **values,
    )
    session.add(notice)
    session.flush()
    return notice


@dataclass(frozen=True)
class Round:
    """What one round of sending did."""

    sent: int = 0
    postponed: int = 0
    given_up: int = 0


def _kinds() -> list[str]:
    """The kinds of messages that can leave this site."""
    settings: Settings = current_app.extensions["settings"]
    return [*(["email"] if settings.smtp_url else []), *(["sms"] if settings.sms else [])]


def _due() -> ColumnElement[bool]:
    return and_(
        Notice.sent_at.is_(None),
        Notice.failed_at.is_(None),
        Notice.held_at.is_(None),
        Notice.due_at <= clock.now(),
        Notice.kind.in_(_kinds()),
    )


def anything_due() -> bool:
    """Whether a message waits that could leave now."""
    if not _kinds():
        return False
    return db.session.execute(select(Notice.id).where(_due()).limit(1)).first() is not None


def _claim(notice_id: int) -> Notice | None:
    """Make a mail ours for a while, and count the attempt before it is made; None where somebody else has it."""
    with transaction() as session:
        claimed = session.execute(
            update(Notice)
            .where(Notice.id == notice_id, _due())
            .values(attempts=Notice.attempts + 1, due_at=clock.now() + CLAIM)
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            return None
        return session.execute(
            select(Notice).where(Notice.id == notice_id).execution_options(populate_existing=True)
        ).scalar_one()


def _finish(notice: Notice, error: str | None, *, for_good: bool = False) -> str:
    """Write down how an attempt ended: "sent", "postponed" or "given_up"."""
    with transaction() as session:
        session.refresh(notice, with_for_update=True)
        if notice.failed_at is not None:
            return "given_up"  # its reader's account was erased while it was on its way
        now = clock.now()
        notice.last_error = error
        again = None if error is None or for_good else next_attempt(notice.attempts, now, notice.useful_until)
        if error is None:
            notice.sent_at = now
        elif again is not None:
            notice.due_at = again
            return "postponed"
        else:
            notice.failed_at = now
        if notice.useful_until is not None:
            notice.text_body = notice.html_body = notice.unsubscribe_url = (
                None  # what holds a link is kept no longer than it must
            )
    return "given_up" if error is not None else "sent"


class _Connection(Protocol):
    def send(self, notice: Notice) -> Refused | None: ...


@contextmanager
def _connections() -> Iterator[dict[str, _Connection]]:
    """A connection for each kind of message; none of them is opened before its first message."""
    settings: Settings = current_app.extensions["settings"]
    with ExitStack() as stack:
        opened: dict[str, _Connection] = {}
        if settings.smtp_url:
            opened["email"] = stack.enter_context(smtp.Connection(settings))
        if settings.sms:
            opened["sms"] = stack.enter_context(sms.Connection(settings.sms))
        yield opened


def deliver() -> Round:
    """Send the messages that are due, oldest first, each outside of any transaction.

    Without SMTP_URL no mail leaves, without SMS_URL no text message. A message is tried at least once:
    should the process end between the server's word and ours, it leaves again.
    """
    if not _kinds():
        return Round()
    ids: Sequence[int] = (
        db.session.execute(select(Notice.id).where(_due()).order_by(Notice.due_at, Notice.id).limit(BATCH))
        .scalars()
        .all()
    )
    counted = {"sent": 0, "postponed": 0, "given_up": 0}
    started = time.monotonic()
    with _connections() as connections:
        for notice_id in ids:
            if time.monotonic() - started > ROUND_SECONDS:
                break
            notice = _claim(notice_id)
            if notice is None:
                continue
            if notice.useful_until is not None and notice.useful_until <= clock.now():
                counted[_finish(notice, TOO_LATE, for_good=True)] += 1
                continue
            refused = connections[notice.kind].send(notice)
            ending = (
                _finish(notice, None)
                if refused is None
                else _finish(notice, refused.error, for_good=refused.for_good)
            )
            counted[ending] += 1
            if ending == "given_up":
                current_app.logger.warning("message %s was given up: %s", notice.id, notice.last_error)
    return Round(**counted)


def erase_old() -> int:
    """Erase bodies and recipients of mails sent, given up or held MAIL_KEPT_DAYS ago; how many."""
    settings: Settings = current_app.extensions["settings"]
    before = clock.now() - timedelta(days=settings.mail_kept_days)
    with transaction() as session:
        # Nobody said whether they leave: they do not.
        session.execute(
            update(Notice)
            .where(*_held(None), Notice.held_at <= before)
            .values(failed_at=Notice.held_at, last_error=DISCARDED)
            .execution_options(synchronize_session=False)
        )
        erased = session.execute(
            update(Notice)
            .where(
                or_(Notice.sent_at <= before, Notice.failed_at <= before),
                or_(Notice.recipient.is_not(None), Notice.text_body.is_not(None)),
            )
            .values(text_body=None, html_body=None, unsubscribe_url=None, recipient=None)
            .execution_options(synchronize_session=False)
        )
    count: int = erased.rowcount  # type: ignore[attr-defined]
    return count


def try_again(actor: Actor, notice_id: int) -> None:
    """Put a mail that was given up back into the outbox, as if new; raises `NotFound` where it was erased."""
    require(actor, "notice.manage")
    with transaction() as session:
        changed = session.execute(
            update(Notice)
            .where(Notice.id == notice_id, Notice.failed_at.is_not(None), Notice.text_body.is_not(None))
            .values(failed_at=None, attempts=0, due_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise NotFound(_l("Ce message ne peut plus être envoyé."))
        audit.record(session, actor, "notice.manage", "notice", notice_id, after={"again": True})


def hold_waiting(session: Session) -> int:
    """Keep what waits until a person has looked at it, within the caller's transaction; how many.

    After a restore: much of it left long ago, in the time that the backup does not know.
    """
    held = session.execute(
        update(Notice)
        .where(Notice.sent_at.is_(None), Notice.failed_at.is_(None), Notice.held_at.is_(None))
        .values(held_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    count: int = held.rowcount  # type: ignore[attr-defined]
    return count


def release_held(actor: Actor, notice_ids: Sequence[int] | None = None) -> int:
    """Let held messages leave, all of them or some; how many. Raises `Forbidden`."""
    require(actor, "notice.manage")
    with transaction() as session:
        released = session.execute(
            update(Notice)
            .where(*_held(notice_ids))
            .values(held_at=None, due_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        count: int = released.rowcount  # type: ignore[attr-defined]
        if count:
            audit.record(session, actor, "notice.manage", "notice", None, after={"released": count})
    return count


def discard_held(actor: Actor, notice_ids: Sequence[int] | None = None) -> int:
    """Give held messages up, all of them or some, and erase what they say; how many. Raises `Forbidden`."""
    require(actor, "notice.manage")
    with transaction() as session:
        discarded = session.execute(
            update(Notice)
            .where(*_held(notice_ids))
            .values(
                failed_at=clock.now(),
                last_error=DISCARDED,
                recipient=None,
                text_body=None,
                html_body=None,
                unsubscribe_url=None,
            )
            .execution_options(synchronize_session=False)
        )
        count: int = discarded.rowcount  # type: ignore[attr-defined]
        if count:
            audit.record(session, actor, "notice.manage", "notice", None, after={"discarded": count})
    return count


def _held(notice_ids: Sequence[int] | None) -> list[ColumnElement[bool]]:
    held: list[ColumnElement[bool]] = [
        Notice.held_at.is_not(None),
        Notice.sent_at.is_(None),
        Notice.failed_at.is_(None),
    ]
    return held if notice_ids is None else [*held, Notice.id.in_(notice_ids)]
