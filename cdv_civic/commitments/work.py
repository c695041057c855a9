"""Which commitments wait for whom: those to check, and those of which news is due."""

from collections.abc import Callable
from typing import Any, Final

from flask import Flask, url_for
from sqlalchemy import ColumnElement, Select, func, select

from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.rules.work_list import WorkQueue
from cdv_civic.commitments.scopes import commitments_within
from cdv_civic.commitments.selection import in_queue, limits
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.territory.models import Contract

_WORDS: Final[dict[WorkQueue, Callable[[int], str]]] = {
    WorkQueue.TO_CHECK: lambda count: ngettext(
        "%(num)s engagement à vérifier", "%(num)s engagements à vérifier", count
    ),
    WorkQueue.NO_NEWS: lambda count: ngettext(
        "%(num)s engagement sans nouvelle depuis longtemps",
        "%(num)s engagements sans nouvelle depuis longtemps",
        count,
    ),
    WorkQueue.DEADLINE_SOON: lambda count: ngettext(
        "%(num)s engagement dont la date approche", "%(num)s engagements dont la date approche", count
    ),
    WorkQueue.DEADLINE_PASSED: lambda count: ngettext(
        "%(num)s engagement dont la date est passée", "%(num)s engagements dont la date est passée", count
    ),
}
_ICONS: Final = {
    WorkQueue.TO_CHECK: "checkbox",
    WorkQueue.NO_NEWS: "clock",
    WorkQueue.DEADLINE_SOON: "calendar-event",
    WorkQueue.DEADLINE_PASSED: "alarm",
}


def _imported_on() -> ColumnElement[Any]:
    imported = select(Contract.imported_at).where(Contract.id == Commitment.contract_id)
    return day_of(imported.correlate(Commitment).scalar_subquery())


def _columns(queue: WorkQueue) -> tuple[ColumnElement[Any], ...]:
    if queue is WorkQueue.TO_CHECK:
        return waiting(since=_imported_on())
    if queue is WorkQueue.NO_NEWS:
        return waiting(since=func.coalesce(Commitment.last_progress_on, day_of(Commitment.published_at)))
    if queue is WorkQueue.DEADLINE_PASSED:
        # The contract's date is no date of whoever works here: nobody is late before somebody has looked.
        return waiting(since=Commitment.deadline_date)
    return waiting(due=Commitment.deadline_date)


def _source(queue: WorkQueue) -> WorkSource:
    def rows(_actor: Actor, reach: Reach) -> Select[Any]:
        return (
            select(*_columns(queue))
            .select_from(Commitment)
            .where(in_queue(queue, limits()), commitments_within(reach))
        )

    return WorkSource(
        f"commitments-{queue.value}",
        "commitment.publish" if queue is WorkQueue.TO_CHECK else "progress.publish",
        rows,
        _WORDS[queue],
        lambda _place: url_for("commitments_desk.worklist", _anchor=queue.value),
        _ICONS[queue],
    )


def register(app: Flask) -> None:
    """Declare the four queues. One commitment may wait in several, as `commitments.rules.work_list` says."""
    for queue in WorkQueue:
        register_work(app, _source(queue))
