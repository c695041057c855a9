"""When a consultation is open, to whom, and what is due: its phases, from its own moments."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cdv_civic.participation.rules.phases import Phase, Phases

#: Acts that phases allow.
ANSWER: Final = "answer"
#: Sheets of paper, and what was noted in the street or in a workshop.
ENTER: Final = "enter"


class Power(StrEnum):
    """What the answers can do, as it is promised."""

    INFORM = "informer"
    CONSULT = "consulter"
    CO_DECIDE = "co_decider"


POWERS: Final = tuple(power.value for power in Power)


class ConsultationStage(StrEnum):
    """Where a consultation stands, for whoever looks."""

    DRAFT = "draft"
    COMING = "coming"
    OPEN = "open"
    #: Closed on the site, and paper still comes in.
    PAPER = "paper"
    #: Nothing comes in any more; the tables are not built yet.
    CLOSED = "closed"
    #: Its results are published, the answer is not.
    COUNTED = "counted"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ConsultationCalendar:
    """The moments of a consultation, aware; those of a draft may be missing."""

    opens_at: datetime | None
    closes_at: datetime | None
    paper_until: datetime | None
    answer_due_on: date | None
    published_at: datetime | None = None
    frozen_at: datetime | None = None
    answered_at: datetime | None = None
    withdrawn_at: datetime | None = None

    def phases(self) -> Phases:
        """What is allowed when. Raises `BadPhases` where it closes before it opens; not for a draft without moments."""
        if self.opens_at is None or self.closes_at is None:
            raise ValueError("a draft without moments has no phases")
        found = [Phase("open", frozenset({ANSWER, ENTER}), self.opens_at, self.closes_at)]
        if self.paper_until is not None and self.paper_until > self.closes_at:
            found.append(Phase("paper", frozenset({ENTER}), self.closes_at, self.paper_until))
        return Phases(found)

    @property
    def ends_at(self) -> datetime | None:
        """When the last way in closes."""
        return self.paper_until or self.closes_at

    def allows(self, act: str, at: datetime) -> bool:
        """Whether answers come in at a moment, on the site (`ANSWER`) or by whoever enters them (`ENTER`)."""
        if self.published_at is None or self.withdrawn_at is not None or self.frozen_at is not None:
            return False
        return self.phases().allows(act, at)

    def stage_at(self, at: datetime) -> ConsultationStage:
        """Where it stands at a moment."""
        if self.published_at is None:
            return ConsultationStage.DRAFT
        if self.withdrawn_at is not None:
            return ConsultationStage.WITHDRAWN
        if self.answered_at is not None:
            return ConsultationStage.ANSWERED
        if self.frozen_at is not None:
            return ConsultationStage.COUNTED
        state = self.phases().state_at(at)
        if state.phase is None:
            return ConsultationStage.COMING if state.next_phase is not None else ConsultationStage.CLOSED
        return ConsultationStage.OPEN if state.phase.name == "open" else ConsultationStage.PAPER

    def next_change(self, at: datetime) -> datetime | None:
        """Until when a page that says the stage stays right; None: nothing changes by itself any more."""
        if self.published_at is None or self.opens_at is None or self.withdrawn_at is not None:
            return None
        return self.phases().next_change(at)

    def late_on(self, today: date) -> bool:
        """Whether residents should have had the answer by now."""
        return (
            self.published_at is not None
            and self.withdrawn_at is None
            and self.answered_at is None
            and self.answer_due_on is not None
            and today > self.answer_due_on
        )
