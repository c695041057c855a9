"""Invitations that are about to end without their reader having come."""

from datetime import timedelta
from typing import Any, Final

from flask import Flask, url_for
from sqlalchemy import Select, select

from cdv_civic.accounts.invitations import waits
from cdv_civic.accounts.models import RoleGrant
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting

#: How long before its end an invitation is worth a call.
ENDS_WITHIN: Final = timedelta(days=3)


def _ending(actor: Actor, _reach: Reach) -> Select[Any] | None:
    """Those that the actor gave: they know whom to call."""
    if actor.actor_id is None:
        return None
    now = clock.now()
    return select(*waiting(since=day_of(RoleGrant.granted_at), due=day_of(RoleGrant.waits_until))).where(
        RoleGrant.granted_by == actor.actor_id, waits(now), RoleGrant.waits_until <= now + ENDS_WITHIN
    )


def register(app: Flask) -> None:
    """Declare them."""
    register_work(
        app,
        WorkSource(
            "invitations",
            "role.grant",
            _ending,
            lambda count: ngettext(
                "%(num)s invitation finit bientôt, sans réponse",
                "%(num)s invitations finissent bientôt, sans réponse",
                count,
            ),
            lambda _place: url_for("role_desk.table"),
            "users",
        ),
    )
