"""Anybody says that a text should not stand there (Regulation 2022/2065, art. 16): with an account or without."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock, pasted_text
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.forms.base import too_long
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.settings import current_settings
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import Charter, ModeratedText, ModerationReport
from cdv_civic.moderation.operations.locking import lock_texts
from cdv_civic.moderation.reports import rules
from cdv_civic.moderation.rules.appeals import LONGEST_REPORT, REPORT_REASONS, ReportReason
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES, READ_WITHIN_HOURS
from cdv_civic.notices.letters import mail_language
from cdv_civic.participation.contacts import read_contact
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.receipts import written

ACTION = "text.report"
#: The same for a text that is hidden and for one that never was.
UNKNOWN = _l("Ce texte n’est pas ici. Il a peut-être déjà été retiré.")


class ReportedBefore(Conflict):
    """The same account has reported this text already."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Vous avez déjà signalé ce texte\u00a0: une personne le lit. "
                "La suite est dans «\u00a0Mon compte\u00a0»."
            )
        )


@dataclass(frozen=True)
class NewReport:
    """What somebody says against a text."""

    text_id: int
    reason: str
    #: Random name of the form: sent twice, it is one row.
    client_key: str
    words: str = ""
    #: An e-mail address or a phone number, as typed.
    contact: str = ""
    #: The language of the site that it was written in, and in which it is answered.
    lang: str = "fr"


@dataclass(frozen=True)
class ReportTaken:
    """What the person gets in return."""

    report_id: int
    #: As people write it; nowhere else but in their hands.
    receipt: str
    reason: ReportReason
    due_at: datetime
    #: Whether the words and the way to be told were kept: see `rules.MOST_OPEN_REPORTS`.
    in_full: bool


def report(new: NewReport, reporter: SignedIn | None = None) -> ReportTaken:
    """Take a report of a public text; the same form again takes nothing more and answers the same.

    `reporter`: whoever asked that it be kept with their account. Raises `NotFound`, `ReportedBefore`, `DomainError`.
    """
    require(reporter, ACTION)
    try:
        return _report(new, reporter)
    except IntegrityError:
        # The same form, sent at the same moment, was faster.
        return _report(new, reporter)


def _report(new: NewReport, reporter: SignedIn | None) -> ReportTaken:
    words, contact = _checked(new)
    raw = bound_key(read_key(new.client_key), new.text_id, new.reason, words)
    key, code, reason = stored_key(raw), receipt_for(raw), ReportReason(new.reason)
    with transaction() as session:
        text = lock_texts(session, [new.text_id]).get(new.text_id)
        known = session.execute(select(ModerationReport).where(ModerationReport.client_key == key)).scalar()
        if known is not None:
            in_full = known.words == words
            return ReportTaken(known.id, written(code), reason, known.due_at, in_full)
        if text is None or not _is_read(text):
            raise NotFound(UNKNOWN)
        if reporter is not None and _reported_before(session, new.text_id, reporter.actor_id):
            raise ReportedBefore
        now = clock.now()
        in_full = rules.kept_in_full(_open_reports(session, new.text_id), reason)
        kept = contact if in_full else None
        row = ModerationReport(
            text_id=new.text_id,
            reason=reason.value,
            words=words if in_full else "",
            lang=mail_language(new.lang),
            reporter_id=reporter.actor_id if reporter is not None else None,
            contact_kind=kept[0] if kept else None,
            contact=kept[1] if kept else None,
            received_at=now,
            due_at=rules.due_at(reason, now, _hours(session, text)),
            client_key=key,
            receipt_hash=receipt_hash(code),
            decision_id=None,
            decided_at=None,
        )
        session.add(row)
        session.flush()
        return ReportTaken(row.id, written(code), reason, row.due_at, in_full)


def _is_read(text: ModeratedText) -> bool:
    """Whether everybody reads a text: also that under which it stands, as an idea of a point; 1 statement."""
    kind = moderated_kinds().get(text.kind)
    if kind is None or text.state not in PUBLIC_STATES:
        return False
    said = kind.texts([text.id], SOURCE_LANGUAGE).get(text.id)
    return said is not None and said.readable


def _checked(new: NewReport) -> tuple[str, tuple[str, str] | None]:
    words = pasted_text.free_text(new.words)
    with Refusals() as refused:
        if new.reason not in REPORT_REASONS:
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="reason"))
        elif rules.must_explain(ReportReason(new.reason)) and not words:
            refused.add(DomainError(_l("Dites avec vos mots ce qui ne va pas."), field="words"))
        if len(words) > LONGEST_REPORT:
            refused.add(DomainError(too_long(LONGEST_REPORT), field="words"))
        contact = refused.unless(read_contact, new.contact, fictional=current_settings().development)
    return words, contact


def _reported_before(session: Session, text_id: int, account_id: int) -> bool:
    statement = select(ModerationReport.id).where(
        ModerationReport.text_id == text_id, ModerationReport.reporter_id == account_id
    )
    return session.execute(statement).first() is not None


def _open_reports(session: Session, text_id: int) -> int:
    return session.execute(
        select(func.count()).where(ModerationReport.text_id == text_id, ModerationReport.decided_at.is_(None))
    ).scalar_one()


def _hours(session: Session, text: ModeratedText) -> int:
    """In how many hours whoever moderates a text reads."""
    hours = session.execute(
        select(Charter.read_within_hours).where(
            Charter.contract_id == text.contract_id,
            Charter.body_id.is_(None) if text.body_id is None else Charter.body_id == text.body_id,
            Charter.published_at.is_not(None),
        )
    ).scalar()
    return READ_WITHIN_HOURS if hours is None else hours
