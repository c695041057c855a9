"""What earlier waves asked, in French, to be matched with what is asked now."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from cdv_civic.consultations.models import ConsultationOption, ConsultationQuestion
from cdv_civic.consultations.results.waves import ComparedOption, ComparedQuestion
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import LocalizedText


def compared_questions(consultation_ids: Sequence[int]) -> dict[int, list[ComparedQuestion]]:
    """The questions of some consultations, with the options that stand in their tables; 1 statement."""
    question, option = ConsultationQuestion, ConsultationOption
    asked, offered = aliased(LocalizedText), aliased(LocalizedText)
    statement = (
        select(
            question.consultation_id,
            question.id,
            question.kind,
            question.classes,
            asked.original.label("asked"),
            option.id.label("option"),
            option.axis_id,
            option.commitment_id,
            offered.original.label("offered"),
        )
        .join(asked, asked.id == question.text_id)
        .outerjoin(option, option.question_id == question.id)
        .outerjoin(offered, offered.id == option.text_id)
        .where(question.consultation_id.in_(consultation_ids))
        .order_by(question.consultation_id, question.id, option.position, option.id)
    )
    rows = rows_of(statement).all()
    options: dict[int, list[ComparedOption]] = {}
    for row in rows:
        if row.option is not None:
            options.setdefault(row.id, []).append(
                ComparedOption(row.option, row.offered, row.axis_id, row.commitment_id)
            )
    found: dict[int, dict[int, ComparedQuestion]] = {each: {} for each in consultation_ids}
    for row in rows:
        found[row.consultation_id].setdefault(
            row.id,
            ComparedQuestion(
                row.id,
                QuestionKind(row.kind),
                row.asked,
                tuple(options.get(row.id, ())),
                tuple(row.classes or ()),
            ),
        )
    return {consultation: list(questions.values()) for consultation, questions in found.items()}
