"""Sentences that residents add, as moderation sees them: what they say, and who said them."""

from collections.abc import Mapping, Sequence

from flask import has_request_context, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.moments import consultation_is_public
from cdv_civic.consultations.words_models import ConsultationSentence
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized
from cdv_civic.moderation.kinds import Author, SaidText
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.participation.receipts import receipt_hash


def said_texts(cases: Sequence[int], language: str) -> Mapping[int, SaidText]:
    """What sentences say, by the id of their case; 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    sentence = ConsultationSentence
    statement = (
        select(
            sentence.case_id,
            sentence.words,
            sentence.lang,
            sentence.question_id,
            Consultation.slug,
            consultation_is_public().label("public"),
            *title.columns,
        )
        .join(Consultation, Consultation.id == sentence.consultation_id)
        .where(sentence.case_id.in_(cases))
    )
    return {
        row.case_id: SaidText(
            "",
            row.words,
            row.lang,
            url=url_for("consultations.show", slug=row.slug)
            if row.question_id is not None and has_request_context()
            else None,
            place=str(title.words(row)),
            readable=row.public and row.question_id is not None,
        )
        for row in rows_of(title.join(statement))
    }


def authors(session: Session, cases: Sequence[int]) -> Mapping[int, Author]:
    """Who wrote sentences, by the id of their case; 1 statement. All have a receipt, none left a way to be reached."""
    rows = session.execute(
        select(ConsultationSentence.case_id, ConsultationSentence.lang, ModeratedText.author_id)
        .join(ModeratedText, ModeratedText.id == ConsultationSentence.case_id)
        .where(ConsultationSentence.case_id.in_(cases))
    )
    return {row.case_id: Author(row.author_id, None, None, row.lang, has_receipt=True) for row in rows}


def case_of_receipt(session: Session, code: str) -> int | None:
    """The case of the sentence that a receipt leads to; 1 statement."""
    return session.execute(
        select(ConsultationSentence.case_id).where(ConsultationSentence.receipt_hash == receipt_hash(code))
    ).scalar()
