"""Verbs of the outbox: write a message in the transaction of an act, let it go again, erase it.

`notices.delivery` sends them.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.emails import fold_email
from cdv_civic.core import clock
from cdv_civic.core.audit import trail
from cdv_civic.core.database_clock import database_now
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Touched
from cdv_civic.core.settings import current_settings
from cdv_civic.notices import refusals, topics
from cdv_civic.notices.letters import Letter, address_of, lay_out
from cdv_civic.notices.models import NOT_OVER, Notice
from cdv_civic.notices.outcomes import WITHDRAWN
from cdv_civic.notices.rules import NoticeState, fits_in_a_header, is_urgent
from cdv_civic.notices.texts import fits
from cdv_civic.notices.topics import Topic

#: Why a message that was held did not leave: somebody said so, or nobody looked at it.
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
    settings = current_settings()
    if not settings.mails:
        raise NoMail(
            _l(
                "Ce site n’envoie pas encore d’e-mails. Demandez à la personne qui l’installe de régler l’envoi."
            )
        )


def require_texts() -> None:
    """Raise `NoTexts` unless this site sends text messages."""
    settings = current_settings()
    if not settings.texts:
        raise NoTexts(_l("Ce site n’envoie pas de SMS. Choisissez un lien par e-mail."))


def write_mail(
    session: Session,
    recipient: str,
    language: str,
    letter: Letter,
    *,
    topic: Topic | None,
    useful_until: datetime | None = None,
    contract_id: int | None = None,
    about: str | None = None,
) -> Notice | None:
    """Put a mail into the outbox, within the caller's transaction and inside `letters.written_in(language)`.

    `topic` is None for an answer to what its reader just asked for; else the mail has a way to refuse it, where that
    may be. `contract_id` says whose it is, where it is about one contract: its administrators see it if it cannot
    leave. `about` names what it announces, for `withdraw`.

    None where its reader refused the topic. Raises `BadEmail` for the recipient, `BadHeader` for the subject, `NoMail`,
    `ValueError` for a topic that is not registered.
    """
    require_mail()
    topics.require_registered(topic)
    if not fits_in_a_header(letter.subject):
        raise BadHeader(
            _l(
                "L’objet d’un message tient sur une ligne, sans retour à la ligne ni caractère "
                "caché. Enlevez-les, puis envoyez de nouveau."
            )
        )
    folded = fold_email(recipient)
    if topic is not None and refusals.refuses(session, folded, topic):
        return None
    unsubscribe_url = refusal_url(folded, language, topic)
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
        contract_id=contract_id,
        topic=topic.name if topic is not None else None,
        about=about,
    )


def refusal_url(address: str, language: str, topic: Topic | None, *, short: bool = False) -> str | None:
    """Where an address says that it wants no messages about a topic; None where it may not.

    `short` for a text message. The address must be folded.
    """
    if topic is None or not topic.refusable:
        return None
    endpoint = "notices.stop" if short else "notices.unsubscribe"
    return address_of(endpoint, lang=language, token=refusals.token_for(address, topic))


def write_text(
    session: Session,
    recipient: str,
    language: str,
    text: str,
    *,
    topic: Topic | None,
    useful_until: datetime | None = None,
    contract_id: int | None = None,
) -> Notice | None:
    """Put a text message (SMS) to a number (E.164) into the outbox, within the caller's transaction.

    `topic` and `contract_id` as in `write_mail`; the way to refuse it is in the text (`refusal_url`).

    None where its reader refused the topic. Raises `NoTexts`, and `ValueError` for what does not fit into one message
    or a topic that is not registered.
    """
    require_texts()
    topics.require_registered(topic)
    if not fits(text):
        raise ValueError("this does not fit into one text message")
    if topic is not None and refusals.refuses(session, recipient, topic):
        return None
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
        contract_id=contract_id,
        topic=topic.name if topic is not None else None,
        about=None,
    )


def _put(session: Session, *, useful_until: datetime | None, **values: object) -> Notice:
    now = clock.now()
    notice = Notice(
        key=secrets.token_hex(16),
        created_at=now,
        state=NoticeState.WAITING.value,
        urgent=is_urgent(now, useful_until),
        due_at=database_now(),
        useful_until=useful_until,
        attempts=0,
        sent_at=None,
        failed_at=None,
        last_error=None,
        **values,
    )
    session.add(notice)
    session.flush()
    return notice


def withdraw(session: Session, about: str) -> list[int]:
    """Keep what still waits and announces `about`, or a part of it ("about:…"), from leaving; the ids.

    Within the caller's transaction. What a sender speaks of just now is not handed over any more. 1 statement or 2.
    """
    waiting = select(Notice.id).where(
        NOT_OVER,
        Notice.state != NoticeState.SENDING,
        or_(Notice.about == about, Notice.about.startswith(f"{about}:", autoescape=True)),
    )
    ids = list(session.execute(waiting.with_for_update(key_share=True)).scalars())
    if ids:
        session.execute(
            update(Notice)
            .where(Notice.id.in_(ids))
            .values(
                state=NoticeState.FAILED.value,
                failed_at=clock.now(),
                last_error=WITHDRAWN,
                attempt_id=None,
                text_body=None,
                html_body=None,
                unsubscribe_url=None,
            )
            .execution_options(synchronize_session=False)
        )
    return ids


def erase_old() -> int:
    """Erase bodies and recipients of messages sent or given up MAIL_KEPT_DAYS ago; how many.

    What was held for so long is given up with them: nobody looked at it, and it tells of nothing new any more.
    """
    settings = current_settings()
    before = clock.now() - timedelta(days=settings.mail_kept_days)
    with transaction() as session:
        session.execute(
            update(Notice)
            .where(Notice.state == NoticeState.HELD, Notice.due_at <= before)
            .values(state=NoticeState.FAILED.value, failed_at=Notice.due_at, last_error=DISCARDED)
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


def _as_new() -> dict[str, object]:
    return {
        "state": NoticeState.WAITING.value,
        "failed_at": None,
        "attempts": 0,
        "attempt_id": None,
        "unknown_attempts": 0,
        "blocked_since": None,
        "due_at": database_now(),
    }


def try_again(actor: Actor, notice_id: int) -> None:
    """Put a mail that was given up back into the outbox, as if new; raises `NotFound` where it was erased.

    Raises `Forbidden` for the mail of another contract, or of none, and for one that there is not: who looks after
    one contract does not learn which numbers there are.
    """
    with transaction() as session:
        contract_id = session.execute(select(Notice.contract_id).where(Notice.id == notice_id)).scalar()
        require(actor, "notice.manage", Touched(contract=contract_id))
        changed = session.execute(
            update(Notice)
            .where(Notice.id == notice_id, Notice.failed_at.is_not(None), Notice.text_body.is_not(None))
            .values(**_as_new())
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise NotFound(_l("Ce message ne peut plus être envoyé."))
        trail.record(session, actor, "notice.manage", "notice", notice_id, after={"again": True})


def hold_waiting(session: Session) -> int:
    """Keep what waits until a person has looked at it, within the caller's transaction; how many.

    After a restore: much of it left long ago, in the time that the backup does not know.
    """
    stopped = session.execute(
        update(Notice)
        .where(NOT_OVER, Notice.state != NoticeState.HELD)
        .values(
            state=NoticeState.HELD.value, attempt_id=None, sender=None, claimed_at=None, due_at=database_now()
        )
        .execution_options(synchronize_session=False)
    )
    count: int = stopped.rowcount  # type: ignore[attr-defined]
    return count


def release(actor: Actor, notice_ids: Collection[int] | None = None) -> int:
    """Let held messages leave, all of them or those of `notice_ids`; how many.

    Those whose link has ended meanwhile are given up as they come to be sent.
    """
    require(actor, "notice.manage")
    wanted = [] if notice_ids is None else [Notice.id.in_(notice_ids)]
    with transaction() as session:
        released = session.execute(
            update(Notice)
            .where(Notice.state == NoticeState.HELD, *wanted)
            .values(**_as_new())
            .execution_options(synchronize_session=False)
        )
        count: int = released.rowcount  # type: ignore[attr-defined]
        if count:
            trail.record(session, actor, "notice.manage", "notice", None, after={"released": count})
    return count


def discard(actor: Actor, notice_ids: Collection[int] | None = None) -> int:
    """Give held messages up, all of them or some, and erase what they say; how many. Raises `Forbidden`."""
    require(actor, "notice.manage")
    wanted = [] if notice_ids is None else [Notice.id.in_(notice_ids)]
    with transaction() as session:
        discarded = session.execute(
            update(Notice)
            .where(Notice.state == NoticeState.HELD, *wanted)
            .values(
                state=NoticeState.FAILED.value,
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
            trail.record(session, actor, "notice.manage", "notice", None, after={"discarded": count})
    return count
