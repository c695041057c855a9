"""How far a consultation is prepared, and which of its texts are in which language."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, literal, or_, select

from cdv_civic.consultations.engine.checks import shortcomings_of
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationStep,
    consultation_quartier,
)
from cdv_civic.consultations.organiser_models import ConsultationPublic
from cdv_civic.consultations.queries.definition import Definition
from cdv_civic.consultations.queries.ideas import choice_faults
from cdv_civic.consultations.rules.calendar import Power
from cdv_civic.consultations.rules.checklist import Prepared
from cdv_civic.consultations.wording import CHOICE_FAULTS
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import LocalizedText, Translation, TranslationState

#: Texts of a consultation that it may lack.
_TEXTS = ("purpose", "negotiable", "settled", "decider", "readers", "ties", "audience")


@dataclass(frozen=True)
class OwnedText:
    """A text of a consultation in its original, and the languages in which residents read it."""

    id: int
    owner_kind: str
    owner_id: int
    field: str
    original: str
    languages: frozenset[str]


def prepared_of(row: Consultation, definition: Definition) -> Prepared:
    """How far a consultation is prepared; 3 statements, and 1 more of a choice among groups of ideas."""
    quartiers = select(func.count()).where(consultation_quartier.c.consultation_id == row.id)
    publics = select(func.count()).where(ConsultationPublic.consultation_id == row.id)
    counts = rows_of(
        select(quartiers.scalar_subquery().label("quartiers"), publics.scalar_subquery().label("publics"))
    ).one()
    return Prepared(
        Power(row.power) if row.power else None,
        frozenset(field for field in _TEXTS if getattr(row, f"{field}_id") is not None),
        row.opens_at,
        row.closes_at,
        row.paper_until,
        row.answer_due_on,
        row.proof,
        (row.age_to_answer, row.age_for_name, row.age_for_photo),
        counts.quartiers,
        counts.publics,
        bool(row.reaches_nobody),
        len(definition.steps),
        (*shortcomings_of(definition), *(str(CHOICE_FAULTS[each]) for each in choice_faults(row.id))),
        tuple(question.kind for question in definition.questions),
        untranslated(texts_of(row.id), row.languages),
    )


def untranslated(texts: list[OwnedText], languages: list[str]) -> Counter[str]:
    """How many texts lack each of some languages."""
    return Counter(
        tag
        for text in texts
        for tag in languages
        if tag != SOURCE_LANGUAGE and tag not in text.languages and text.owner_kind != "consultation_public"
    )


def texts_of(consultation_id: int) -> list[OwnedText]:
    """All texts of a consultation that residents read, those of its questions in their order last; 1 statement."""
    steps = select(ConsultationStep.id).where(ConsultationStep.consultation_id == consultation_id)
    questions = select(ConsultationQuestion.id).where(ConsultationQuestion.consultation_id == consultation_id)
    options = (
        select(ConsultationOption.id)
        .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationOption.question_id)
        .where(ConsultationQuestion.consultation_id == consultation_id)
    )
    owners = (
        ("consultation", select(literal(consultation_id))),
        ("consultation_step", steps),
        ("consultation_question", questions),
        ("consultation_option", options),
    )
    statement = (
        select(
            LocalizedText.id,
            LocalizedText.owner_kind,
            LocalizedText.owner_id,
            LocalizedText.field,
            LocalizedText.language,
            LocalizedText.original,
            Translation.language.label("other"),
        )
        .outerjoin(
            Translation,
            (Translation.text_id == LocalizedText.id) & (Translation.state != TranslationState.DRAFT.value),
        )
        .where(
            or_(
                *(
                    (LocalizedText.owner_kind == kind) & LocalizedText.owner_id.in_(ids)
                    for kind, ids in owners
                )
            )
        )
        .order_by(LocalizedText.owner_kind, LocalizedText.owner_id, LocalizedText.field, LocalizedText.id)
    )
    found: dict[int, OwnedText] = {}
    for row in db.session.execute(statement):
        known = found.get(row.id)
        languages = known.languages if known else frozenset({row.language})
        if row.other is not None:
            languages |= {row.other}
        found[row.id] = OwnedText(row.id, row.owner_kind, row.owner_id, row.field, row.original, languages)
    return list(found.values())
