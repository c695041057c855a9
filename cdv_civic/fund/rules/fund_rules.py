"""The rules of a fund as data: who may carry a project, for how much, for what, and who chooses.

Each is a fact of one fund, and None or empty where it is not defined yet: that is valid until a round opens.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any


class CarrierKind(StrEnum):
    """Who carries a project."""

    RESIDENT = "resident"
    RESIDENTS = "residents"  #: several, without an association
    ASSOCIATION = "association"
    SCHOOL = "school"
    COUNCIL = "council"  #: a conseil citoyen


class ChoiceMode(StrEnum):
    """Who chooses among admissible projects."""

    JURY = "jury"  #: a commission decides
    VOTE = "vote"  #: residents vote, and a counting rule decides
    VOTE_THEN_JURY = "vote-then-jury"  #: residents rank, the commission decides


class RuleField(StrEnum):
    """A rule that a round cannot open without."""

    CARRIERS = "carriers"
    LARGEST = "largest"
    CHOICE = "choice"
    COUNTING = "counting"
    COUNTERPART = "counterpart"
    AGES = "ages"


@dataclass(frozen=True)
class AmountLimit:
    """The largest grant."""

    cents: int
    strict: bool = False  #: below it, never it

    def allows(self, cents: int) -> bool:
        """Whether a grant of this amount keeps to it."""
        return cents < self.cents if self.strict else cents <= self.cents


@dataclass(frozen=True)
class JuryRules:
    """How a commission is made up and meets."""

    members: int | None = None
    residents: int | None = None  #: of them
    quorum: int | None = None
    meetings_a_year: int | None = None  #: at least
    carriers_heard: bool = False  #: they come in person before the deliberation


@dataclass(frozen=True)
class PersonRules:
    """A fund for one person (bourse), against a counterpart; never under a public name."""

    youngest: int
    oldest: int
    counterpart: str  #: what the person does in return, in French


@dataclass(frozen=True)
class FundRules:
    """All rules of one fund."""

    carriers: frozenset[CarrierKind] = frozenset()
    smallest_cents: int = 0
    largest: AmountLimit | None = None
    #: The most of a project's cost that the grant covers, in percent; `whole_cost` False: always less than all.
    most_percent: int | None = None
    whole_cost: bool = True
    purposes: tuple[str, ...] = ()  #: codes; none: any purpose
    objective_asked: bool = False  #: a project serves an objective of the contract
    outside_programme: bool = False  #: a project is not in the annual programme already
    transports_a_year: int | None = None  #: of one carrier
    opinion_asked: bool = False  #: the reasoned opinion of the conseil citoyen, before any decision
    deposit_days: int | None = None  #: a project comes in so many days before the choice, at least
    choice: ChoiceMode | None = None
    counting: Mapping[str, Any] | None = None  #: the options of the tally, for a vote
    jury: JuryRules = JuryRules()
    person: PersonRules | None = None

    def undefined(self) -> frozenset[RuleField]:
        """Rules that must be defined before a round opens."""
        return frozenset(self._undefined())

    def _undefined(self) -> Iterator[RuleField]:
        if not self.carriers and self.person is None:
            yield RuleField.CARRIERS
        if self.largest is None:
            yield RuleField.LARGEST
        if self.choice is None:
            yield RuleField.CHOICE
        elif self.choice is not ChoiceMode.JURY and self.counting is None:
            yield RuleField.COUNTING
        if self.person is not None:
            if not self.person.counterpart.strip():
                yield RuleField.COUNTERPART
            if self.person.youngest > self.person.oldest:
                yield RuleField.AGES


def as_data(rules: FundRules) -> dict[str, Any]:
    """Rules as JSON holds them; what stands at its default is left out."""
    found: dict[str, Any] = {}
    for field in fields(rules):
        value = getattr(rules, field.name)
        if value == getattr(FundRules(), field.name):
            continue
        if isinstance(value, frozenset):
            found[field.name] = sorted(value)
        elif is_dataclass(value) and not isinstance(value, type):
            found[field.name] = asdict(value)
        else:
            found[field.name] = list(value) if isinstance(value, tuple) else value
    return found


def from_data(data: Mapping[str, Any]) -> FundRules:
    """The rules that `as_data` wrote.

    Raises:
        TypeError, ValueError: something else wrote it.
    """
    read: Mapping[str, Callable[[Any], Any]] = {
        "carriers": lambda value: frozenset(CarrierKind(each) for each in value),
        "largest": lambda value: AmountLimit(**value),
        "purposes": tuple,
        "choice": ChoiceMode,
        "jury": lambda value: JuryRules(**value),
        "person": lambda value: PersonRules(**value),
    }
    return FundRules(**{name: read.get(name, lambda same: same)(value) for name, value in data.items()})
