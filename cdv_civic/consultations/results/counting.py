"""Counting all answers to a consultation, in a constant number of statements, however many there are.

Nearly all answers are of persons. So choices are counted over all of them along an index, without their answers
(`ix_consultation_choice_counts`), and those of groups and tables, which are few, once more by their answers: the rest
is of persons.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import Select, Text, and_, bindparam, column, distinct, func, select, values
from sqlalchemy.orm import aliased

from cdv_civic.consultations.models import (
    ConsultationAnswer,
    ConsultationChoice,
    ConsultationCross,
    ConsultationNumber,
    ConsultationWords,
)
from cdv_civic.consultations.results.counts import (
    AnswerCount,
    Counted,
    CrossCount,
    QuestionCount,
    by_option,
)
from cdv_civic.consultations.rules.evidence import EVIDENCE
from cdv_civic.consultations.rules.questions import (
    IN_WORDS,
    ONE_OPTION,
    SIDES,
    SPEAKERS,
    QuestionKind,
    QuestionRule,
    Speaker,
)
from cdv_civic.consultations.words_models import ConsultationCoding
from cdv_civic.core.db import rows_of
from cdv_civic.participation.rules.channels import CHANNELS

_OTHERS: Final = (Speaker.GROUP, Speaker.TABLE)
#: What is counted by: a question, with what was answered to it.
_Key: TypeAlias = tuple[Any, ...]


#: Each way by which an answer can come, and be proved.
_WAYS: Final = (
    values(column("speaker", Text), column("channel", Text), column("evidence", Text), literal_binds=True)
    .data([(speaker, channel, proof) for speaker in SPEAKERS for channel in CHANNELS for proof in EVIDENCE])
    .cte("way")
)


def _answer_counts() -> Select[Any]:
    answer, way = ConsultationAnswer, _WAYS.c
    of_this_way = (
        answer.consultation_id == bindparam("consultation_id"),
        answer.speaker == way.speaker,
        answer.channel == way.channel,
        answer.evidence == way.evidence,
    )
    people = select(func.sum(answer.people)).where(*of_this_way, way.speaker != Speaker.PERSON.value)
    return select(
        way.speaker,
        way.channel,
        way.evidence,
        select(func.count()).select_from(answer).where(*of_this_way).correlate(_WAYS).scalar_subquery(),
        people.correlate(_WAYS).scalar_subquery(),
    )


_ANSWER_COUNTS: Final = _answer_counts()


def answer_counts(consultation_id: int) -> tuple[AnswerCount, ...]:
    """How many answers came each way, proved each way, and of how many people; 1 statement.

    Each way is counted along the index by itself, which takes a third of the time of grouping them.
    """
    return tuple(
        AnswerCount(Speaker(speaker), channel, evidence, answers, None if people is None else int(people))
        for speaker, channel, evidence, answers, people in rows_of(
            _ANSWER_COUNTS, {"consultation_id": consultation_id}
        )
        if answers
    )


def how_many(consultation_id: int) -> int:
    """How many answers of persons came; 1 statement."""
    answer = ConsultationAnswer
    statement = select(func.count()).where(
        answer.consultation_id == consultation_id, answer.speaker == Speaker.PERSON.value
    )
    return int(rows_of(statement).scalar_one())


def count_all(consultation_id: int, questions: Sequence[QuestionRule]) -> Counted:
    """All that was answered; 13 statements at most."""
    answers = answer_counts(consultation_id)
    totals = Counter[Speaker]()
    for each in answers:
        totals[each.speaker] += each.answers
    choice, number = ConsultationChoice, ConsultationNumber
    choices = _by_speaker(consultation_id, choice, choice.option_id, choice.number)
    numbers = _by_speaker(consultation_id, number, number.value)
    words = _by_speaker(consultation_id, ConsultationWords)
    several = [
        question.id
        for question in questions
        if question.kind in (QuestionKind.MULTIPLE, QuestionKind.PICK, QuestionKind.POINTS)
    ]
    answered = _who_chose(consultation_id, several)
    codings, coded = _codings(consultation_id)
    by_speaker = {
        speaker: {
            question.id: each
            for question, each in zip(
                questions,
                _of_questions(
                    questions,
                    totals[speaker],
                    (choices[speaker], numbers[speaker], words[speaker]),
                    answered[speaker],
                    (codings[speaker], coded[speaker]),
                ),
                strict=True,
            )
        }
        for speaker in Speaker
        if totals[speaker]
    }
    return Counted(
        answers, by_speaker, _crosses(consultation_id, questions, by_speaker.get(Speaker.PERSON, {}))
    )


def _of_others(consultation_id: int) -> Select[Any]:
    """The answers of groups and of tables."""
    return select(ConsultationAnswer.id).where(
        ConsultationAnswer.consultation_id == consultation_id, ConsultationAnswer.speaker.in_(_OTHERS)
    )


def _by_speaker(consultation_id: int, table: Any, *columns: Any) -> dict[Speaker, Counter[_Key]]:
    """What a table holds by question and columns, for each kind of speakers; 2 statements."""
    by = (table.question_id, *columns)
    whole = select(*by, func.count()).where(table.consultation_id == consultation_id).group_by(*by)
    answer = ConsultationAnswer
    others = (
        select(answer.speaker, *by, func.count())
        .join(table, table.answer_id == answer.id)
        .where(answer.consultation_id == consultation_id, answer.speaker.in_(_OTHERS))
        .group_by(answer.speaker, *by)
    )
    found: dict[Speaker, Counter[_Key]] = {speaker: Counter() for speaker in Speaker}
    for *key, count in rows_of(whole):
        found[Speaker.PERSON][tuple(key)] = count
    for speaker, *key, count in rows_of(others):
        found[Speaker(speaker)][tuple(key)] = count
        found[Speaker.PERSON][tuple(key)] -= count
    return found


def _who_chose(consultation_id: int, questions: Sequence[int]) -> dict[Speaker, Counter[int]]:
    """How many chose anything at all where several options can be chosen; 2 statements."""
    found: dict[Speaker, Counter[int]] = {speaker: Counter() for speaker in Speaker}
    if not questions:
        return found
    choice, answer = ConsultationChoice, ConsultationAnswer
    people = func.count(distinct(choice.answer_id))
    of_these = and_(choice.consultation_id == consultation_id, choice.question_id.in_(questions))
    for question, count in rows_of(
        select(choice.question_id, people).where(of_these).group_by(choice.question_id)
    ):
        found[Speaker.PERSON][question] = count
    others = (
        select(answer.speaker, choice.question_id, people)
        .join(choice, choice.answer_id == answer.id)
        .where(answer.consultation_id == consultation_id, answer.speaker.in_(_OTHERS), of_these)
        .group_by(answer.speaker, choice.question_id)
    )
    for speaker, question, count in rows_of(others):
        found[Speaker(speaker)][question] = count
        found[Speaker.PERSON][question] -= count
    return found


def _codings(
    consultation_id: int,
) -> tuple[dict[Speaker, dict[int, dict[int, int]]], dict[Speaker, Counter[int]]]:
    """By question, how many texts stand for each option, and how many for any; 2 statements."""
    words, answer, coding = ConsultationWords, ConsultationAnswer, ConsultationCoding
    joined = (
        select(answer.speaker, words.question_id)
        .join(words, words.answer_id == answer.id)
        .join(coding, coding.words_id == words.id)
        .where(words.consultation_id == consultation_id)
    )
    by_option_: dict[Speaker, dict[int, dict[int, int]]] = {speaker: {} for speaker in Speaker}
    counted = joined.add_columns(coding.option_id, func.count())
    for speaker, question, option, count in rows_of(
        counted.group_by(answer.speaker, words.question_id, coding.option_id)
    ):
        by_option_[Speaker(speaker)].setdefault(question, {})[option] = count
    texts: dict[Speaker, Counter[int]] = {speaker: Counter() for speaker in Speaker}
    for speaker, question, count in rows_of(
        joined.add_columns(func.count(distinct(words.id))).group_by(answer.speaker, words.question_id)
    ):
        texts[Speaker(speaker)][question] = count
    return by_option_, texts


def _of_questions(
    questions: Sequence[QuestionRule],
    total: int,
    held: tuple[Counter[_Key], Counter[_Key], Counter[_Key]],
    answered: Mapping[int, int],
    codings: tuple[Mapping[int, Mapping[int, int]], Mapping[int, int]],
) -> list[QuestionCount]:
    """The counts of each question, from what one kind of speakers holds in choices, numbers and words."""
    choices, numbers, words = held
    #: What is kept of an answer are those questions alone that were asked: whoever chose the option was asked.
    chose = Counter[int]()
    of_question: dict[int, list[tuple[int, int | None, int]]] = {}
    for (question, option, number), count in choices.items():
        chose[option] += count
        of_question.setdefault(question, []).append((option, number, count))
    values: dict[int, dict[int, int]] = {}
    for (question, value), count in numbers.items():
        if count:
            values.setdefault(question, {})[value] = count
    found = []
    for question in questions:
        asked = total if question.condition is None else chose[question.condition]
        rows = [row for row in of_question.get(question.id, ()) if row[2]]
        own = values.get(question.id, {})
        found.append(
            QuestionCount(
                asked,
                _answered(question, rows, own, answered, words),
                by_option(rows),
                own,
                codings[0].get(question.id, {}),
                codings[1].get(question.id, 0),
            )
        )
    return found


def _answered(
    question: QuestionRule,
    rows: Sequence[tuple[int, int | None, int]],
    values: Mapping[int, int],
    answered: Mapping[int, int],
    words: Mapping[_Key, int],
) -> int:
    """How many answered a question."""
    if question.kind in ONE_OPTION:
        return sum(count for _, _, count in rows)
    if question.kind is QuestionKind.RANK:
        # Each answer has one option at the first place.
        return sum(count for _, number, count in rows if number == 1)
    if question.kind is QuestionKind.NUMBER:
        return sum(values.values())
    if question.kind is QuestionKind.STATEMENT:
        return sum(values.get(side, 0) for side in SIDES)
    if question.kind in IN_WORDS:
        return words.get((question.id,), 0)
    return answered.get(question.id, 0)


def _crosses(
    consultation_id: int, questions: Sequence[QuestionRule], counted: Mapping[int, QuestionCount]
) -> tuple[CrossCount, ...]:
    """The pairs of answers of the questions that are published together; 1 statement, and 1 where there are any."""
    cross = ConsultationCross
    pairs = rows_of(
        select(cross.row_question_id, cross.column_question_id)
        .where(cross.consultation_id == consultation_id)
        .order_by(cross.row_question_id)
    ).all()
    if not pairs or not counted:
        return ()
    first, second = aliased(ConsultationChoice), aliased(ConsultationChoice)
    by = (first.question_id, first.option_id, second.question_id, second.option_id)
    statement = (
        select(*by, func.count())
        .select_from(cross)
        .join(
            first,
            and_(
                first.consultation_id == consultation_id,
                first.question_id == cross.row_question_id,
                first.answer_id.not_in(_of_others(consultation_id)),
            ),
        )
        .join(
            second,
            and_(
                second.answer_id == first.answer_id,
                second.question_id == cross.column_question_id,
            ),
        )
        .where(cross.consultation_id == consultation_id)
        .group_by(*by)
    )
    both: dict[tuple[int, int], dict[tuple[int, int], int]] = {}
    for one, option, two, other, count in rows_of(statement):
        both.setdefault((one, two), {})[option, other] = count
    by_id = {question.id: question for question in questions}
    return tuple(_crossed(by_id[one], by_id[two], both.get((one, two), {}), counted) for one, two in pairs)


def _crossed(
    first: QuestionRule,
    second: QuestionRule,
    both: Mapping[tuple[int, int], int],
    counted: Mapping[int, QuestionCount],
) -> CrossCount:
    """All cells, those without an answer too: from the counts of each question alone."""
    cells: dict[tuple[int | None, int | None], int] = {}
    for option in first.options:
        for other in second.options:
            cells[option, other] = both.get((option, other), 0)
        cells[option, None] = counted[first.id].chose(option) - sum(
            cells[option, other] for other in second.options
        )
    for other in second.options:
        cells[None, other] = counted[second.id].chose(other) - sum(
            cells[option, other] for option in first.options
        )
    cells[None, None] = counted[first.id].asked - sum(cells.values())
    return CrossCount(first.id, second.id, cells)
