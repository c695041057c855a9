"""A project from first idea to told: its states, what leads from one to the next, and how long each took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Final


class ProjectState(StrEnum):
    """Where a project stands. What is begun and not sent is a draft of a form, and no project yet."""

    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"  #: something is missing, and the carrier was told what
    ADMISSIBLE = "admissible"
    INADMISSIBLE = "inadmissible"
    OPINION = "opinion"  #: with the conseil citoyen
    IN_CHOICE = "in-choice"  #: before the commission, or on the ballot
    SELECTED = "selected"
    NOT_SELECTED = "not-selected"
    NOTIFIED = "notified"
    PAID = "paid"
    DONE = "done"
    REVIEWED = "reviewed"
    CLOSED = "closed"
    ABANDONED = "abandoned"


#: From each state, those that may follow.
NEXT: Final[Mapping[ProjectState, frozenset[ProjectState]]] = {
    ProjectState.SUBMITTED: frozenset(
        {
            ProjectState.INCOMPLETE,
            ProjectState.ADMISSIBLE,
            ProjectState.INADMISSIBLE,
            ProjectState.ABANDONED,
        }
    ),
    ProjectState.INCOMPLETE: frozenset(
        {ProjectState.SUBMITTED, ProjectState.INADMISSIBLE, ProjectState.ABANDONED}
    ),
    ProjectState.ADMISSIBLE: frozenset(
        {
            ProjectState.OPINION,
            ProjectState.IN_CHOICE,
            ProjectState.INCOMPLETE,
            ProjectState.INADMISSIBLE,
            ProjectState.ABANDONED,
        }
    ),
    # Somebody who was refused by mistake is taken in again.
    ProjectState.INADMISSIBLE: frozenset({ProjectState.ADMISSIBLE}),
    ProjectState.OPINION: frozenset({ProjectState.IN_CHOICE, ProjectState.ABANDONED}),
    ProjectState.IN_CHOICE: frozenset(
        {ProjectState.SELECTED, ProjectState.NOT_SELECTED, ProjectState.ABANDONED}
    ),
    ProjectState.SELECTED: frozenset({ProjectState.NOTIFIED, ProjectState.ABANDONED}),
    ProjectState.NOT_SELECTED: frozenset(),
    ProjectState.NOTIFIED: frozenset({ProjectState.PAID, ProjectState.ABANDONED}),
    ProjectState.PAID: frozenset({ProjectState.DONE, ProjectState.ABANDONED}),
    ProjectState.DONE: frozenset({ProjectState.REVIEWED, ProjectState.ABANDONED}),
    ProjectState.REVIEWED: frozenset({ProjectState.CLOSED}),
    ProjectState.CLOSED: frozenset(),
    ProjectState.ABANDONED: frozenset(),
}
#: What is told with a reason, and with where else to ask where it is a refusal.
WITH_REASON: Final = frozenset(
    {
        ProjectState.INCOMPLETE,
        ProjectState.INADMISSIBLE,
        ProjectState.NOT_SELECTED,
        ProjectState.ABANDONED,
    }
)
#: A grant of the envelope is reserved or spent.
HOLDS_MONEY: Final = frozenset(
    {
        ProjectState.SELECTED,
        ProjectState.NOTIFIED,
        ProjectState.PAID,
        ProjectState.DONE,
        ProjectState.REVIEWED,
        ProjectState.CLOSED,
    }
)
#: The law's limit for the payment of an association once it was notified, in days (law 2000-321, article 10, as law
#: 2021-875 has it).
PAYMENT_DAYS: Final = 60
#: Days after which a public page says that nobody has told anything.
SILENT_DAYS: Final = 183


class BadTransition(ValueError):
    """A state that does not follow from the one before, or a reason that is missing."""


def may_follow(before: ProjectState, after: ProjectState) -> bool:
    """Whether a project may go from one state to another."""
    return after in NEXT[before]


@dataclass(frozen=True)
class StateChange:
    """A project came to a state on a day."""

    state: ProjectState
    on: date
    reason: str = ""


def checked_history(changes: Sequence[StateChange]) -> Sequence[StateChange]:
    """A history that could have happened.

    Raises:
        BadTransition: a state does not follow, a day lies before the one before, or a reason is missing.
    """
    for before, after in pairwise(changes):
        if not may_follow(before.state, after.state):
            raise BadTransition(f"{before.state} is not followed by {after.state}")
        if after.on < before.on:
            raise BadTransition(f"{after.state} comes before {before.state}")
    if changes and changes[0].state is not ProjectState.SUBMITTED:
        raise BadTransition("a project begins with its deposit")
    if any(each.state in WITH_REASON and not each.reason.strip() for each in changes):
        raise BadTransition("a reason is missing")
    return changes


def days_between(changes: Iterable[StateChange], first: ProjectState, last: ProjectState) -> int | None:
    """Days from the first time in one state to the first time in another; None where it was not in both."""
    begun = ended = None
    for change in changes:
        if change.state is first and begun is None:
            begun = change.on
        if change.state is last and begun is not None and ended is None:
            ended = change.on
    return None if begun is None or ended is None else (ended - begun).days


def median_days(
    histories: Iterable[Iterable[StateChange]], first: ProjectState, last: ProjectState
) -> int | None:
    """The median of `days_between`, rounded up, over the projects that came so far; None where none did."""
    found = [days for changes in histories if (days := days_between(changes, first, last)) is not None]
    return -(-int(2 * median(found)) // 2) if found else None


def silent_since(told_on: Iterable[date], today: date) -> date | None:
    """The last day on which something was told, where that is too long ago; None where it is not, or nothing was."""
    last = max(told_on, default=None)
    return last if last is not None and (today - last).days > SILENT_DAYS else None
