"""What is published of a consultation: tables, built once, that give nobody away even when all are read together.

Each table goes through `core.suppression`, which says what an attacker can find out of one. What holds for all of them:

- All are of the same persons, in number (`total`), those who gave no answer among them. Two questions tell of each
  other only where they are published together (crossed) or one is asked of those alone who chose an option of the
  other. Such a question is a table of the people of that count: where it is hidden, so is the whole question.
- Tables that hang together so form trees: a crossed table that would close a ring is left out. What is hidden on one
  side of a public count can be dealt out anew whatever the other side is. Where the count between them is hidden, all
  is on one side: all counts of a crossed table with a hidden total, all of a question that is asked of few.
- Ranks give a table of first places; places and all that is computed from them only where no count at all of options
  by places is small. Points give a table for each option of those who gave any; shares, in whole percents, only where
  all of these are public, and where shares leave open how many of those who gave points gave so many
  (`figures.shares`).
- What staff read in words is a table of the people who wrote any.
- A channel is a table of its own: proofs are told for each of those that are public.
- Groups and tables of workshops are no persons: nothing is added to these or taken from them. Those of fewer people
  than the threshold are left out, and points of a question to which tables of fewer than twice as many answered: who
  else came to the workshop hides nobody of them.

Pure: plain numbers in and out. `tests/consultations/attack.py` attacks all that is published at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from cdv_civic.consultations.results.counts import Counted, QuestionCount
from cdv_civic.consultations.results.figures import shares
from cdv_civic.consultations.results.open_rows import Combinations, open_rows
from cdv_civic.consultations.results.published import (
    SEVERAL,
    ChannelResult,
    CrossResult,
    GroupResult,
    PublishedResults,
    QuestionResult,
    ReadResult,
    WorkshopResult,
)
from cdv_civic.consultations.rules.evidence import AnswerEvidence
from cdv_civic.consultations.rules.questions import (
    IN_WORDS,
    ONE_OPTION,
    SIDES,
    Answers,
    Given,
    QuestionKind,
    QuestionRule,
    Speaker,
)
from cdv_civic.core.suppression import Published, WithBlanks, merged, several, two_way, with_blanks
from cdv_civic.participation.rules.channels import COUNTED, Channel

#: None would be small below it, and nothing else.
LEAST_THRESHOLD: Final = 2
_NOTHING: Final = QuestionCount(0, 0)
_UNUSED: Final[Mapping[str, int]] = {}
_UNUSED_PLACES: Final[Mapping[int | None, int]] = {}


@dataclass(frozen=True)
class GroupAnswer:
    """What a group, or a table of a workshop, answered with one voice."""

    people: int
    answers: Answers


@dataclass(frozen=True)
class WorkshopTables:
    """A workshop: how many came, what its tables answered, and how many sat at these."""

    id: int
    people: int
    tables: Sequence[GroupAnswer]


def publish(
    questions: Sequence[QuestionRule],
    counted: Counted,
    threshold: int,
    *,
    groups: Iterable[GroupAnswer] = (),
    workshops: Iterable[WorkshopTables] = (),
    rows: Combinations | None = None,
) -> PublishedResults:
    """What is published of what was counted.

    `rows`: what each person answered, where the organiser publishes rows. A threshold of one is taken for two.
    """
    threshold = max(threshold, LEAST_THRESHOLD)
    persons = counted.questions.get(Speaker.PERSON, {})
    people = counted.total(Speaker.PERSON)
    total = people if people >= 2 * threshold else None
    found: dict[int, QuestionResult] = {}
    public: dict[int, Published] = {}
    for question in questions:
        count = persons.get(question.id, _NOTHING)
        known = total if question.condition is None else public.get(question.condition)
        found[question.id] = _question(question, count, threshold, known=known is not None)
        public |= _bases(found[question.id])
    results = PublishedResults(
        threshold=threshold,
        total=total,
        questions=tuple(found.values()),
        crosses=_crosses(questions, counted, found, threshold),
        channels=_channels(counted, threshold),
        groups=_groups(groups, questions, threshold),
        workshops=_workshops(workshops, questions, threshold),
    )
    return results if rows is None else replace(results, rows=open_rows(results, rows))


# --- questions ------------------------------------------------------------------------------------------------------


def _question(question: QuestionRule, count: QuestionCount, threshold: int, *, known: bool) -> QuestionResult:
    """The tables of a question; `known`: how many it was asked of is public, if they are enough."""
    keys, answers = _keys_and_answers(question, count)
    several_each = question.kind in SEVERAL and len(keys) > 1
    most = min(question.places, len(keys)) if question.kind not in IN_WORDS else 1
    least = 1 if question.kind is QuestionKind.POINTS else min(question.least or 1, most)
    if question.kind is QuestionKind.RANK:
        least = _ranked_by_all(question, count, least)
    if several_each and not least * count.answered <= sum(answers) <= most * count.answered:
        # The bounds were others when some of them answered.
        least, most = 1, len(keys)
    if not known:
        told = WithBlanks((None,) * len(keys), None, None)
    elif several_each and least < len(keys):
        told = several(answers, count.blanks, count.asked, most, threshold, least=least)
    elif several_each:
        # Each who answered chose them all.
        all_of_them = with_blanks((count.answered,), count.blanks, threshold)
        told = WithBlanks(all_of_them.cells * len(keys), all_of_them.blanks, all_of_them.total)
    else:
        told = with_blanks(answers, count.blanks, threshold)
    result = QuestionResult(
        question=question.id,
        kind=question.kind,
        total=told.total,
        keys=keys,
        answers=told.cells,
        blanks=told.blanks,
        condition=question.condition,
        least=least,
        most=most,
        reading=_reading(count, told.cells[0], threshold) if question.kind in IN_WORDS else None,
    )
    if not result.told:
        return result
    if question.kind is QuestionKind.RANK:
        return replace(result, places=_places(question, count, result, threshold))
    if question.kind is QuestionKind.POINTS:
        return replace(result, shares=shares(question, count, threshold))
    return result


def _keys_and_answers(
    question: QuestionRule, count: QuestionCount
) -> tuple[tuple[int | None, ...], tuple[int, ...]]:
    if question.kind in IN_WORDS:
        return (None,), (count.answered,)
    if question.kind is QuestionKind.NUMBER:
        return question.classes or (0,), count.of_class(question)
    if question.kind is QuestionKind.STATEMENT:
        return SIDES, tuple(count.values.get(side, 0) for side in SIDES)
    if question.kind is QuestionKind.RANK:
        first = tuple(count.options.get(option, {}).get(1, 0) for option in question.options)
        return question.options, first
    return question.options, tuple(count.chose(option) for option in question.options)


def _ranked_by_all(question: QuestionRule, count: QuestionCount, least: int) -> int:
    """How many places each who answered gave: fewer than `least` where less was asked of some."""
    given = (
        sum(count.options.get(option, _UNUSED_PLACES).get(place, 0) for option in question.options)
        for place in range(2, least + 1)
    )
    return 1 + sum(1 for _place in takewhile(lambda people: people == count.answered, given))


def _places(
    question: QuestionRule, count: QuestionCount, result: QuestionResult, threshold: int
) -> tuple[tuple[int, ...], ...] | None:
    """Options by places, and last those who gave an option none, unless each must give all of them one."""
    found = []
    for option in question.options:
        by = count.options.get(option, {})
        row = [by.get(place, 0) for place in range(1, result.most + 1)]
        if result.least < len(question.options):
            row.append(count.answered - sum(row))
        found.append(tuple(row))
    return None if min(map(min, found)) < threshold else tuple(found)


def _reading(count: QuestionCount, written: Published, threshold: int) -> ReadResult | None:
    """What was read in words, out of those who wrote any, where how many did is public."""
    if not count.codings:
        return None
    options = tuple(sorted(count.codings))
    answers = tuple(count.codings[option] for option in options)
    blanks = count.answered - count.coded
    if written is None:
        return ReadResult(options, (None,) * len(options), None, None)
    if len(options) == 1:
        told = with_blanks(answers, blanks, threshold)
    else:
        told = several(answers, blanks, count.answered, len(options), threshold)
    return ReadResult(options, told.cells, told.blanks, told.total)


def _bases(result: QuestionResult) -> dict[int, Published]:
    """Option -> how many were asked what is asked of those who chose it."""
    if result.kind is QuestionKind.RANK:
        places = result.places or ((None,),) * len(result.keys)
        ranked = [None if row[0] is None else sum(row[: result.most]) for row in places]
        return {key: count for key, count in zip(result.keys, ranked, strict=True) if key is not None}
    if result.kind in (QuestionKind.NUMBER, QuestionKind.STATEMENT):
        return {}
    return {key: count for key, count in zip(result.keys, result.answers, strict=True) if key is not None}


# --- crossed tables -------------------------------------------------------------------------------------------------


def _crosses(
    questions: Sequence[QuestionRule],
    counted: Counted,
    found: Mapping[int, QuestionResult],
    threshold: int,
) -> tuple[CrossResult, ...]:
    """The crossed tables that close no ring, of two questions that are asked of the same people: one option each."""
    by_id = {question.id: question for question in questions}
    tree = {question.id: question.id for question in questions}
    crosses = []
    for cross in counted.crosses:
        row, column = by_id[cross.row_question], by_id[cross.column_question]
        one_each = row.kind in ONE_OPTION and column.kind in ONE_OPTION
        ends = _root(tree, row.id), _root(tree, column.id)
        if not one_each or row.condition != column.condition or ends[0] == ends[1]:
            continue
        tree[ends[0]] = ends[1]
        options = [(*question.options, None) for question in (row, column)]
        cells = [[cross.cells.get((one, other), 0) for other in options[1]] for one in options[0]]
        if found[row.id].total is None or min(len(row.options), len(column.options)) < 2:
            told: tuple[tuple[Published, ...], ...] = ((None,) * len(options[1]),) * len(options[0])
        else:
            told = two_way(cells, threshold, blank_row=True, blank_column=True).rows
        crosses.append(CrossResult(row.id, column.id, told))
    return tuple(crosses)


def _root(tree: Mapping[int, int], node: int) -> int:
    while tree[node] != node:
        node = tree[node]
    return node


# --- channels, groups, workshops ------------------------------------------------------------------------------------


def _channels(counted: Counted, threshold: int) -> tuple[ChannelResult, ...]:
    proved = counted.by_channel()
    codes = [channel.value for channel in COUNTED if channel is not Channel.GROUP or channel.value in proved]
    told = merged([sum(proved.get(code, _UNUSED).values()) for code in codes], threshold)
    return tuple(
        ChannelResult(code, count, _proofs(proved.get(code, {}), threshold, known=count is not None))
        for code, count in zip(codes, told.cells, strict=True)
    )


def _proofs(proved: Mapping[str, int], threshold: int, *, known: bool) -> tuple[tuple[str, Published], ...]:
    codes = [evidence.value for evidence in AnswerEvidence]
    counts = [proved.get(code, 0) for code in codes]
    told: tuple[Published, ...] = (None,) * len(codes)
    if known:
        told = merged(counts, threshold).cells if any(counts) else (0,) * len(codes)
    return tuple(zip(codes, told, strict=True))


def _groups(
    groups: Iterable[GroupAnswer], questions: Sequence[QuestionRule], threshold: int
) -> tuple[GroupResult, ...]:
    """The groups that are large enough, the largest first, with what they chose; never their words."""
    kinds = {question.id: question.kind for question in questions}
    found = [
        GroupResult(
            group.people,
            tuple(
                (number, _chosen(given))
                for number, given in sorted(group.answers.items())
                if _chosen(given) and kinds[number] not in (QuestionKind.POINTS, QuestionKind.NUMBER)
            ),
        )
        for group in groups
        if group.people >= threshold
    ]
    return tuple(sorted(found, key=lambda group: (-group.people, group.choices)))


def _chosen(given: Given) -> tuple[int, ...]:
    """Options in the order of their ranks, or the side that was taken."""
    if given.number is not None:
        return (given.number,)
    return tuple(sorted(given.choices, key=lambda option: (given.choices[option] or 0, option)))


def _workshops(
    workshops: Iterable[WorkshopTables], questions: Sequence[QuestionRule], threshold: int
) -> tuple[WorkshopResult, ...]:
    """The workshops that enough people came to; what tables gave is told as one sum, of twice as many people."""
    kinds = {question.id: question.kind for question in questions}
    return tuple(
        WorkshopResult(
            workshop.id,
            workshop.people,
            _points(workshop, kinds, 2 * threshold) or None,
        )
        for workshop in workshops
        if workshop.people >= threshold
    )


def _points(
    workshop: WorkshopTables, kinds: Mapping[int, QuestionKind], enough: int
) -> tuple[tuple[int, int, int], ...]:
    """Points; where none are shared out, one for each table that chose the option, or put it first. Of the questions
    alone to which tables of `enough` people answered.
    """
    sums: dict[tuple[int, int], int] = {}
    people: dict[int, int] = {}
    for table in workshop.tables:
        for number, given in table.answers.items():
            if given.choices:
                people[number] = people.get(number, 0) + table.people
            for option, points in given.choices.items():
                if kinds[number] is QuestionKind.RANK:
                    points = int(points == 1)
                sums[number, option] = sums.get((number, option), 0) + (1 if points is None else points)
    return tuple(
        (number, option, points)
        for (number, option), points in sorted(sums.items())
        if people[number] >= enough
    )
