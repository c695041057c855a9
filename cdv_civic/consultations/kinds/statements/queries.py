"""What pages read of sentences that residents add."""

from dataclasses import dataclass

from sqlalchemy import select

from cdv_civic.consultations.models import Consultation, ConsultationStep
from cdv_civic.consultations.operations.speakers import asked_of_speakers
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.consultations.words_models import ConsultationSentence
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.participation.speaking import AskedOfSpeakers


@dataclass(frozen=True)
class OpenStep:
    """A step to which residents may add sentences."""

    consultation_id: int
    step_id: int
    slug: str
    title: Words
    calendar: ConsultationCalendar
    #: Of whoever adds one.
    asked: AskedOfSpeakers


def step_that_takes(slug: str, language: str) -> OpenStep | None:
    """The first step of a public consultation to which residents may add sentences; 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    statement = (
        select(
            Consultation.id,
            Consultation.slug,
            Consultation.proof,
            Consultation.age_to_answer,
            ConsultationStep.id.label("step"),
            *MOMENTS,
            *title.columns,
        )
        .join(ConsultationStep, ConsultationStep.consultation_id == Consultation.id)
        .where(
            Consultation.slug == slug,
            Consultation.published_at.is_not(None),
            Consultation.withdrawn_at.is_(None),
            ConsultationStep.takes_sentences,
        )
        .order_by(ConsultationStep.position, ConsultationStep.id)
        .limit(1)
    )
    row = rows_of(title.join(statement)).first()
    if row is None:
        return None
    asked = asked_of_speakers(row.proof, row.age_to_answer)
    return OpenStep(row.id, row.step, row.slug, title.words(row), calendar_in(row), asked)


@dataclass(frozen=True)
class OwnSentence:
    """A sentence as whoever wrote it finds it again."""

    case_id: int
    words: str
    lang: str
    #: Of its case: `moderation.rules.decisions.TextState`.
    state: str
    asked: bool
    slug: str
    title: Words
    calendar: ConsultationCalendar


def sentence_by_receipt(code: str, language: str) -> OwnSentence | None:
    """A sentence by its receipt; None: it is none of a sentence. 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    sentence = ConsultationSentence
    statement = (
        select(
            sentence.case_id,
            sentence.words,
            sentence.lang,
            sentence.question_id,
            ModeratedText.state,
            *MOMENTS,
            Consultation.slug,
            *title.columns,
        )
        .join(ModeratedText, ModeratedText.id == sentence.case_id)
        .join(Consultation, Consultation.id == sentence.consultation_id)
        .where(sentence.receipt_hash == receipt_hash(code))
    )
    row = rows_of(title.join(statement)).first()
    if row is None:
        return None
    return OwnSentence(
        row.case_id,
        row.words,
        row.lang,
        row.state,
        row.question_id is not None,
        row.slug,
        title.words(row),
        calendar_in(row),
    )
