"""Draws of lots and members for tests, made as the desk makes them."""

from datetime import date
from itertools import count
from typing import Any

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor
from cdv_civic.draws.operations.drawing import seed_draw
from cdv_civic.draws.operations.preparing import DrawPlan, add_candidates, prepare_draw
from cdv_civic.draws.operations.publishing import publish_list
from cdv_civic.draws.persons import NewCandidate
from cdv_civic.draws.queries import DeskDraw, desk_draw
from cdv_civic.draws.rules import Category, Value
from cdv_civic.seats.operations.members import Member, open_seat
from cdv_civic.territory.models import Body
from tests.conftest import TODAY

_numbers = count(1)
GENDER = Category("Genre", (Value("Femmes", 1, 2), Value("Hommes", 1, 2)))
SEED_DAY = date(2026, 12, 5)
RULE = "Les numéros du tirage public du 5 décembre"


def make_seat(actor: Actor, body: Body, first_name: str = "Fatima", **values: Any) -> int:
    member = Member(
        **{
            "college": "habitants",
            "way": "tirage",
            "first_name": first_name,
            "starts_on": date(2026, 3, 8),
            **values,
        }
    )
    return open_seat(actor, body.id, member, client_key=f"siege-d-essai-{next(_numbers):06}")


def a_plan(**values: Any) -> DrawPlan:
    return DrawPlan(
        **{
            "title": "Habitants 2027",
            "college": "habitants",
            "seats": 3,
            "substitutes": 2,
            "categories": (GENDER,),
            **values,
        }
    )


def people(number: int = 8, values: tuple[str, ...] = ("Femmes", "Hommes")) -> list[NewCandidate]:
    return [
        NewCandidate(
            f"Prénom{place}",
            f"Nom{place}",
            f"personne{place}@example.org",
            profile=(values[place % len(values)],) if values else (),
        )
        for place in range(number)
    ]


def make_draw(actor: Actor, body: Body, number: int = 8, **values: Any) -> int:
    """A draw with candidates of which nothing is published."""
    draw_id = prepare_draw(actor, body.id, a_plan(**values), client_key=f"tirage-d-essai-{next(_numbers):06}")
    if number:
        add_candidates(
            actor, draw_id, people(number, ("Femmes", "Hommes") if "categories" not in values else ())
        )
    return draw_id


def at_desk(body: Body, draw_id: int) -> DeskDraw:
    db.session.rollback()  # a look that is over: this one sees what came since
    found = desk_draw(body.id, draw_id)
    assert found is not None
    return found


def make_published(actor: Actor, body: Body, number: int = 8, **values: Any) -> int:
    draw_id = make_draw(actor, body, number, **values)
    publish_list(actor, draw_id, seed_rule=RULE, seed_day=SEED_DAY, version=at_desk(body, draw_id).version)
    return draw_id


def make_drawn(
    actor: Actor, body: Body, number: int = 8, seed: str = "3 17 22 41 49 5", **values: Any
) -> int:
    draw_id = make_published(actor, body, number, **values)
    with clock.frozen_everywhere(TODAY.replace(month=12, day=6)):
        seed_draw(actor, draw_id, seed)
    return draw_id
