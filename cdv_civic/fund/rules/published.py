"""Which projects everybody reads, and how long stages took, from plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cdv_civic.fund.rules.projects import (
    PAYMENT_DAYS,
    ProjectState,
    StateChange,
    days_between,
    median_days,
)

#: The desk has not taken it for admissible yet, or not at all.
NOT_PUBLIC: Final = frozenset({ProjectState.SUBMITTED, ProjectState.INCOMPLETE, ProjectState.INADMISSIBLE})
PUBLIC_STATES: Final = tuple(state for state in ProjectState if state not in NOT_PUBLIC)
#: Steps that everybody reads on the page of a project: what was missing stays between the carrier and the desk.
TOLD_STEPS: Final = frozenset(ProjectState) - {ProjectState.INCOMPLETE, ProjectState.INADMISSIBLE}
#: It was decided: opinions are published from then on.
DECIDED: Final = frozenset({ProjectState.SELECTED, ProjectState.NOT_SELECTED})
#: Nothing more is to be told.
OVER: Final = frozenset({ProjectState.NOT_SELECTED, ProjectState.CLOSED, ProjectState.ABANDONED})
#: Fewer projects than this tell how long one of them took, not how long it takes.
FEWEST_MEASURED: Final = 3


@dataclass(frozen=True)
class StageDays:
    """How long one stage took: half of the projects took no longer."""

    first: ProjectState
    last: ProjectState
    days: int
    projects: int
    #: The law's limit, where it knows one.
    most: int | None = None


#: The whole way, then its stages.
WHOLE_WAY: Final = (ProjectState.SUBMITTED, ProjectState.PAID)
_STAGES: Final = (
    WHOLE_WAY,
    (ProjectState.SUBMITTED, ProjectState.ADMISSIBLE),
    (ProjectState.ADMISSIBLE, ProjectState.SELECTED),
    (ProjectState.SELECTED, ProjectState.NOTIFIED),
    (ProjectState.NOTIFIED, ProjectState.PAID),
)


def measured_days(histories: Sequence[Sequence[StateChange]]) -> list[StageDays]:
    """How long each stage took; those that too few projects came through are left out."""
    found = []
    for first, last in _STAGES:
        through = sum(days_between(changes, first, last) is not None for changes in histories)
        days = median_days(histories, first, last)
        if days is not None and through >= FEWEST_MEASURED:
            most = PAYMENT_DAYS if last is ProjectState.PAID and first is ProjectState.NOTIFIED else None
            found.append(StageDays(first, last, days, through, most))
    return found


def newest_measured(
    by_year: Mapping[int, Sequence[Sequence[StateChange]]],
) -> tuple[int, list[StageDays]] | None:
    """The newest year of which anything can be told, with it."""
    for year in sorted(by_year, reverse=True):
        if found := measured_days(by_year[year]):
            return year, found
    return None


def histories_of(rows: Iterable[tuple[int, str, date]]) -> dict[int, list[StateChange]]:
    """Histories by project, from rows in the order of their steps."""
    found: dict[int, list[StateChange]] = {}
    for project_id, state, day in rows:
        found.setdefault(project_id, []).append(StateChange(ProjectState(state), day))
    return found
