"""What waits for the current user, queue by queue."""

from flask import render_template

from cdv_civic.accounts.news import desk_news_of
from cdv_civic.commitments.desk.routes import blueprint
from cdv_civic.commitments.queries.desk_lists import queue_previews
from cdv_civic.commitments.rules.work_list import WorkQueue
from cdv_civic.commitments.selection import limits
from cdv_civic.commitments.wording import QUEUE_LABELS
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.desk import actor


@blueprint.get("")
@policy("desk.read")
def worklist() -> str:
    """What waits, oldest first. 7 statements, and one where an organisation may have words to answer."""
    waiting = queue_previews(actor(), limits(), current_language().tag)
    return render_template(
        "commitments/desk/worklist.html",
        waiting=waiting,
        news=desk_news_of(actor()),
        labels=QUEUE_LABELS,
        WorkQueue=WorkQueue,
        settings=current_settings(),
        today=limits().today,
    )
