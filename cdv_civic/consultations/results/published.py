"""What is published of answers, as plain values: ids and counts, no words. None is a count that is hidden.

`as_json` and `from_json` are the frozen form of a whole publication. In it the keys `count`, `total`, `answers` and
`people` hold numbers, or null where they are hidden.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

from cdv_civic.consultations.rules.questions import SOME_OPTIONS, QuestionKind
from cdv_civic.core.suppression import Published

#: The version of the form in which publications are kept.
SCHEMA: Final = 1

#: Kinds that give a table of two counts for each option.
SEVERAL: Final = SOME_OPTIONS | {QuestionKind.POINTS}

Said = TypeVar("Said")
#: What stands in a column of open data: an option or the first number of a class, or several; None: no answer.
Value: TypeAlias = int | tuple[int, ...] | None


@dataclass(frozen=True)
class ReadResult:
    """What staff read in words: how many texts stand for each option, out of those who wrote any (`total`)."""

    options: tuple[int, ...]
    answers: tuple[Published, ...]
    #: Texts in which nothing of it was read.
    blanks: Published
    total: Published

    @property
    def whole(self) -> bool:
        """Whether nothing of it is hidden."""
        return None not in (*self.answers, self.blanks, self.total)


@dataclass(frozen=True)
class QuestionResult:
    """What is published of a question."""

    question: int
    kind: QuestionKind
    #: Those it was asked of.
    total: Published
    #: Options, or the first numbers of classes; of words there is one, without a key: that they were written.
    keys: tuple[int | None, ...]
    #: How many gave each: of ranks the first place, of points those who gave any. Where several can be given, they
    #: add up to more.
    answers: tuple[Published, ...]
    #: Those who were asked and answered nothing.
    blanks: Published
    condition: int | None = None
    #: Of several: how many of them each gave at least and at most.
    least: int = 1
    most: int = 1
    #: Of ranks: for each option how many put it at each place, and last, if so many can, at none. None: hidden.
    places: tuple[tuple[int, ...], ...] | None = None
    #: Of points: the share of each option, in whole percents. None: hidden.
    shares: tuple[int, ...] | None = None
    reading: ReadResult | None = None

    @property
    def told(self) -> bool:
        """Whether none of its counts is hidden."""
        return None not in (*self.answers, self.blanks, self.total)

    @property
    def whole(self) -> bool:
        """The same, with places and what was read in words."""
        if self.kind is QuestionKind.RANK and self.places is None:
            return False
        return self.told and (self.reading is None or self.reading.whole)

    def others(self, number: int) -> Published:
        """Of several: those who were asked and did not give the one at a place in `keys`."""
        cell = self.answers[number]
        return None if cell is None or self.total is None else self.total - cell


@dataclass(frozen=True)
class CrossResult:
    """What is published of two questions together; their totals are the counts of each question alone.

    The last row and the last column are those who gave no answer.
    """

    row_question: int
    column_question: int
    cells: tuple[tuple[Published, ...], ...]

    @property
    def whole(self) -> bool:
        """Whether nothing of it is hidden."""
        return all(None not in row for row in self.cells)


@dataclass(frozen=True)
class ChannelResult:
    """How many answers came one way, and how they were proved. Hidden ones are told as their sum: « autres »."""

    channel: str
    answers: Published
    proofs: tuple[tuple[str, Published], ...]

    @property
    def whole(self) -> bool:
        """Whether nothing of it is hidden."""
        return self.answers == 0 or None not in (self.answers, *(count for _proof, count in self.proofs))


@dataclass(frozen=True)
class GroupResult:
    """What a group answered with one voice: question -> options, in the order of their ranks."""

    people: int
    choices: tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True)
class WorkshopResult:
    """How many came to a workshop, and the sums of what its tables gave, if these are published."""

    workshop: int
    people: int
    #: (question, option, points), or tables that chose it.
    points: tuple[tuple[int, int, int], ...] | None


@dataclass(frozen=True)
class OpenRows:
    """The rows of open data, as how many of them are alike."""

    columns: tuple[int, ...]
    alike: tuple[tuple[tuple[Value, ...], int], ...]

    def shuffled(self, chance: random.Random) -> list[tuple[Value, ...]]:
        """One row for each person, in an order that tells nothing."""
        rows = [values for values, count in self.alike for _number in range(count)]
        chance.shuffle(rows)
        return rows


@dataclass(frozen=True)
class PublishedResults:
    """All that is published of a consultation at once."""

    threshold: int
    #: Persons who answered.
    total: Published
    questions: tuple[QuestionResult, ...]
    crosses: tuple[CrossResult, ...] = ()
    channels: tuple[ChannelResult, ...] = ()
    groups: tuple[GroupResult, ...] = ()
    workshops: tuple[WorkshopResult, ...] = ()
    rows: OpenRows | None = None
    #: Step -> what its kind tells beside (`engine.kinds.StepResults`), as JSON.
    beside: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    #: What a version after the first does to the figures before it: see `results.corrections`.
    change: str | None = None
    #: Question -> its result.
    by_id: Mapping[int, QuestionResult] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {each.question: each for each in self.questions})

    @property
    def others(self) -> Published:
        """« Autres »: the sum of the channels that are hidden; none where all are told or nothing is."""
        if self.total is None:
            return None
        told = sum(each.answers for each in self.channels if each.answers is not None)
        return self.total - told if self.channels else 0

    def of_told(self, by_question: Mapping[int, Said]) -> dict[int, Said]:
        """What is said of questions, without those of whom so few were asked that it would tell of them."""
        return {
            number: said
            for number, said in by_question.items()
            if (result := self.by_id.get(number)) is not None and result.total is not None
        }

    @property
    def whole(self) -> bool:
        """Whether nothing at all is hidden."""
        return self.total is not None and (
            all(each.whole for each in self.questions)
            and all(each.whole for each in self.crosses)
            and all(each.whole for each in self.channels)
        )


# --- as JSON --------------------------------------------------------------------------------------------------------


def as_json(results: PublishedResults) -> dict[str, Any]:
    """A publication as plain values, for good."""
    return {
        "schema": SCHEMA,
        "version": results.version,
        "change": results.change,
        "threshold": results.threshold,
        "total": results.total,
        "questions": [_question_json(each) for each in results.questions],
        "crosses": [_cross_json(each, results) for each in results.crosses],
        "channels": [
            {
                "channel": each.channel,
                "answers": each.answers,
                "proofs": [{"proof": proof, "answers": count} for proof, count in each.proofs],
            }
            for each in results.channels
        ],
        "groups": [
            {
                "people": each.people,
                "choices": [
                    {"question": question, "options": list(options)} for question, options in each.choices
                ],
            }
            for each in results.groups
        ],
        "workshops": [
            {
                "workshop": each.workshop,
                "people": each.people,
                "points": None
                if each.points is None
                else [
                    {"question": question, "option": option, "points": points}
                    for question, option, points in each.points
                ],
            }
            for each in results.workshops
        ],
        "rows": None if results.rows is None else _rows_json(results.rows),
        "beside": dict(results.beside),
    }


def _question_json(each: QuestionResult) -> dict[str, Any]:
    several = each.kind in SEVERAL
    return {
        "question": each.question,
        "kind": each.kind.value,
        "condition": each.condition,
        "total": each.total,
        "least": each.least,
        "most": each.most,
        "cells": [
            {
                "key": key,
                "answers": count,
                **({"others": {"answers": each.others(number)}} if several else {}),
            }
            for number, (key, count) in enumerate(zip(each.keys, each.answers, strict=True))
        ],
        "blank": {"answers": each.blanks},
        "places": None if each.places is None else [list(row) for row in each.places],
        "shares": None if each.shares is None else list(each.shares),
        "reading": None
        if each.reading is None
        else {
            "total": each.reading.total,
            "cells": [
                {"key": key, "answers": count}
                for key, count in zip(each.reading.options, each.reading.answers, strict=True)
            ],
            "blank": {"answers": each.reading.blanks},
        },
    }


def _cross_json(each: CrossResult, results: PublishedResults) -> dict[str, Any]:
    keys = [(*results.by_id[number].keys, None) for number in (each.row_question, each.column_question)]
    return {
        "row_question": each.row_question,
        "column_question": each.column_question,
        "cells": [
            {"row": row, "column": column, "answers": count}
            for row, line in zip(keys[0], each.cells, strict=True)
            for column, count in zip(keys[1], line, strict=True)
        ],
    }


def _rows_json(rows: OpenRows) -> dict[str, Any]:
    return {
        "columns": list(rows.columns),
        "alike": [
            {
                "values": [list(value) if isinstance(value, tuple) else value for value in values],
                "answers": count,
            }
            for values, count in rows.alike
        ],
    }


def from_json(content: Mapping[str, Any]) -> PublishedResults:
    """What `as_json` wrote. Raises `ValueError` for a form of another version."""
    if content["schema"] != SCHEMA:
        raise ValueError(f"schema {content['schema']!r}, not {SCHEMA}")
    questions = tuple(_question_from(each) for each in content["questions"])
    width = {each.question: len(each.keys) + 1 for each in questions}
    rows = content["rows"]
    return PublishedResults(
        threshold=content["threshold"],
        total=content["total"],
        questions=questions,
        crosses=tuple(
            CrossResult(
                each["row_question"],
                each["column_question"],
                tuple(_by(width[each["column_question"]], [cell["answers"] for cell in each["cells"]])),
            )
            for each in content["crosses"]
        ),
        channels=tuple(
            ChannelResult(
                each["channel"],
                each["answers"],
                tuple((proof["proof"], proof["answers"]) for proof in each["proofs"]),
            )
            for each in content["channels"]
        ),
        groups=tuple(
            GroupResult(
                each["people"],
                tuple((choice["question"], tuple(choice["options"])) for choice in each["choices"]),
            )
            for each in content["groups"]
        ),
        workshops=tuple(
            WorkshopResult(
                each["workshop"],
                each["people"],
                None
                if each["points"] is None
                else tuple((point["question"], point["option"], point["points"]) for point in each["points"]),
            )
            for each in content["workshops"]
        ),
        rows=None
        if rows is None
        else OpenRows(
            tuple(rows["columns"]),
            tuple((tuple(map(_value, each["values"])), each["answers"]) for each in rows["alike"]),
        ),
        # None of those that were published before there was any.
        beside=content.get("beside", {}),
        version=content["version"],
        change=content["change"],
    )


def _question_from(content: Mapping[str, Any]) -> QuestionResult:
    reading, places, shares = content["reading"], content["places"], content["shares"]
    return QuestionResult(
        question=content["question"],
        kind=QuestionKind(content["kind"]),
        total=content["total"],
        keys=tuple(cell["key"] for cell in content["cells"]),
        answers=tuple(cell["answers"] for cell in content["cells"]),
        blanks=content["blank"]["answers"],
        condition=content["condition"],
        least=content["least"],
        most=content["most"],
        places=None if places is None else tuple(map(tuple, places)),
        shares=None if shares is None else tuple(shares),
        reading=None
        if reading is None
        else ReadResult(
            tuple(cell["key"] for cell in reading["cells"]),
            tuple(cell["answers"] for cell in reading["cells"]),
            reading["blank"]["answers"],
            reading["total"],
        ),
    )


def _by(width: int, cells: Sequence[Published]) -> Iterator[tuple[Published, ...]]:
    return (tuple(cells[start : start + width]) for start in range(0, len(cells), width))


def _value(value: int | list[int] | None) -> Value:
    return tuple(value) if isinstance(value, list) else value
