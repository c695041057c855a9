"""Messages that could not be sent and that somebody can still let go."""

from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, select

from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.notices.models import Notice
from cdv_civic.notices.queries import could_not_leave


def given_up(_actor: Actor, reach: Reach) -> Select[Any]:
    """Once its text is erased, nothing can be done for a message: it waits no more."""
    return select(*waiting(since=day_of(Notice.failed_at))).where(
        could_not_leave(reach), Notice.text_body.is_not(None)
    )


def register(app: Flask) -> None:
    """Declare them."""
    register_work(
        app,
        WorkSource(
            "messages",
            "notice.manage",
            given_up,
            lambda count: ngettext(
                "%(num)s message n’a pas pu partir", "%(num)s messages n’ont pas pu partir", count
            ),
            lambda _place: url_for("notices.given_up"),
            "mail",
        ),
    )
