"""Phases as data: when something opens and closes, and what each phase allows. The clock of the server decides.

Moments are aware. A phase holds from `opens_at` (included) to `closes_at` (not included), so that two that meet leave
no moment in both and none in neither. A time of the wall clock becomes a moment by `opening` and `closing`, which know
of the hour that is missing in spring and of the one that comes twice in autumn.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise


class Fault(StrEnum):
    """What is wrong with phases."""

    NONE_AT_ALL = "none_at_all"
    #: A moment without a zone: nobody can say when it was.
    NAIVE = "naive"
    #: It closes before it opens, or at that moment.
    BACKWARDS = "backwards"
    #: Two hold at once, or they do not stand in the order of time.
    OVERLAP = "overlap"
    SAME_NAME = "same_name"


class BadPhases(ValueError):
    """Phases that cannot be; `phase` names the first that is wrong."""

    def __init__(self, fault: Fault, phase: str = "") -> None:
        super().__init__(f"{fault}: {phase}" if phase else str(fault))
        self.fault = fault
        self.phase = phase


@dataclass(frozen=True)
class Phase:
    """One phase. Without `opens_at` it was always open, without `closes_at` it stays so."""

    name: str
    #: The acts that it allows, by names of its feature.
    allows: frozenset[str]
    opens_at: datetime | None = None
    closes_at: datetime | None = None


class Stage(StrEnum):
    """Where a moment lies."""

    BEFORE = "before"
    OPEN = "open"
    #: One phase is over, and the next has not begun.
    BETWEEN = "between"
    AFTER = "after"


@dataclass(frozen=True)
class PhaseState:
    """How things are at a moment."""

    stage: Stage
    #: The phase that holds; None outside of all.
    phase: Phase | None
    #: The one that opens next; None: no other one does.
    next_phase: Phase | None


class Phases:
    """Phases in the order of time; gaps between them are fine. Raises `BadPhases`."""

    def __init__(self, phases: Iterable[Phase]) -> None:
        #: With all moments in UTC: Python compares two of one zone by the wall clock, which goes back in autumn.
        self.phases = tuple(_in_utc(phase) for phase in phases)
        if not self.phases:
            raise BadPhases(Fault.NONE_AT_ALL)
        for phase in self.phases:
            if phase.opens_at and phase.closes_at and phase.closes_at <= phase.opens_at:
                raise BadPhases(Fault.BACKWARDS, phase.name)
        for before, after in pairwise(self.phases):
            if before.closes_at is None or after.opens_at is None or before.closes_at > after.opens_at:
                raise BadPhases(Fault.OVERLAP, after.name)
        names = [phase.name for phase in self.phases]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise BadPhases(Fault.SAME_NAME, name)

    def state_at(self, moment: datetime) -> PhaseState:
        """How things are at a moment; raises `BadPhases` for one without a zone."""
        at = _utc(moment)
        current = next((phase for phase in self.phases if _holds(phase, at)), None)
        coming = next((phase for phase in self.phases if phase.opens_at and phase.opens_at > at), None)
        if current is not None:
            return PhaseState(Stage.OPEN, current, coming)
        if coming is None:
            return PhaseState(Stage.AFTER, None, None)
        return PhaseState(Stage.BEFORE if coming is self.phases[0] else Stage.BETWEEN, None, coming)

    def allows(self, act: str, moment: datetime) -> bool:
        """Whether an act may be done at a moment; raises `BadPhases` for one without a zone."""
        phase = self.state_at(moment).phase
        return phase is not None and act in phase.allows

    def next_change(self, moment: datetime) -> datetime | None:
        """The first moment after this one at which anything changes, in UTC: until then a page stays right.

        None: nothing changes any more. Raises `BadPhases` for a moment without a zone.
        """
        at = _utc(moment)
        ends = (end for phase in self.phases for end in (phase.opens_at, phase.closes_at))
        return min((end for end in ends if end is not None and end > at), default=None)


def opening(day: date, zone: tzinfo, at: time = time.min) -> datetime:
    """The moment at which something opens: the first one with that time, or the next where the day has none such."""
    return datetime.combine(day, at, zone).replace(fold=0).astimezone(UTC)


def closing(day: date, zone: tzinfo, at: time | None = None) -> datetime:
    """The moment at which something closes: the last one with that time; by itself, when the day is over."""
    if at is None:
        return opening(day + timedelta(days=1), zone)
    wall = datetime.combine(day, at, zone)
    return max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def first_day(opens_at: datetime, zone: tzinfo) -> date:
    """The day on which something opens."""
    return opens_at.astimezone(zone).date()


def last_day(closes_at: datetime, zone: tzinfo) -> date:
    """The last day on which something is open: the day before, where it closes at midnight."""
    return (closes_at.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()


def _utc(moment: datetime, phase: str = "") -> datetime:
    if moment.utcoffset() is None:
        raise BadPhases(Fault.NAIVE, phase)
    return moment.astimezone(UTC)


def _in_utc(phase: Phase) -> Phase:
    opens_at, closes_at = (
        None if end is None else _utc(end, phase.name) for end in (phase.opens_at, phase.closes_at)
    )
    return replace(phase, opens_at=opens_at, closes_at=closes_at)


def _holds(phase: Phase, at: datetime) -> bool:
    return (phase.opens_at is None or phase.opens_at <= at) and (
        phase.closes_at is None or at < phase.closes_at
    )
