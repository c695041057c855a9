"""Coding what people wrote: staff say for which option a text stands, new ones too (« apparu en 2027 »)."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import (
    Consultation,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationWords,
)
from cdv_civic.consultations.operations.locking import hold_alone
from cdv_civic.consultations.rules.questions import (
    IN_WORDS,
    MOST_OPTIONS,
    WITH_OPTIONS,
    QuestionKind,
)
from cdv_civic.consultations.scopes import contract_slug, touched_consultation
from cdv_civic.consultations.words_models import ConsultationCoding
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import LocalizedText, put_text, said_in
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner

ACTION: Final = "consultation.words"
LONGEST_OPTION: Final = 200
#: Texts that are assigned at once: a page of them.
MOST_TEXTS: Final = 50


def add_option(actor: Actor, consultation_id: int, question_id: int, texts: Mapping[str, str]) -> int:
    """Make an option of what came up in the words of a question, by language; its id.

    It belongs to the question whose options people chose among in the same step, so that the next wave can offer it,
    or, where there is none, to the question itself. Nobody can choose it now. What came up already, in the same words
    in French, is not made again: that option is given. Raises `NotFound`, `Forbidden`,
    `DomainError` with the field `text_<tag>`.
    """
    with transaction() as session:
        row = _held(session, actor, consultation_id)
        question = _asked_in_words(session, row.id, question_id)
        owner_id = _ballot_beside(session, question) or question.id
        known = _came_up(session, owner_id, texts)
        if known is not None:
            return known
        count = session.execute(
            select(func.count()).where(ConsultationOption.question_id == owner_id)
        ).scalar_one()
        if count >= MOST_OPTIONS:
            raise DomainError(_l("Il y a déjà trop de réponses à cette question."), field="text_fr")
        option_id = reserve_ids(session, ConsultationOption)[0]
        owner = TextOwner("consultation_option", option_id, "text", row.contract_id)
        text_id = put_text(session, None, texts, "text", LONGEST_OPTION, owner, actor)
        if text_id is None:
            raise DomainError(_l("Dites en quelques mots ce qui est apparu."), field="text_fr")
        session.add(
            ConsultationOption(
                id=option_id,
                question_id=owner_id,
                position=count,
                text_id=text_id,
                came_up_in=row.wave or str((row.opens_at or clock.now()).astimezone(clock.zone()).year),
            )
        )
        _record(session, actor, row, {"question": question.id, "option": option_id})
        return option_id


def code_texts(
    actor: Actor, consultation_id: int, words_ids: Sequence[int], option_id: int, *, off: bool = False
) -> int:
    """Say that some texts stand for an option of their consultation, or (`off`) that they do not; how many.

    Those that do already are left as they are. Raises `NotFound`, `Forbidden`, `DomainError`.
    """
    with transaction() as session:
        row = _held(session, actor, consultation_id)
        known = session.execute(
            select(ConsultationOption.id)
            .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationOption.question_id)
            .where(ConsultationOption.id == option_id, ConsultationQuestion.consultation_id == row.id)
        ).scalar()
        if known is None:
            raise DomainError(_l("Choisissez d’abord dans quoi classer les textes cochés."), field="option")
        found = session.execute(
            select(ConsultationWords.id)
            .where(
                ConsultationWords.consultation_id == row.id,
                ConsultationWords.id.in_(list(words_ids)[:MOST_TEXTS]),
            )
            .order_by(ConsultationWords.id)
        )
        texts = set(found.scalars())
        if not texts:
            raise DomainError(_l("Choisissez au moins un texte."), field="texts")
        coding = ConsultationCoding
        coded = set(
            session.execute(
                select(coding.words_id).where(coding.option_id == option_id, coding.words_id.in_(texts))
            ).scalars()
        )
        changed = sorted(coded if off else texts - coded)
        if not changed:
            return 0
        if off:
            session.execute(
                delete(coding)
                .where(coding.option_id == option_id, coding.words_id.in_(changed))
                .execution_options(synchronize_session=False)
            )
        else:
            session.execute(
                insert(coding),
                [
                    {"words_id": words, "option_id": option_id, "coded_by": actor.actor_id}
                    for words in changed
                ],
            )
        _record(session, actor, row, {"option": option_id, "texts": len(changed), "off": off})
        return len(changed)


def _held(session: Session, actor: Actor, consultation_id: int, action: str = ACTION) -> Consultation:
    row = hold_alone(session, consultation_id)
    require(actor, action, touched_consultation(session, row))
    return row


def _asked_in_words(session: Session, consultation_id: int, question_id: int) -> ConsultationQuestion:
    found = session.execute(
        select(ConsultationQuestion).where(
            ConsultationQuestion.id == question_id, ConsultationQuestion.consultation_id == consultation_id
        )
    ).scalar()
    if found is None or QuestionKind(found.kind) not in IN_WORDS:
        raise NotFound(_l("Cette question n’existe pas."))
    return found


def _came_up(session: Session, question_id: int, texts: Mapping[str, str]) -> int | None:
    """The option that came up in these words before: of two people at once, or of a form that is sent twice."""
    return session.execute(
        select(ConsultationOption.id)
        .join(LocalizedText, LocalizedText.id == ConsultationOption.text_id)
        .where(
            ConsultationOption.question_id == question_id,
            ConsultationOption.came_up_in.is_not(None),
            LocalizedText.original == said_in(texts).get(SOURCE_LANGUAGE, ""),
        )
        .order_by(ConsultationOption.id)
        .limit(1)
    ).scalar()


def _ballot_beside(session: Session, question: ConsultationQuestion) -> int | None:
    """The first question of the same step whose options people chose among."""
    return session.execute(
        select(ConsultationQuestion.id)
        .where(
            ConsultationQuestion.step_id == question.step_id,
            ConsultationQuestion.kind.in_([kind.value for kind in WITH_OPTIONS]),
        )
        .order_by(ConsultationQuestion.position, ConsultationQuestion.id)
        .limit(1)
    ).scalar()


def _record(session: Session, actor: Actor, row: Consultation, after: dict[str, object]) -> None:
    record(
        session,
        actor,
        ACTION,
        "consultation",
        row.id,
        scope=contract_slug(session, row.contract_id),
        after={"coded": after},
    )
