"""All answers, row by row, a bundle at a time: for the file that staff take away, and for open rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select

from cdv_civic.consultations.models import (
    ConsultationAnswer,
    ConsultationChoice,
    ConsultationNumber,
    ConsultationWords,
)
from cdv_civic.consultations.rules.questions import Given, Speaker
from cdv_civic.core.db import rows_of
from cdv_civic.territory.models import Quartier

#: Answers that are read together, in 4 statements.
BUNDLE: Final = 2_000


@dataclass(frozen=True)
class AnswerRow:
    """One answer without whoever gave it."""

    id: int
    speaker: str
    people: int | None
    channel: str
    evidence: str
    quartier: str | None
    given: dict[int, Given] = field(default_factory=dict)


def answer_rows(consultation_id: int, *, words: bool, speaker: Speaker | None = None) -> Iterator[AnswerRow]:
    """All answers as they came, or those of one kind of speakers; `words`: with what was written.

    4 statements for each bundle, however many bundles.
    """
    answer, after = ConsultationAnswer, 0
    statement = (
        select(answer.id, answer.speaker, answer.people, answer.channel, answer.evidence, Quartier.name)
        .outerjoin(Quartier, Quartier.id == answer.quartier_id)
        .where(answer.consultation_id == consultation_id)
        .order_by(answer.id)
        .limit(BUNDLE)
    )
    if speaker is not None:
        statement = statement.where(answer.speaker == speaker.value)
    while True:
        rows = rows_of(statement.where(answer.id > after)).all()
        if not rows:
            return
        given = _given(consultation_id, after, rows[-1].id, words=words)
        for row in rows:
            yield AnswerRow(
                row.id, row.speaker, row.people, row.channel, row.evidence, row.name, given.get(row.id, {})
            )
        after = rows[-1].id


def _given(consultation_id: int, after: int, last: int, *, words: bool) -> dict[int, dict[int, Given]]:
    """What the answers between two ids hold, by answer and question."""
    held: dict[int, dict[int, dict[str, Any]]] = {}

    def of(answer_id: int, question_id: int) -> dict[str, Any]:
        return held.setdefault(answer_id, {}).setdefault(question_id, {"choices": {}})

    choice, number, said = ConsultationChoice, ConsultationNumber, ConsultationWords
    for answer_id, question_id, option_id, rank in _between(
        choice, (choice.option_id, choice.number), consultation_id, after, last
    ):
        of(answer_id, question_id)["choices"][option_id] = rank
    for answer_id, question_id, value in _between(number, (number.value,), consultation_id, after, last):
        of(answer_id, question_id)["number"] = value
    if words:
        for answer_id, question_id, text in _between(said, (said.words,), consultation_id, after, last):
            of(answer_id, question_id)["words"] = text
    return {
        answer_id: {question: Given(**parts) for question, parts in by_question.items()}
        for answer_id, by_question in held.items()
    }


def _between(
    table: Any, columns: Sequence[Any], consultation_id: int, after: int, last: int
) -> Iterator[Any]:
    """Along the key. What is of other consultations is left out here: an index of ours would be read from its start."""
    statement = select(table.consultation_id, table.answer_id, table.question_id, *columns).where(
        table.answer_id > after, table.answer_id <= last
    )
    for consultation, *row in rows_of(statement):
        if consultation == consultation_id:
            yield row
