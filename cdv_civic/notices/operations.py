"""Verbs of the outbox: write a mail in the transaction of an act, send those that are due, give up, erase."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.core import audit, clock
from cdv_civic.core.config import Settings
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.policy import Actor, require
from cdv_civic.notices import smtp
from cdv_civic.notices.letters import Letter, lay_out
from cdv_civic.notices.models import Notice
from cdv_civic.notices.rules import CLAIM, fits_in_a_header, next_attempt
from cdv_civic.people.emails import fold_email

#: Mails that one round of the job hands over at most, and the seconds after which it begins no other.
BATCH: Final = 50
ROUND_SECONDS: Final = 60.0
TOO_LATE: Final = "TooLate"


class BadHeader(DomainError):
    """A value that would add lines of its own to the head of a mail."""


class NoMail(DomainError):
    """This site has no mail server."""

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


def write_mail(
    session: Session, recipient: str, language: str, letter: Letter, *, useful_until: datetime | None = None
) -> Notice:
    """Put a mail into the outbox, within the caller's transaction and inside `letters.written_in(language)`.

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
    text_body, html_body = lay_out(letter, language)
    notice = Notice(
        kind="email",
        key=secrets.token_hex(16),
        recipient=fold_email(recipient),
        subject=letter.subject,
        text_body=text_body,
        html_body=html_body,
        language=language,
        created_at=clock.now(),
        due_at=clock.now(),
        useful_until=useful_until,
        attempts=0,
        sent_at=None,
        failed_at=None,
        last_error=None,
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


def _due() -> ColumnElement[bool]:
    return and_(Notice.sent_at.is_(None), Notice.failed_at.is_(None), Notice.due_at <= clock.now())


def anything_due() -> bool:
    """Whether a mail waits that could leave now."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.smtp_url:
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
    with transaction():
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
            notice.text_body = notice.html_body = None  # what holds a link is kept no longer than it must
    return "given_up" if error is not None else "sent"


def deliver() -> Round:
    """Send the mails that are due, oldest first, each outside of any transaction. Without SMTP_URL nothing leaves.

    A mail is tried at least once: should the process end between the server's word and ours, it leaves again.
    """
    settings: Settings = current_app.extensions["settings"]
    if not settings.smtp_url:
        return Round()
    ids: Sequence[int] = (
        db.session.execute(select(Notice.id).where(_due()).order_by(Notice.due_at, Notice.id).limit(BATCH))
        .scalars()
        .all()
    )
    counted = {"sent": 0, "postponed": 0, "given_up": 0}
    started = time.monotonic()
    with smtp.Connection(settings) as connection:
        for notice_id in ids:
            if time.monotonic() - started > ROUND_SECONDS:
                break
            notice = _claim(notice_id)
            if notice is None:
                continue
            if notice.useful_until is not None and notice.useful_until <= clock.now():
                counted[_finish(notice, TOO_LATE, for_good=True)] += 1
                continue
            refused = connection.send(notice)
            ending = (
                _finish(notice, None)
                if refused is None
                else _finish(notice, refused.error, for_good=refused.for_good)
            )
            counted[ending] += 1
            if ending == "given_up":
                current_app.logger.warning("mail %s was given up: %s", notice.id, notice.last_error)
    return Round(**counted)


def erase_old() -> int:
    """Erase bodies and recipients of mails sent or given up MAIL_KEPT_DAYS ago; how many."""
    settings: Settings = current_app.extensions["settings"]
    before = clock.now() - timedelta(days=settings.mail_kept_days)
    with transaction() as session:
        erased = session.execute(
            update(Notice)
            .where(
                or_(Notice.sent_at <= before, Notice.failed_at <= before),
                or_(Notice.recipient.is_not(None), Notice.text_body.is_not(None)),
            )
            .values(text_body=None, html_body=None, recipient=None)
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
