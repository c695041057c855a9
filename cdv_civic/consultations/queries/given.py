"""What answers hold, by question."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from cdv_civic.consultations.models import ConsultationChoice, ConsultationNumber, ConsultationWords
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core.db import rows_of


def given_of(answer_id: int) -> Mapping[int, Given]:
    """What an answer holds; 3 statements."""
    return given_by([answer_id])[0].get(answer_id, {})


def given_by(answer_ids: Collection[int]) -> tuple[dict[int, dict[int, Given]], dict[int, str]]:
    """What some answers hold, and the language of their words; 3 statements."""
    choices: dict[tuple[int, int], dict[int, int | None]] = {}
    found: dict[int, dict[int, Given]] = {}
    lang: dict[int, str] = {}
    choice, number, words = ConsultationChoice, ConsultationNumber, ConsultationWords
    for row in rows_of(
        select(choice.answer_id, choice.question_id, choice.option_id, choice.number)
        .where(choice.answer_id.in_(answer_ids))
        .order_by(choice.number, choice.option_id)
    ):
        choices.setdefault((row.answer_id, row.question_id), {})[row.option_id] = row.number
    for (answer_id, question_id), held in choices.items():
        found.setdefault(answer_id, {})[question_id] = Given(choices=held)
    for row in rows_of(
        select(number.answer_id, number.question_id, number.value).where(number.answer_id.in_(answer_ids))
    ):
        found.setdefault(row.answer_id, {})[row.question_id] = Given(number=row.value)
    for row in rows_of(
        select(words.answer_id, words.question_id, words.words, words.lang).where(
            words.answer_id.in_(answer_ids)
        )
    ):
        found.setdefault(row.answer_id, {})[row.question_id] = Given(words=row.words)
        lang[row.answer_id] = row.lang
    return found, lang
