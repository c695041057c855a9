"""Why commitments wait for staff, and the days that decide it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from cdv_civic.territory.codes import ANNOUNCED, TO_CHECK


class WorkQueue(StrEnum):
    """Why a commitment waits for staff. One commitment may wait in several queues."""

    TO_CHECK = "a-verifier"
    NO_NEWS = "sans-nouvelle"
    DEADLINE_SOON = "echeance-proche"
    DEADLINE_PASSED = "echeance-passee"


#: States of which residents expect to hear more.
EXPECTING_NEWS: Final = frozenset({ANNOUNCED, "en_preparation", "en_cours", "reporte", "non_evalue"})
#: States that a deadline still asks something of: what was put off has said that its date no longer holds.
EXPECTING_DEADLINE: Final = frozenset({TO_CHECK, ANNOUNCED, "en_preparation", "en_cours", "non_evalue"})


@dataclass(frozen=True)
class Limits:
    """The days that divide the queues."""

    today: date
    stale_after_days: int
    deadline_soon_days: int

    @property
    def stale_before(self) -> date:
        """News older than this day is old."""
        return self.today - timedelta(days=self.stale_after_days)

    @property
    def soon_until(self) -> date:
        """The last day that is soon."""
        return self.today + timedelta(days=self.deadline_soon_days)
