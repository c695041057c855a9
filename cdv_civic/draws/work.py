"""Draws of lots that wait for somebody: the day of their seed has come, or those drawn have no seats yet."""

from datetime import timedelta
from typing import Any, Final

from flask import Flask, url_for
from sqlalchemy import Select, and_, case, null, or_, select

from cdv_civic.accounts.reach import bodies_worked_for
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.work_sources import WorkSource, day_of, register_work, waiting
from cdv_civic.draws.models import Draw
from cdv_civic.territory.models import Body

#: Days after a draw in which seats are waited for: not every draw gives some here.
WAITED_FOR: Final = timedelta(days=60)


def _waiting(_actor: Actor, reach: Reach) -> Select[Any]:
    to_seed = and_(Draw.seed.is_(None), Draw.seed_day <= clock.today())
    to_seat = and_(
        Draw.seated_at.is_(None), Draw.erased_at.is_(None), Draw.seeded_at >= clock.now() - WAITED_FOR
    )
    return (
        select(
            *waiting(
                since=day_of(Draw.seeded_at),
                due=case((Draw.seed.is_(None), Draw.seed_day), else_=null()),
                place_id=Body.id,
                place=Body.name,
            )
        )
        .join_from(Draw, Body, Body.id == Draw.body_id)
        .where(bodies_worked_for(reach), Draw.published_at.is_not(None), or_(to_seed, to_seat))
    )


def register(app: Flask) -> None:
    """Declare them."""
    register_work(
        app,
        WorkSource(
            "draws",
            "draw.run",
            _waiting,
            lambda count: ngettext(
                "%(num)s tirage au sort à poursuivre", "%(num)s tirages au sort à poursuivre", count
            ),
            lambda place: url_for("draws_desk.show", body_id=place),
            "list-check",
            by_place=True,
        ),
    )
