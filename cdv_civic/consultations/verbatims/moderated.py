"""Chosen texts as moderation sees them: what they say, who wrote them, who chose them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from flask import has_request_context, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation, ConsultationAnswer, ConsultationWords
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized
from cdv_civic.moderation.kinds import Author, SaidText
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES, TextState
from cdv_civic.participation.receipts import receipt_hash

#: The questions, of some consultations by their ids, of which the results that everybody reads show texts: 1 statement.
ToldQuestions: TypeAlias = Callable[[Collection[int]], Collection[int]]


def said_texts(told_questions: ToldQuestions, cases: Sequence[int], language: str) -> Mapping[int, SaidText]:
    """What chosen texts say, by the id of their case; those that were taken back are left out, for their words stay
    with the answer. 2 statements.
    """
    title = Localized("title", Consultation.title_id, language)
    chosen, words = ConsultationVerbatim, ConsultationWords
    statement = (
        select(
            chosen.case_id,
            words.words,
            words.lang,
            words.question_id,
            words.consultation_id,
            Consultation.slug,
            ModeratedText.state,
            *title.columns,
        )
        .join(words, words.id == chosen.words_id)
        .join(Consultation, Consultation.id == words.consultation_id)
        .join(ModeratedText, ModeratedText.id == chosen.case_id)
        .where(chosen.case_id.in_(cases), ModeratedText.state != TextState.TAKEN_BACK.value)
    )
    rows = rows_of(title.join(statement)).all()
    told = told_questions({row.consultation_id for row in rows}) if rows else ()
    return {
        row.case_id: SaidText(
            "",
            row.words,
            row.lang,
            url=url_for("consultation_results.show", slug=row.slug, _anchor=f"texte-{row.case_id}")
            if row.question_id in told and row.state in PUBLIC_STATES and has_request_context()
            else None,
            place=str(title.words(row)),
            readable=row.question_id in told,
        )
        for row in rows
    }


def authors(session: Session, cases: Sequence[int]) -> Mapping[int, Author]:
    """Who wrote chosen texts, by the id of their case; 1 statement. None left a way to be reached."""
    chosen, words, answer = ConsultationVerbatim, ConsultationWords, ConsultationAnswer
    rows = session.execute(
        select(chosen.case_id, words.lang, ModeratedText.author_id, answer.receipt_hash)
        .join(words, words.id == chosen.words_id)
        .join(answer, answer.id == words.answer_id)
        .join(ModeratedText, ModeratedText.id == chosen.case_id)
        .where(chosen.case_id.in_(cases))
    )
    return {
        row.case_id: Author(row.author_id, None, None, row.lang, has_receipt=row.receipt_hash is not None)
        for row in rows
    }


def choosers(session: Session, cases: Sequence[int]) -> Mapping[int, int]:
    """Which account chose each text, by the id of its case; 1 statement."""
    chosen = ConsultationVerbatim
    rows = session.execute(
        select(chosen.case_id, chosen.chosen_by).where(
            chosen.case_id.in_(cases), chosen.chosen_by.is_not(None)
        )
    )
    return {row.case_id: row.chosen_by for row in rows}


def cases_of_receipt(session: Session, code: str) -> Sequence[int]:
    """The cases of the texts of an answer, by its receipt; 1 statement."""
    return (
        session.execute(
            select(ConsultationVerbatim.case_id)
            .join(ConsultationWords, ConsultationWords.id == ConsultationVerbatim.words_id)
            .join(ConsultationAnswer, ConsultationAnswer.id == ConsultationWords.answer_id)
            .where(ConsultationAnswer.receipt_hash == receipt_hash(code))
        )
        .scalars()
        .all()
    )
