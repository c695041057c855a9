"""Whether a project keeps to the rules of its fund: everything that speaks against it, at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cdv_civic.fund.rules.fund_rules import CarrierKind, FundRules


class FundBreach(StrEnum):
    """A rule that a project does not keep."""

    CARRIER = "carrier"
    TOO_SMALL = "too-small"
    TOO_LARGE = "too-large"
    SHARE_OF_COST = "share-of-cost"
    PURPOSE = "purpose"
    OBJECTIVE = "objective"
    IN_PROGRAMME = "in-programme"
    TRANSPORTS = "transports"
    TOO_LATE = "too-late"
    AGE = "age"
    COUNTERPART = "counterpart"


#: What refuses a deposit at once, beside its field: whoever writes can put it right, or save the time of waiting. The
#: rest is left to whoever looks at the project: that it comes late for this choice (there is a next one), transports of
#: its carrier (others may have been given up), the objective of the contract (few people know it by its name).
REFUSED_AT_DEPOSIT: Final = frozenset(FundBreach) - {
    FundBreach.TOO_LATE,
    FundBreach.TRANSPORTS,
    FundBreach.OBJECTIVE,
}


@dataclass(frozen=True)
class ProjectFacts:
    """What the rules ask of a project."""

    carrier: CarrierKind | None
    asked_cents: int
    cost_cents: int
    purposes: frozenset[str] = frozenset()
    serves_objective: bool = False
    in_programme: bool = False
    transports_this_year: int = 0  #: of the carrier, this project included
    days_before_choice: int | None = None  #: None: no day of a choice is known yet
    age: int | None = None  #: of the person, in a fund for one
    counterpart_agreed: bool = False


def breaches(rules: FundRules, project: ProjectFacts) -> frozenset[FundBreach]:
    """All rules that the project does not keep; a rule that is not defined is kept by all."""
    return frozenset((*_of_money(rules, project), *_of_purpose(rules, project), *_of_person(rules, project)))


def _of_money(rules: FundRules, project: ProjectFacts) -> Iterator[FundBreach]:
    if project.asked_cents < rules.smallest_cents:
        yield FundBreach.TOO_SMALL
    if rules.largest is not None and not rules.largest.allows(project.asked_cents):
        yield FundBreach.TOO_LARGE
    over_share = (
        rules.most_percent is not None and project.asked_cents * 100 > project.cost_cents * rules.most_percent
    )
    if over_share or (not rules.whole_cost and project.asked_cents >= project.cost_cents):
        yield FundBreach.SHARE_OF_COST


def _of_purpose(rules: FundRules, project: ProjectFacts) -> Iterator[FundBreach]:
    if rules.purposes and not project.purposes & frozenset(rules.purposes):
        yield FundBreach.PURPOSE
    if rules.objective_asked and not project.serves_objective:
        yield FundBreach.OBJECTIVE
    if rules.outside_programme and project.in_programme:
        yield FundBreach.IN_PROGRAMME
    if rules.transports_a_year is not None and project.transports_this_year > rules.transports_a_year:
        yield FundBreach.TRANSPORTS
    days = project.days_before_choice
    if rules.deposit_days is not None and days is not None and days < rules.deposit_days:
        yield FundBreach.TOO_LATE


def _of_person(rules: FundRules, project: ProjectFacts) -> Iterator[FundBreach]:
    if rules.person is None:
        if rules.carriers and project.carrier not in rules.carriers:
            yield FundBreach.CARRIER
        return
    if project.age is None or not rules.person.youngest <= project.age <= rules.person.oldest:
        yield FundBreach.AGE
    if not project.counterpart_agreed:
        yield FundBreach.COUNTERPART
