"""What those are told whom a decision concerns, in their language: the statement of reasons (art. 17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import words_of
from cdv_civic.core.settings import current_settings
from cdv_civic.moderation.kinds import Author, moderated_kinds
from cdv_civic.moderation.models import (
    CharterPrinciple,
    ModeratedText,
    ModerationDecision,
    ModerationReport,
)
from cdv_civic.moderation.queries.statements import hidden_parts
from cdv_civic.moderation.rules.appeals import AppealOutcome, appeal_until
from cdv_civic.moderation.rules.decisions import RESTRICTIONS, ModerationAct, Source
from cdv_civic.moderation.topics import DECISIONS
from cdv_civic.moderation.wording import DONE, HOW_LONG, LAWS, OUTCOMES, SOURCES, parts_said
from cdv_civic.notices.letters import Letter, address_of, mail_language, written_in
from cdv_civic.notices.operations import write_mail
from cdv_civic.participation.contacts import EMAIL
from cdv_civic.participation.reached import text_a_page


@dataclass(frozen=True)
class _Reader:
    """Where a letter goes."""

    contact_kind: str
    contact: str
    language: str
    #: Whether a receipt leads to what it is about.
    has_receipt: bool


def tell_author(session: Session, text: ModeratedText, decision: ModerationDecision) -> None:
    """Tell whoever wrote a text what was decided and why, within the caller's transaction.

    Nothing leaves where nothing changes for them, or where no way to them is known: then the page of their receipt
    says it. What an appeal gives back is told by the answer to it (`tell_of_appeal`).
    """
    act = ModerationAct(decision.act)
    if act is ModerationAct.KEEP and not decision.points_to_help:
        return
    if decision.source == Source.APPEAL.value and act not in RESTRICTIONS:
        return
    author = moderated_kinds()[text.kind].authors(session, [text.id]).get(text.id)
    reader = None if author is None else _reader_of(session, author)
    if reader is None:
        return
    with written_in(reader.language):
        subject = (
            _("Une décision sur ce que vous avez écrit")
            if act in RESTRICTIONS
            else _("Des nouvelles de ce que vous avez écrit")
        )
        paragraphs = _statement(session, text, decision, reader.language, own=True)
        if act in RESTRICTIONS:
            paragraphs.append(_may_contest(decision))
        _send(session, reader, text.contract_id, Letter(subject, paragraphs), _("Voir la décision"))


def tell_reporters(
    session: Session, text: ModeratedText, decision: ModerationDecision, reports: Sequence[ModerationReport]
) -> None:
    """Tell whoever reported a text, and left a way to be told, what was decided (art. 16, 5)."""
    for report in reports:
        if report.contact is None or report.contact_kind is None:
            continue
        reader = _Reader(report.contact_kind, report.contact, mail_language(report.lang), has_receipt=True)
        with written_in(reader.language):
            paragraphs = [
                _("Vous avez signalé un texte. Une personne l’a lu."),
                *_statement(session, text, decision, reader.language, own=False),
            ]
            if ModerationAct(decision.act) not in RESTRICTIONS:
                paragraphs.append(_may_contest(decision))
            letter = Letter(_("La réponse à votre signalement"), paragraphs)
            _send(session, reader, text.contract_id, letter, _("Voir la réponse"))


def tell_of_appeal(
    session: Session,
    text: ModeratedText,
    contested_id: int,
    outcome: AppealOutcome,
    answer: Mapping[str, str],
    *,
    author_too: bool,
) -> None:
    """Tell those who reported a text, and its author, what an appeal came to, within the caller's transaction.

    `author_too`: not where a new decision takes something from the text: its statement of reasons says the answer.
    `answer`: by language tag. 3 statements at most, and the rows of the outbox.
    """
    rows = session.execute(
        select(ModerationReport)
        .where(ModerationReport.decision_id == contested_id, ModerationReport.contact.is_not(None))
        .order_by(ModerationReport.id)
    ).scalars()
    readers = [
        _Reader(row.contact_kind, row.contact, mail_language(row.lang), has_receipt=True)
        for row in rows
        if row.contact_kind is not None and row.contact is not None
    ]
    author = moderated_kinds()[text.kind].authors(session, [text.id]).get(text.id) if author_too else None
    writer = None if author is None else _reader_of(session, author)
    for reader in (*readers, *([] if writer is None else [writer])):
        with written_in(reader.language):
            said = answer.get(reader.language) or answer[SOURCE_LANGUAGE]
            paragraphs = [
                _("Une décision sur un texte a été contestée. Une autre personne a répondu."),
                str(OUTCOMES[outcome].label),
                *(part.strip() for part in said.split("\n\n") if part.strip()),
            ]
            letter = Letter(_("La réponse à un recours"), paragraphs)
            _send(session, reader, text.contract_id, letter, _("Voir la réponse"))


def _may_contest(decision: ModerationDecision) -> str:
    last = appeal_until(decision.decided_at.astimezone(clock.zone()).date())
    return _(
        "Vous n’êtes pas d’accord\u00a0? Vous pouvez contester jusqu’au %(day)s. C’est gratuit, "
        "et une autre personne vous répond.",
        day=date_text(last, "long"),
    )


def _statement(
    session: Session, text: ModeratedText, decision: ModerationDecision, tag: str, *, own: bool
) -> list[str]:
    """What, for how long, what was seen, on which ground, report or own look, hint or none; for the author all of it.

    Whoever reported reads what was done and the ground: the facts are for the author.
    """
    said = moderated_kinds()[text.kind].texts([text.id], tag).get(text.id)
    sentences = [_("Où\u00a0: %(place)s.", place=said.place)] if said is not None and said.place else []
    sentences.append(str(DONE[decision.act].label))
    if hidden := parts_said(hidden_parts(decision)):
        sentences.append(_("Ce qui est masqué\u00a0: %(what)s.", what=hidden))
    if own and decision.act in HOW_LONG:
        sentences.append(_("Pour combien de temps\u00a0: %(how_long)s", how_long=HOW_LONG[decision.act]))
    ground = _ground(session, decision, tag)
    if ground:
        sentences.append(ground)
    if own and decision.facts_id is not None:
        facts = words_of([decision.facts_id], tag)[decision.facts_id].text
        sentences.append(_("Ce que la personne qui a décidé a vu\u00a0: %(facts)s", facts=facts))
    if own and ModerationAct(decision.act) in RESTRICTIONS:
        sentences.append(str(SOURCES[decision.source]))
        sentences.append(
            _("Un programme avait signalé un passage. Une personne a lu, et a décidé.")
            if decision.hinted
            else _("Aucun programme n’a signalé ce texte. Une personne a lu, et a décidé.")
        )
    if decision.decided_for:
        sentences.append(_("Qui a décidé\u00a0: %(who)s.", who=decision.decided_for))
    if own and decision.points_to_help:
        sentences.append(help_sentence())
    return sentences


def _ground(session: Session, decision: ModerationDecision, tag: str) -> str:
    if decision.law is not None:
        law = LAWS[decision.law]
        return _("Ce que la loi interdit\u00a0: %(what)s (%(article)s).", what=law.label, article=law.article)
    if decision.principle_id is None:
        return ""
    text_id = session.execute(
        select(CharterPrinciple.text_id).where(CharterPrinciple.id == decision.principle_id)
    ).scalar_one()
    return _("Ce que dit la charte\u00a0: %(principle)s", principle=words_of([text_id], tag)[text_id].text)


def help_sentence() -> str:
    """Where somebody finds help: the site's own number and place, and those that answer day and night."""
    settings = current_settings()
    here = " · ".join(filter(None, (settings.help_phone, settings.help_place, settings.help_hours)))
    always = _("En danger, appelez le 112, ou écrivez par SMS au 114, jour et nuit.")
    if not here:
        return always
    return _("Une personne peut vous écouter et vous aider\u00a0: %(here)s.", here=here) + " " + always


