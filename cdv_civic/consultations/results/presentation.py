"""Results as pages show them: a line for each answer, its bar, and the waves before beside it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from cdv_civic.consultations.engine.drawing import draw_results
from cdv_civic.consultations.engine.kinds import ToldCounts
from cdv_civic.consultations.engine.wording import STANCES_SAID
from cdv_civic.consultations.queries.definition import Definition, ShownOption, ShownQuestion
from cdv_civic.consultations.results.counts import Counted
from cdv_civic.consultations.results.figures import borda_points
from cdv_civic.consultations.results.published import (
    CrossResult,
    PublishedResults,
    QuestionResult,
    ReadResult,
    from_json,
)
from cdv_civic.consultations.results.queries.heads import WaveBefore
from cdv_civic.consultations.results.waves import ComparedQuestion, matched
from cdv_civic.consultations.results.wording import (
    EVIDENCE_SAID,
    NO_ANSWER,
    OTHER_CHANNELS,
    WRITTEN,
    class_said,
    how_counted,
    no_answer_said,
)
from cdv_civic.consultations.rules.questions import IN_WORDS, SIDES, QuestionKind, Speaker, Stance
from cdv_civic.participation.wording import CHANNEL_WORDS


@dataclass(frozen=True)
class CountedPart:
    """A count out of a total, either of them perhaps hidden (None)."""

    count: int | None
    total: int | None

    @property
    def percent(self) -> int | None:
        """How many of a hundred; None where it cannot be said."""
        if self.count is None or not self.total:
            return None
        return round(100 * self.count / self.total)


@dataclass(frozen=True)
class ResultLine:
    """One answer of a question, and how many gave it."""

    label: Any
    part: CountedPart
    #: The wave in which it came up: « apparu en 2027 ».
    came_up: str | None = None
    #: In each wave before; None: it was not asked there.
    before: tuple[CountedPart | None, ...] = ()
    #: Of ranks: how many at each place. Of points: its share of all points, in percents.
    places: tuple[int, ...] = ()
    #: Of ranks: the sum of its places (Borda), where all of them are told.
    score: int | None = None
    share: int | None = None
    #: Exactly, for the organiser.
    exact: int | None = None


@dataclass(frozen=True)
class ShownResult:
    """A question and what was answered to it."""

    id: int
    words: Any
    kind: QuestionKind
    how: str
    #: Those it was asked of; None: hidden, and the table with it.
    total: int | None
    lines: tuple[ResultLine, ...]
    blanks: ResultLine
    #: Names of the waves before that stand beside.
    waves: tuple[str, ...] = ()
    #: The answer that one had to give before to be asked this.
    condition: Any = None
    #: What staff read in words, as one more table.
    reading: tuple[ResultLine, ...] = ()
    reading_total: int | None = None

    #: Whether the last of the places says who gave an option none; how many points the first place gives.
    last_is_none: bool = False
    first_gives: int = 0

    @property
    def nothing(self) -> bool:
        """Whether no count at all is told."""
        return all(line.part.count is None for line in self.lines)

    @property
    def some_hidden(self) -> bool:
        """Whether some count is not told."""
        return any(line.part.count is None for line in (*self.lines, self.blanks, *self.reading))


@dataclass(frozen=True)
class ShownCross:
    """Two questions together."""

    row_words: Any
    column_words: Any
    columns: tuple[Any, ...]
    #: Label, then a count (None: hidden) for each column.
    rows: tuple[tuple[Any, tuple[int | None, ...]], ...]

    @property
    def nothing(self) -> bool:
        """Whether it tells nobody anything: each count is hidden or none."""
        return not any(count for _label, cells in self.rows for count in cells)


@dataclass(frozen=True)
class ShownChannel:
    """A way by which answers came, and how they were proved."""

    label: Any
    count: int | None
    proofs: tuple[tuple[Any, int | None], ...] = ()


@dataclass(frozen=True)
class ShownGroup:
    """A group that answered with one voice: its size, and what it chose."""

    people: int
    choices: tuple[tuple[Any, tuple[Any, ...]], ...]


@dataclass(frozen=True)
class ShownWorkshop:
    """A workshop: how many came, and what its tables gave, if that is published."""

    people: int
    #: A question, whether points were shared out, and its options with what they got.
    sums: tuple[tuple[Any, bool, tuple[tuple[Any, int], ...]], ...]


class KeyWords:
    """The words of questions and options by their ids, and of the keys of tables."""

    def __init__(self, definition: Definition) -> None:
        self.questions = {question.id: question for question in definition.questions}
        self.options: dict[int, ShownOption] = {
            option.id: option for question in definition.questions for option in question.options
        }

    def text(self, question: ShownQuestion | None, key: int | None) -> str:
        """A key as plain text."""
        return str(self.key(question, key) or "")

    def key(self, question: ShownQuestion | None, key: int | None) -> Any:
        """What a key of a table says: an option, a class of numbers, that something was written."""
        if question is not None and question.kind in IN_WORDS:
            return WRITTEN
        if question is not None and question.kind is QuestionKind.NUMBER:
            classes = question.rule.classes or (0,)
            at = classes.index(key) if key in classes else 0
            return class_said(classes[at], classes[at + 1] if at + 1 < len(classes) else None)
        if question is not None and question.kind is QuestionKind.STATEMENT and key in SIDES:
            return STANCES_SAID[Stance(key)]
        option = self.options.get(key) if key is not None else None
        return option.words if option is not None else None


def shown_results(
    results: PublishedResults,
    definition: Definition,
    waves: Sequence[tuple[WaveBefore, Sequence[ComparedQuestion]]] = (),
    now: Sequence[ComparedQuestion] = (),
    exact: Counted | None = None,
) -> list[ShownResult]:
    """The tables of questions in the order of the form; `waves`: earlier ones, with what they asked, and `now` what is
    asked now; `exact`: what was counted, for the organiser."""
    words = KeyWords(definition)
    before = [(wave, from_json(wave.content), asked) for wave, asked in waves]
    by_id = {each.id: each for each in now}
    return [
        _shown(question, results.by_id[question.id], words, before, by_id.get(question.id), exact)
        for question in definition.questions
        if question.id in results.by_id
    ]


def told_counts(results: PublishedResults) -> dict[int, ToldCounts]:
    """What is published of each question, as kinds of steps take it."""
    return {each.question: ToldCounts(each.answers, each.blanks, each.total) for each in results.questions}


def drawn_steps(results: PublishedResults, definition: Definition) -> tuple[list[Markup], Definition]:
    """What kinds of steps draw of their results themselves; and the definition without these steps."""
    told = told_counts(results)
    drawn = {step.id: draw_results(step, results.beside.get(str(step.id)), told) for step in definition.steps}
    return (
        [each for each in drawn.values() if each is not None],
        Definition(tuple(step for step in definition.steps if drawn[step.id] is None)),
    )


_Before = Sequence[tuple[WaveBefore, PublishedResults, Sequence[ComparedQuestion]]]


def _shown(
    question: ShownQuestion,
    result: QuestionResult,
    words: KeyWords,
    before: _Before,
    compared: ComparedQuestion | None,
    exact: Counted | None,
) -> ShownResult:
    beside = _beside(compared, before) if compared is not None and question.kind not in IN_WORDS else []
    counted = exact.questions.get(Speaker.PERSON, {}).get(question.id) if exact is not None else None

    def exactly(key: int | None, at: int) -> int | None:
        if counted is None:
            return None
        if question.kind is QuestionKind.NUMBER:
            return counted.of_class(question.rule)[at]
        if question.kind in IN_WORDS:
            return counted.answered
        if question.kind is QuestionKind.STATEMENT:
            return counted.values.get(key or 0, 0)
        if question.kind is QuestionKind.RANK:
            return counted.options.get(key or 0, {}).get(1, 0)
        return counted.chose(key or 0)

    lines = []
    scores = borda_points(result)
    for at, key in enumerate(result.keys):
        option = words.options.get(key) if key is not None else None
        lines.append(
            ResultLine(
                words.key(question, key),
                CountedPart(result.answers[at], result.total),
                option.came_up_in if option is not None else None,
                tuple(_part_before(each, key) for _name, each in beside),
                result.places[at] if result.places is not None else (),
                scores[at] if scores is not None else None,
                result.shares[at] if result.shares is not None else None,
                exactly(key, at),
            )
        )
    if question.kind in (QuestionKind.RANK, QuestionKind.POINTS, QuestionKind.PICK) and result.told:
        lines.sort(key=lambda line: -(line.part.count or 0))
    condition = words.options.get(result.condition) if result.condition is not None else None
    return ShownResult(
        question.id,
        question.words,
        question.kind,
        how_counted(result, may_publish=question.may_publish),
        result.total,
        tuple(lines),
        ResultLine(
            no_answer_said(question.kind),
            CountedPart(result.blanks, result.total),
            before=tuple(CountedPart(each.blanks, each.total) for _name, (each, _keys) in beside),
            exact=counted.blanks if counted is not None else None,
        ),
        tuple(name for name, _each in beside),
        condition.words if condition is not None else None,
        tuple(_read(result.reading, words)) if result.reading is not None else (),
        result.reading.total if result.reading is not None else None,
        result.places is not None and len(result.places[0]) > result.most,
        result.most if scores is not None else 0,
    )


def _beside(
    compared: ComparedQuestion, before: _Before
) -> list[tuple[str, tuple[QuestionResult, Mapping[Any, int]]]]:
    """Of each wave before that asked the same: its name, what it published, and which key stands for which."""
    found = []
    for wave, results, asked in before:
        match = matched(compared, asked)
        if match is not None and match.question in results.by_id:
            found.append((wave.name, (results.by_id[match.question], match.keys)))
    return found


def _part_before(each: tuple[QuestionResult, Mapping[Any, int]], key: int | None) -> CountedPart | None:
    result, keys = each
    earlier = keys.get(key)
    if earlier is None or earlier not in result.keys:
        return None
    return CountedPart(result.answers[result.keys.index(earlier)], result.total)


def _read(reading: ReadResult, words: KeyWords) -> list[ResultLine]:
    return [
        ResultLine(
            option.words if option is not None else None,
            CountedPart(count, reading.total),
            option.came_up_in if option is not None else None,
        )
        for key, count in zip(reading.options, reading.answers, strict=True)
        for option in (words.options.get(key),)
    ]


def shown_crosses(results: PublishedResults, definition: Definition) -> list[ShownCross]:
    """The crossed tables."""
    words = KeyWords(definition)
    return [
        _cross(cross, results, words)
        for cross in results.crosses
        if {cross.row_question, cross.column_question} <= set(words.questions)
    ]


def _cross(cross: CrossResult, results: PublishedResults, words: KeyWords) -> ShownCross:
    row, column = words.questions[cross.row_question], words.questions[cross.column_question]

    def labels(question: ShownQuestion) -> tuple[Any, ...]:
        return (*(words.key(question, key) for key in results.by_id[question.id].keys), NO_ANSWER)

    columns, rows = labels(column), list(zip(labels(row), cross.cells, strict=True))
    if all(count == 0 for count in rows[-1][1]):  # everybody answered
        rows = rows[:-1]
    if all(cells[-1] == 0 for _label, cells in rows):
        columns, rows = columns[:-1], [(label, cells[:-1]) for label, cells in rows]
    return ShownCross(row.words, column.words, columns, tuple(rows))


def shown_channels(results: PublishedResults) -> list[ShownChannel]:
    """The ways by which answers came, without those that nobody used; hidden ones are told as one sum."""
    told = [
        ShownChannel(
            CHANNEL_WORDS[each.channel].label,
            each.answers,
            tuple((EVIDENCE_SAID[proof], count) for proof, count in each.proofs if count != 0),
        )
        for each in results.channels
        if each.answers
    ]
    if results.others:
        told.append(ShownChannel(OTHER_CHANNELS, results.others))
    return told


def shown_groups(results: PublishedResults, definition: Definition) -> list[ShownGroup]:
    """What groups answered, one voice each."""
    words = KeyWords(definition)
    return [
        ShownGroup(
            group.people,
            tuple(
                (
                    words.questions[question].words,
                    tuple(
                        said
                        for option in options
                        if (said := words.key(words.questions[question], option)) is not None
                    ),
                )
                for question, options in group.choices
                if question in words.questions
            ),
        )
        for group in results.groups
    ]


def shown_workshops(results: PublishedResults, definition: Definition) -> list[ShownWorkshop]:
    """What the tables of workshops gave, what got most first."""
    words = KeyWords(definition)

    def sums(
        points: Iterable[tuple[int, int, int]],
    ) -> Iterator[tuple[Any, bool, tuple[tuple[Any, int], ...]]]:
        by_question: dict[int, list[tuple[int, int]]] = {}
        for question, option, count in points:
            if question in words.questions and option in words.options:
                by_question.setdefault(question, []).append((option, count))
        for number, options in by_question.items():
            asked = words.questions[number]
            ordered = sorted(options, key=lambda pair: -pair[1])
            yield (
                asked.words,
                asked.kind is QuestionKind.POINTS,
                tuple((words.options[option].words, count) for option, count in ordered),
            )

    return [ShownWorkshop(each.people, tuple(sums(each.points or ()))) for each in results.workshops]
