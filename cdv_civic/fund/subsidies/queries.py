"""What legal persons were paid by funds that everybody sees. Residents, and funds for persons, are never among them."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, and_, extract, select
from sqlalchemy.orm import aliased

from cdv_civic.core.db import rows_of
from cdv_civic.core.policy.model import Reach
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectStep
from cdv_civic.fund.rules.fund_rules import CarrierKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import funds_within
from cdv_civic.fund.subsidies.rules import Subsidy, SubsidyFault, subsidy_faults
from cdv_civic.territory.models import Contract

#: Who can be named as having received money.
LEGAL_PERSONS: Final = (
    CarrierKind.ASSOCIATION.value,
    CarrierKind.SCHOOL.value,
    CarrierKind.COUNCIL.value,
)
_notified, _paid = aliased(ProjectStep), aliased(ProjectStep)
_year = extract("year", _notified.on_day)


def _paid_projects(*columns: Any) -> Select[Any]:
    """Paid projects of legal persons in public funds, where money stayed with them: also one that was given up then."""
    return (
        select(*columns)
        .select_from(FundProject)
        .join(Fund, Fund.id == FundProject.fund_id)
        .join(FundRound, FundRound.id == FundProject.round_id)
        .join(Contract, Contract.id == Fund.contract_id)
        .join(
            _notified,
            and_(_notified.project_id == FundProject.id, _notified.state == ProjectState.NOTIFIED.value),
        )
        .join(_paid, and_(_paid.project_id == FundProject.id, _paid.state == ProjectState.PAID.value))
        .where(
            Fund.published_at.is_not(None),
            Fund.withdrawn_at.is_(None),
            FundRound.published_at.is_not(None),
            FundProject.personal.is_(False),
            FundProject.carrier_kind.in_(LEGAL_PERSONS),
            FundProject.granted_cents > FundProject.returned_cents,
        )
    )


_COLUMNS: Final = (
    FundProject.id,
    FundProject.title,
    FundProject.summary,
    FundProject.number,
    FundProject.carrier_name,
    FundProject.siret,
    FundProject.rna,
    FundProject.decision_reference,
    (FundProject.granted_cents - FundProject.returned_cents).label("cents"),
    Fund.payer,
    Fund.payer_siret,
    _notified.on_day.label("decided_on"),
    _paid.on_day.label("paid_on"),
)


def _subsidy(row: Any) -> Subsidy:
    return Subsidy(
        row.id,
        row.payer,
        row.payer_siret,
        row.decided_on,
        row.decision_reference,
        row.carrier_name,
        row.siret,
        row.rna,
        row.title,
        row.summary,
        row.cents,
        row.paid_on,
    )


def subsidies_of(year: int, contract: str | None = None) -> list[Subsidy]:
    """What was told in a year and is paid, in the order of the decisions, of all contracts or one; 1 statement.

    Those with a fault are among them.
    """
    statement = _paid_projects(*_COLUMNS).where(_year == year)
    if contract is not None:
        statement = statement.where(Contract.slug == contract)
    return [_subsidy(row) for row in rows_of(statement.order_by(_notified.on_day, FundProject.id))]


def years_of_subsidies() -> list[int]:
    """Years with something to publish, the latest first; 1 statement."""
    statement = _paid_projects(_year.label("year")).group_by(_year).order_by(_year.desc())
    return [int(row.year) for row in rows_of(statement)]


@dataclass(frozen=True)
class LeftOut:
    """A subsidy that cannot be published, and why."""

    id: int
    number: int
    title: str
    payer: str
    faults: frozenset[SubsidyFault]
    year: int


def left_out(reach: Reach) -> list[LeftOut]:
    """What is paid within reach and cannot be published, the latest decision first; 1 statement."""
    statement = _paid_projects(*_COLUMNS).where(funds_within(reach))
    found = []
    for row in rows_of(statement.order_by(_notified.on_day.desc(), FundProject.id)):
        faults = subsidy_faults(_subsidy(row))
        if faults:
            found.append(LeftOut(row.id, row.number, row.title, row.payer, faults, row.decided_on.year))
    return found
