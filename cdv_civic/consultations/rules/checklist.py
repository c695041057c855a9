"""What a consultation still lacks before it can be opened, line by line, from plain values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, Final

from cdv_civic.consultations.rules.calendar import Power
from cdv_civic.consultations.rules.questions import QuestionKind

#: A question of such a kind names one winner, and can end in a tie.
NAMES_ONE: Final = frozenset({QuestionKind.SINGLE, QuestionKind.PICTURES})
OLDEST: Final = 120


class Item(StrEnum):
    """A line of the list."""

    PURPOSE = "purpose"
    POWER = "power"
    NEGOTIABLE = "negotiable"
    SETTLED = "settled"
    DECIDER = "decider"
    READERS = "readers"
    CALENDAR = "calendar"
    DUE = "due"
    PROOF = "proof"
    AGES = "ages"
    QUARTIERS = "quartiers"
    PUBLICS = "publics"
    STEPS = "steps"
    TIES = "ties"
    #: Said, and nothing that stops it.
    LANGUAGES = "languages"


#: Texts that are asked for in French.
TEXTS: Final = (Item.PURPOSE, Item.NEGOTIABLE, Item.SETTLED, Item.DECIDER, Item.READERS)


class Lack(StrEnum):
    """What is wrong with a line."""

    EMPTY = "empty"
    #: It closes before it opens, or paper comes in before it closes.
    BACKWARDS = "backwards"
    #: It would be closed as it is published.
    OVER = "over"
    #: The answer would come before the last answers do.
    DUE_TOO_EARLY = "due_too_early"
    #: A first name or a photo would be taken of somebody who may not answer.
    AGES_BACKWARDS = "ages_backwards"
    #: One of its steps lacks something.
    STEP = "step"
    #: Some texts are in fewer languages than it is asked in.
    UNTRANSLATED = "untranslated"


class ChoiceFault(StrEnum):
    """What keeps a choice among groups of ideas from being asked."""

    #: Its options are not, or not any more, the groups that are retained.
    OTHER_GROUPS = "other_groups"


@dataclass(frozen=True)
class Prepared:
    """A consultation as far as it is prepared."""

    power: Power | None = None
    #: The names of its texts that are written.
    texts: frozenset[str] = frozenset()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    paper_until: datetime | None = None
    answer_due_on: date | None = None
    proof: str | None = None
    #: To answer, to be named, to send a photo.
    ages: tuple[int | None, int | None, int | None] = (None, None, None)
    quartiers: int = 0
    publics: int = 0
    reaches_nobody: bool = False
    steps: int = 0
    #: What its steps and questions lack, in sentences.
    faults: tuple[Any, ...] = ()
    #: The kinds of all its questions.
    asks: tuple[QuestionKind, ...] = ()
    #: How many texts lack a translation, by language.
    untranslated: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ChecklistLine:
    """One line; `lack` None: it is done."""

    item: Item
    lack: Lack | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is missing here."""
        return self.lack is None

    @property
    def stops(self) -> bool:
        """Whether it cannot be opened like that."""
        return not self.done and self.item is not Item.LANGUAGES


def checklist(prepared: Prepared, now: datetime, zone: tzinfo) -> tuple[ChecklistLine, ...]:
    """All lines, in the order in which an organiser thinks of them."""
    return tuple(_lines(prepared, now, zone))


def complete(lines: Iterable[ChecklistLine]) -> bool:
    """Whether it can be opened."""
    return not any(line.stops for line in lines)


def decides_by_one(prepared: Prepared) -> bool:
    """Whether one option wins and is done: what follows of a tie is said before."""
    return prepared.power is Power.CO_DECIDE and not NAMES_ONE.isdisjoint(prepared.asks)


def _lines(prepared: Prepared, now: datetime, zone: tzinfo) -> Iterator[ChecklistLine]:
    yield ChecklistLine(Item.PURPOSE, _unless(Item.PURPOSE.value in prepared.texts))
    yield ChecklistLine(Item.POWER, _unless(prepared.power is not None))
    for item in TEXTS[1:]:
        yield ChecklistLine(item, _unless(item.value in prepared.texts))
    yield ChecklistLine(Item.QUARTIERS, _unless(prepared.quartiers > 0))
    yield ChecklistLine(Item.PUBLICS, _unless(prepared.publics > 0 or prepared.reaches_nobody))
    yield ChecklistLine(Item.STEPS, _steps(prepared))
    if decides_by_one(prepared):
        yield ChecklistLine(Item.TIES, _unless(Item.TIES.value in prepared.texts))
    yield ChecklistLine(Item.CALENDAR, _calendar(prepared, now))
    yield ChecklistLine(Item.DUE, _due(prepared, zone))
    yield ChecklistLine(Item.PROOF, _unless(prepared.proof is not None))
    yield ChecklistLine(Item.AGES, _ages(prepared.ages))
    yield ChecklistLine(Item.LANGUAGES, Lack.UNTRANSLATED if any(prepared.untranslated.values()) else None)


def _unless(there: bool) -> Lack | None:
    return None if there else Lack.EMPTY


def _steps(prepared: Prepared) -> Lack | None:
    if not prepared.steps:
        return Lack.EMPTY
    return Lack.STEP if prepared.faults else None


def _calendar(prepared: Prepared, now: datetime) -> Lack | None:
    opens, closes, paper = prepared.opens_at, prepared.closes_at, prepared.paper_until
    if opens is None or closes is None:
        return Lack.EMPTY
    if closes <= opens or (paper is not None and paper < closes):
        return Lack.BACKWARDS
    return Lack.OVER if closes <= now else None


def _due(prepared: Prepared, zone: tzinfo) -> Lack | None:
    if prepared.answer_due_on is None:
        return Lack.EMPTY
    last = prepared.paper_until or prepared.closes_at
    early = last is not None and prepared.answer_due_on < last.astimezone(zone).date()
    return Lack.DUE_TOO_EARLY if early else None


def _ages(ages: tuple[int | None, int | None, int | None]) -> Lack | None:
    to_answer, for_name, for_photo = ages
    if to_answer is None or for_name is None or for_photo is None:
        return Lack.EMPTY
    return Lack.AGES_BACKWARDS if min(for_name, for_photo) < to_answer else None
