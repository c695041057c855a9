"""What the rules of a fund ask of its projects, from what is stored: of many projects at once."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.text_folding import fold
from cdv_civic.fund.instruction.rules import TransportCarrier, transports_of
from cdv_civic.fund.models.choosing import JuryItem, JuryMeeting
from cdv_civic.fund.models.funds import FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.admissibility import ProjectFacts
from cdv_civic.fund.rules.fund_rules import CarrierKind, FundRules
from cdv_civic.fund.rules.projects import ProjectState

#: Of these nothing is paid: their transport takes nobody's place.
_TAKES_NO_PLACE = (
    ProjectState.INADMISSIBLE.value,
    ProjectState.NOT_SELECTED.value,
    ProjectState.ABANDONED.value,
)


def heard_at() -> Any:
    """The moment of the first meeting of a commission that has a `FundProject` on its agenda, as a column."""
    return (
        select(func.min(JuryMeeting.starts_at))
        .join(JuryItem, JuryItem.meeting_id == JuryMeeting.id)
        .where(JuryItem.project_id == FundProject.id)
        .scalar_subquery()
    )


#: What `facts_of` reads of each row of a statement, beside `heard_at`.
FACT_COLUMNS = (
    FundProject.id,
    FundProject.carrier_kind,
    FundProject.carrier_name,
    FundProject.rna,
    FundProject.siret,
    FundProject.asked_cents,
    FundProject.cost_cents,
    FundProject.purposes,
    FundProject.axis_id,
    FundProject.in_programme,
    FundProject.transport,
    FundProject.age,
    FundProject.counterpart,
    FundProject.submitted_at,
)


def facts_of(
    rows: Iterable[Any], rules: FundRules, fund_id: int, year: int, choice_on: date | None
) -> Mapping[int, ProjectFacts]:
    """What the rules ask of each row, by its id; 1 statement where transports are counted, else none.

    `choice_on`: the day of its round's choice; a project on the agenda of a commission is decided on that day.
    """
    rows = list(rows)
    counted = rules.transports_a_year is not None and any(row.transport for row in rows)
    all_of_the_year = _transports(fund_id, year) if counted else ()
    zone = clock.zone()

    def facts(row: Any) -> ProjectFacts:
        chosen = choice_on if row.heard_at is None else row.heard_at.astimezone(zone).date()
        came = row.submitted_at.astimezone(zone).date()
        return ProjectFacts(
            carrier=CarrierKind(row.carrier_kind) if row.carrier_kind else None,
            asked_cents=row.asked_cents,
            cost_cents=row.cost_cents,
            purposes=frozenset(row.purposes),
            serves_objective=row.axis_id is not None,
            in_programme=row.in_programme,
            transports_this_year=transports_of(_carrier(row), all_of_the_year) if row.transport else 0,
            days_before_choice=None if chosen is None else (chosen - came).days,
            age=row.age,
            counterpart_agreed=bool(row.counterpart.strip()),
        )

    return {row.id: facts(row) for row in rows}


def _carrier(row: Any) -> TransportCarrier:
    return TransportCarrier(row.id, row.rna, row.siret, fold(row.carrier_name) or None)


def _transports(fund_id: int, year: int) -> tuple[TransportCarrier, ...]:
    """Whose the projects are that pay for a transport in the rounds of a year of a fund; 1 statement."""
    found = rows_of(
        select(FundProject.id, FundProject.rna, FundProject.siret, FundProject.carrier_name)
        .join(FundRound, FundRound.id == FundProject.round_id)
        .where(
            FundRound.fund_id == fund_id,
            FundRound.year == year,
            FundProject.transport.is_(True),
            FundProject.state.not_in(_TAKES_NO_PLACE),
        )
    )
    return tuple(_carrier(row) for row in found)