def _reader_of(session: Session, author: Author) -> _Reader | None:
    """Where the author is reached: as they asked for this text, else by the address of their account; 1 statement."""
    tag = mail_language(author.language)
    if author.contact is not None and author.contact_kind is not None:
        return _Reader(author.contact_kind, author.contact, tag, author.has_receipt)
    if author.account_id is None:
        return None
    email = session.execute(
        select(Account.email).where(Account.id == author.account_id, Account.disabled_at.is_(None))
    ).scalar()
    return None if email is None else _Reader(EMAIL, email, tag, author.has_receipt)


def _send(session: Session, reader: _Reader, contract_id: int, letter: Letter, action: str) -> None:
    """By mail, or by a text message that leads to the page where it stands; nothing where the site sends none."""
    settings = current_settings()
    endpoint = "participation.follow" if reader.has_receipt else "own_moderation.index"
    url = address_of(endpoint, lang=reader.language)
    if reader.contact_kind == EMAIL:
        if settings.mails:
            whole = Letter(letter.subject, letter.paragraphs, action=action, url=url)
            write_mail(
                session, reader.contact, reader.language, whole, topic=DECISIONS, contract_id=contract_id
            )
        return
    text_a_page(
        session,
        reader.contact,
        reader.language,
        letter.subject,
        url,
        topic=DECISIONS,
        contract_id=contract_id,
    )
