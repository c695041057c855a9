"""Which commitments: the filters of the desk, and the queues of its work list, as conditions of SQL.

`rules.work_list.queues_of` decides the same for one commitment; a test holds the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select, union_all
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import (
    Commitment,
    Evidence,
    Progress,
    commitment_holder,
    commitment_quartier,
)
from cdv_civic.commitments.rules.work_list import EXPECTING_DEADLINE, EXPECTING_NEWS, Limits, WorkQueue
from cdv_civic.commitments.scopes import commitments_within
from cdv_civic.commitments.search import matching
from cdv_civic.core import clock
from cdv_civic.core.missing_translations import owners_that_lack
from cdv_civic.core.policy.model import Reach
from cdv_civic.core.settings import current_settings
from cdv_civic.territory.codes import TO_CHECK

#: For the filter by theme: those that have none.
NO_THEME: Final = "aucun"


def limits() -> Limits:
    """The days that divide the queues today, by the site's settings."""
    settings = current_settings()
    return Limits(clock.today(), settings.stale_after_days, settings.deadline_soon_days)


def _start_of(days: Limits) -> datetime:
    """The first moment of the day from which news is fresh, where the territory lives."""
    return datetime.combine(days.stale_before, time(), clock.zone())


def in_queue(queue: WorkQueue, days: Limits) -> ColumnElement[bool]:
    """The condition that a commitment waits in a queue of the work list."""
    alive = Commitment.retired_at.is_(None)
    if queue is WorkQueue.TO_CHECK:
        return and_(alive, Commitment.state == TO_CHECK)
    if queue is WorkQueue.NO_NEWS:
        return and_(
            alive,
            Commitment.state.in_(sorted(EXPECTING_NEWS)),
            or_(
                Commitment.last_progress_on < days.stale_before,
                and_(Commitment.last_progress_on.is_(None), Commitment.published_at < _start_of(days)),
            ),
        )
    expecting = Commitment.state.in_(sorted(EXPECTING_DEADLINE))
    if queue is WorkQueue.DEADLINE_PASSED:
        return and_(alive, expecting, Commitment.deadline_date < days.today)
    return and_(
        alive,
        expecting,
        Commitment.deadline_date >= days.today,
        Commitment.deadline_date < days.soon_until + timedelta(days=1),
    )


def lacking(language: str) -> ColumnElement[bool]:
    """The condition that the title, or something of the story, cannot be read in a language as it stands today."""
    stands = Progress.withdrawn_at.is_(None)
    told = select(Progress.commitment_id).where(
        stands, Progress.id.in_(owners_that_lack(language, "progress"))
    )
    shown = (
        select(Progress.commitment_id)
        .join(Evidence, Evidence.progress_id == Progress.id)
        .where(stands, Evidence.id.in_(owners_that_lack(language, "evidence")))
    )
    return Commitment.id.in_(union_all(owners_that_lack(language, "commitment"), told, shown))


@dataclass(frozen=True)
class Selection:
    """What the desk's table is asked for; None and empty mean: any."""

    #: What the actor may act on.
    reach: Reach = field(default_factory=lambda: Reach(everywhere=True))
    contract_id: int | None = None
    quartier_id: int | None = None
    holder_id: int | None = None
    state: str | None = None
    theme: str | None = None
    queue: WorkQueue | None = None
    #: The tag of a language into which something is to be translated.
    untranslated: str | None = None
    text: str = ""
    retired: bool = False

    def conditions(self, session: Session) -> Sequence[ColumnElement[bool]]:
        """What a commitment must be to be among them."""
        found: list[ColumnElement[bool]] = [
            Commitment.retired_at.is_not(None) if self.retired else Commitment.retired_at.is_(None)
        ]
        if not self.reach.everywhere:
            found.append(commitments_within(self.reach))
        if self.contract_id is not None:
            found.append(Commitment.contract_id == self.contract_id)
        if self.state:
            found.append(Commitment.state == self.state)
        if self.theme:
            found.append(
                Commitment.theme.is_(None) if self.theme == NO_THEME else Commitment.theme == self.theme
            )
        if self.queue is not None:
            found.append(in_queue(self.queue, limits()))
        if self.untranslated is not None:
            found.append(lacking(self.untranslated))
        if self.quartier_id is not None:
            found.append(
                Commitment.id.in_(
                    select(commitment_quartier.c.commitment_id).where(
                        commitment_quartier.c.quartier_id == self.quartier_id
                    )
                )
            )
        if self.holder_id is not None:
            found.append(
                Commitment.id.in_(
                    select(commitment_holder.c.commitment_id).where(
                        commitment_holder.c.organisation_id == self.holder_id
                    )
                )
            )
        matched = matching(session, self.text)
        if matched is not None:
            found.append(matched)
        return found
