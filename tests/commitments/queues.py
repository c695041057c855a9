"""The queues of the work list, said once more in plain Python: what its statements are compared with."""

from datetime import date

from cdv_civic.commitments.rules.work_list import EXPECTING_DEADLINE, EXPECTING_NEWS, Limits, WorkQueue
from cdv_civic.territory.codes import TO_CHECK


def queues_of(
    limits: Limits,
    *,
    state: str,
    retired: bool,
    published_on: date | None,
    last_progress_on: date | None,
    deadline: date | None,
) -> frozenset[WorkQueue]:
    """The queues of the work list that a commitment waits in."""
    if retired:
        return frozenset()
    queues = set()
    if state == TO_CHECK:
        queues.add(WorkQueue.TO_CHECK)
    last_heard = last_progress_on or published_on
    if state in EXPECTING_NEWS and last_heard is not None and last_heard < limits.stale_before:
        queues.add(WorkQueue.NO_NEWS)
    if state in EXPECTING_DEADLINE and deadline is not None:
        if deadline < limits.today:
            queues.add(WorkQueue.DEADLINE_PASSED)
        elif deadline <= limits.soon_until:
            queues.add(WorkQueue.DEADLINE_SOON)
    return frozenset(queues)
