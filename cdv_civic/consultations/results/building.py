"""From the rows of a consultation to what is published of them, within the transaction that holds it alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.engine.kinds import StepToCount, step_kinds
from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.queries.definition import Definition, definition_of
from cdv_civic.consultations.results.corrections import FigureChange, corrected
from cdv_civic.consultations.results.counting import count_all
from cdv_civic.consultations.results.counts import (
    Counted,
    difference,
    from_content,
    without_codings,
)
from cdv_civic.consultations.results.models import ConsultationPublication, ConsultationTally
from cdv_civic.consultations.results.open_rows import Combinations, combine
from cdv_civic.consultations.results.presentation import told_counts
from cdv_civic.consultations.results.publication import GroupAnswer, WorkshopTables, publish
from cdv_civic.consultations.results.published import (
    PublishedResults,
    QuestionResult,
    as_json,
    from_json,
)
from cdv_civic.consultations.results.queries.rows import answer_rows
from cdv_civic.consultations.results.queries.workshops import workshops_with_tables
from cdv_civic.consultations.rules.questions import QuestionRule, Speaker
from cdv_civic.core.db import db
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.settings import current_settings

#: Puts in, or takes out, answers of a consultation that is held alone.
Change: TypeAlias = Callable[[Session, Consultation], None]


@dataclass(frozen=True)
class Built:
    """A version that was built: what was counted, what is published of it, and what came of it.

    `counted`: None where the figures are not of the answers that are here.
    """

    counted: Counted | None
    content: dict[str, Any]
    outcome: FigureChange


@dataclass(frozen=True)
class _Taken:
    """What a consultation holds at a moment of its transaction."""

    counted: Counted
    #: Answer -> what a group said with one voice.
    groups: dict[int, GroupAnswer]
    #: Workshop -> how many came, and what its tables said.
    workshops: dict[int, WorkshopTables]

    def published(self, questions: tuple[QuestionRule, ...], threshold: int) -> PublishedResults:
        """What would be published of all of it."""
        return publish(
            questions,
            self.counted,
            threshold,
            groups=self.groups.values(),
            workshops=self.workshops.values(),
        )

    def without(self, other: "_Taken") -> "_Taken":
        """What is in it and not in another."""
        return _Taken(
            difference(self.counted, other.counted),
            {number: group for number, group in self.groups.items() if number not in other.groups},
            {number: each for number, each in self.workshops.items() if number not in other.workshops},
        )


@dataclass(frozen=True)
class ReadAhead:
    """What persons answered, read before anybody was held up; good as long as `mark` says the same."""

    mark: tuple[int, ...]
    given: Combinations


def read_ahead(consultation_id: int) -> ReadAhead | None:
    """What the rows of a consultation are built from, if it publishes any: half a minute for 150,000 answers, in which
    SQLite must not keep everybody else from writing. 4 statements, and 4 for each 2,000 answers.
    """
    mark = _mark(consultation_id)
    wanted = select(Consultation.open_rows).where(
        Consultation.id == consultation_id, Consultation.frozen_at.is_(None)
    )
    if mark is None or not db.session.execute(wanted).scalar():
        return None
    return ReadAhead(
        mark, _given(consultation_id, definition_of(consultation_id, SOURCE_LANGUAGE, hidden=True).rules)
    )


def _mark(consultation_id: int) -> tuple[int, ...] | None:
    """What is another once anything moved that rows are built from; None: there is no answer. 1 statement."""
    answer = ConsultationAnswer
    found = db.session.execute(
        select(Consultation.version, func.count(), func.max(answer.id), func.sum(answer.version))
        .join(answer, answer.consultation_id == Consultation.id)
        .where(Consultation.id == consultation_id)
        .group_by(Consultation.version)
    ).first()
    return None if found is None else tuple(int(each) for each in found)


def build(row: Consultation, ahead: ReadAhead | None = None) -> Built:
    """The first version; some 20 statements, and 4 for each 2,000 answers where rows are published and what was read
    `ahead` is not right any more.
    """
    definition = definition_of(row.id, SOURCE_LANGUAGE, hidden=True)
    questions = definition.rules
    taken = _taken(row.id, questions)
    rows = None
    if row.open_rows:
        rows = ahead.given if ahead and ahead.mark == _mark(row.id) else _given(row.id, questions)
    results = publish(
        questions,
        taken.counted,
        current_settings().small_count,
        groups=taken.groups.values(),
        workshops=taken.workshops.values(),
        rows=rows,
    )
    results = replace(results, beside=_beside(row.id, definition, results))
    return Built(taken.counted, as_json(results), FigureChange.FIRST)


def _beside(consultation_id: int, definition: Definition, results: PublishedResults) -> dict[str, Any]:
    """What kinds of steps tell beside the tables of questions."""
    kinds = step_kinds()
    return {
        str(step.id): of_kind.build(
            StepToCount(
                consultation_id,
                step.id,
                tuple(question.rule for question in step.questions),
                told_counts(results),
                results.threshold,
                step.opinion_groups,
            )
        )
        for step in definition.steps
        if (of_kind := kinds[step.kind].results) is not None
    }


def build_again(
    session: Session,
    row: Consultation,
    newest: ConsultationPublication,
    *,
    remove: Change | None = None,
    add: Change | None = None,
) -> Built:
    """The version after `newest`, once answers were removed and added; counted before, between and after.

    Where other answers than these changed since, or a restore left some out, the figures stay, for good: nobody could
    say of whom the difference is.
    """
    questions = definition_of(row.id, SOURCE_LANGUAGE, hidden=True).rules
    old, threshold = from_json(newest.content), current_settings().small_count
    tally = session.get(ConsultationTally, newest.id)
    before = _taken(row.id, questions)
    left = _changed(session, row, questions, before, remove)
    now = _changed(session, row, questions, left, add)
    if tally is None or without_codings(before.counted) != without_codings(from_content(tally.content)):
        results, outcome = corrected(old)
        return Built(None, as_json(results), outcome)
    results, outcome = corrected(
        old,
        added=now.without(left).published(questions, threshold) if add else None,
        removed=before.without(left).published(questions, threshold) if remove else None,
        remaining=left.published(questions, threshold) if remove else None,
        anew=now.published(questions, threshold),
    )
    if not remove and not add:
        results = _with_readings(results, now.published(questions, threshold))
    return Built(now.counted, as_json(results), outcome)


def _with_readings(results: PublishedResults, anew: PublishedResults) -> PublishedResults:
    """What was read in words since, of the very same people; told once: a second time would be a second equation."""
    if results.total is None or results.total != anew.total:
        return results
    return replace(
        results,
        questions=tuple(
            replace(each, reading=anew.by_id[each.question].reading)
            if each.reading is None and each.question in anew.by_id and _same(each, anew.by_id[each.question])
            else each
            for each in results.questions
        ),
    )


def _same(published: QuestionResult, anew: QuestionResult) -> bool:
    """Whether a question's table, as it would be told of all at once, is the one that stands.

    It is not where answers came late and their few writers are hidden: how many wrote in all would give them away.
    """
    return (published.total, published.answers, published.blanks) == (anew.total, anew.answers, anew.blanks)


def _changed(
    session: Session,
    row: Consultation,
    questions: tuple[QuestionRule, ...],
    before: _Taken,
    change: Change | None,
) -> _Taken:
    if change is None:
        return before
    change(session, row)
    session.flush()
    return _taken(row.id, questions)


def _taken(consultation_id: int, questions: tuple[QuestionRule, ...]) -> _Taken:
    counted = count_all(consultation_id, questions)
    groups = {}
    if counted.total(Speaker.GROUP):
        groups = {
            answer.id: GroupAnswer(answer.people or 1, answer.given)
            for answer in answer_rows(consultation_id, words=False, speaker=Speaker.GROUP)
        }
    return _Taken(counted, groups, workshops_with_tables(consultation_id))


def _given(consultation_id: int, questions: tuple[QuestionRule, ...]) -> Combinations:
    rows = answer_rows(consultation_id, words=False, speaker=Speaker.PERSON)
    return combine(questions, (answer.given for answer in rows))
