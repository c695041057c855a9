"""The public projects of a round, to be taken away: what everybody reads, and no first name."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import func, select

from cdv_civic.core.csv_export import csv_lines
from cdv_civic.core.db import rows_of
from cdv_civic.fund.models.projects import FundProject, ProjectReview, ProjectStep
from cdv_civic.fund.public.queries.funds import FundFacts, RoundFacts, project_is_public
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.territory.models import Quartier

FORMAT: Final = "fund-projects/1"
#: Days on which a project first came to a state.
_DAYS: Final[Mapping[str, ProjectState]] = {
    "submitted_on": ProjectState.SUBMITTED,
    "selected_on": ProjectState.SELECTED,
    "notified_on": ProjectState.NOTIFIED,
    "paid_on": ProjectState.PAID,
    "done_on": ProjectState.DONE,
}
#: The file is made for machines: one set of names.
COLUMNS: Final = (
    "number",
    "title",
    "summary",
    "language",
    "carrier_kind",
    "carrier",
    "quartier",
    "state",
    "cost_eur",
    "asked_eur",
    "granted_eur",
    "returned_eur",
    *_DAYS,
    "people_reached",
)


def _euros(cents: int) -> str:
    return str(Decimal(cents) / 100)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def exported_projects(round_id: int) -> list[Mapping[str, Any]]:
    """Each public project of a round, by the names of `COLUMNS`; 1 statement."""
    days = [
        select(func.min(ProjectStep.on_day))
        .where(ProjectStep.project_id == FundProject.id, ProjectStep.state == state.value)
        .correlate(FundProject)
        .scalar_subquery()
        .label(name)
        for name, state in _DAYS.items()
    ]
    rows = rows_of(
        select(
            FundProject.number,
            FundProject.title,
            FundProject.summary,
            FundProject.lang,
            FundProject.carrier_kind,
            FundProject.carrier_name,
            Quartier.name.label("quartier"),
            FundProject.state,
            FundProject.cost_cents,
            FundProject.asked_cents,
            FundProject.granted_cents,
            FundProject.returned_cents,
            ProjectReview.people,
            *days,
        )
        .outerjoin(Quartier, Quartier.id == FundProject.quartier_id)
        .outerjoin(
            ProjectReview,
            (ProjectReview.project_id == FundProject.id) & ProjectReview.taken_at.is_not(None),
        )
        .where(FundProject.round_id == round_id, project_is_public())
        .order_by(FundProject.number)
    )
    return [
        dict(
            zip(
                COLUMNS,
                (
                    row.number,
                    row.title,
                    row.summary,
                    row.lang,
                    row.carrier_kind,
                    row.carrier_name or None,
                    row.quartier,
                    row.state,
                    *map(_euros, (row.cost_cents, row.asked_cents, row.granted_cents, row.returned_cents)),
                    *(_day(getattr(row, name)) for name in _DAYS),
                    row.people,
                ),
                strict=True,
            )
        )
        for row in rows
    ]


def as_csv(projects: Sequence[Mapping[str, Any]]) -> str:
    """Projects as a table, a line for each."""
    return "".join(csv_lines(COLUMNS, (tuple(each.values()) for each in projects), ","))


def as_content(fund: FundFacts, fund_round: RoundFacts) -> dict[str, Any]:
    """The round and its projects; 1 statement."""
    return {
        "format": FORMAT,
        "fund": {"slug": fund.slug, "name": fund.name.text},
        "round": {"slug": fund_round.slug, "title": fund_round.title.text, "year": fund_round.year},
        "projects": exported_projects(fund_round.id),
    }
