"""What waits for the current user, queue by queue."""

from typing import Final

from flask import render_template

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.queries.desk_lists import queue_previews
from cdv_civic.commitments.queries.permitted import permitted
from cdv_civic.commitments.rules.work_list import WorkQueue
from cdv_civic.commitments.selection import limits
from cdv_civic.commitments.wording import QUEUE_LABELS
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor

#: What leaves these queues is a commitment of which somebody said how far it is.
_TOLD: Final = (WorkQueue.NO_NEWS, WorkQueue.DEADLINE_SOON, WorkQueue.DEADLINE_PASSED)


@blueprint.get("/engagements/suivi")
@policy("desk.read")
def worklist() -> str:
    """What waits, oldest first. 7 statements of its own."""
    waiting = queue_previews(actor(), limits(), current_language().tag)

    def acting(action: str, queues: tuple[WorkQueue, ...]) -> frozenset[int]:
        shown = (row.id for each in waiting if each.queue in queues for row in each.rows)
        return permitted(actor(), action, shown)

    return render_template(
        "commitments/desk/worklist.html",
        waiting=waiting,
        checked_here=acting("commitment.publish", (WorkQueue.TO_CHECK,)),
        told_here=acting("progress.publish", _TOLD),
        labels=QUEUE_LABELS,
        WorkQueue=WorkQueue,
        settings=current_settings(),
    )
