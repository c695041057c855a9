"""Invented members of one body, and two draws of lots: one that is done, one whose list is published."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor
from cdv_civic.draws.models import Draw
from cdv_civic.draws.operations.drawing import seed_draw
from cdv_civic.draws.operations.preparing import DrawPlan, add_candidates, prepare_draw
from cdv_civic.draws.operations.publishing import publish_list
from cdv_civic.draws.persons import NewCandidate
from cdv_civic.draws.rules import Category, Value
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations.members import Member, open_seat
from cdv_civic.seats.operations.numbers import set_numbers
from cdv_civic.seats.rules import LOCAL_ACTORS, RESIDENTS

_RESIDENTS: Final[tuple[tuple[str, str, str, str, dict[str, Any]], ...]] = (
    ("Aminata", "Exemple", "tirage", "femme", {"name_public": True}),
    ("Farid", "Essai", "tirage", "homme", {}),
    ("Josiane", "Modèle", "volontaire", "femme", {}),
    ("Mehmet", "Fictif", "tirage", "homme", {}),
    ("Thi Lan", "Démo", "tirage", "femme", {"name_public": True}),
    ("Rosa", "Inventée", "volontaire", "femme", {}),
    ("Lucas", "Imaginaire", "tirage", "homme", {"minor": True}),
    ("Selvi", "Personne", "tirage", "femme", {"hidden": True}),
)
_ACTORS: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (
    ("Karim", "Exemple", "Les amis du terrain de jeu", {"name_public": True}),
    ("Monique", "Essai", "Amicale des locataires", {}),
    ("Fatou", "Modèle", "Ateliers du rez-de-chaussée", {}),
)
_SUBSTITUTES: Final = (("Sofiane", "Fictif", "homme"), ("Bernadette", "Inventée", "femme"))
_FIRST: Final = (
    "Awa", "Bilal", "Claire", "David", "Elif", "Franck", "Grace", "Hugo", "Inès", "João", "Kadiatou", "Louis",
    "Meriem", "Nathan", "Olga", "Pedro", "Rania", "Samba", "Tania", "Youssef",
)  # fmt: skip
_LAST: Final = ("Exemple", "Essai", "Modèle", "Imaginaire", "Personne")
_AGES: Final = ("16 à 29 ans", "30 à 59 ans", "60 ans et plus")
_PLAN: Final = (
    Category("Genre", (Value("Femmes", 3, 3), Value("Hommes", 3, 3))),
    Category("Âge", (Value(_AGES[0], 1, 3), Value(_AGES[1], 1), Value(_AGES[2], 1, 3))),
)
#: Of the draw that is done: the weekday of no real draw is claimed.
_SEED: Final = "3 17 22 41 49 5"


def seat_members(actor: Actor, body_id: int) -> None:
    """Fill the body's collèges, as far as an earlier load did not."""
    if db.session.execute(select(Seat.id).where(Seat.body_id == body_id).limit(1)).scalar() is not None:
        return
    since = date(2025, 3, 8)
    set_numbers(actor, body_id, {RESIDENTS: 12, LOCAL_ACTORS: 6})
    for number, (first, last, way, gender, more) in enumerate(_RESIDENTS):
        member = Member(RESIDENTS, way, first, since, last_name=last, gender=gender, **more)
        open_seat(actor, body_id, member, client_key=f"demonstration-habitants-{number}")
    for number, (first, last, place, more) in enumerate(_ACTORS):
        member = Member(LOCAL_ACTORS, "designation", first, since, last_name=last, represents=place, **more)
        open_seat(actor, body_id, member, client_key=f"demonstration-acteurs-{number}")
    for number, (first, last, gender) in enumerate(_SUBSTITUTES):
        member = Member(RESIDENTS, "tirage", first, since, last_name=last, gender=gender, substitute=True)
        open_seat(actor, body_id, member, client_key=f"demonstration-suppleants-{number}")


def draw_lots(actor: Actor, body_id: int) -> None:
    """One draw that was done two weeks ago, one whose seed is to come in two."""
    now = clock.now()
    done = _published(actor, body_id, "Renouvellement : habitantes et habitants", now - timedelta(days=25))
    if done is not None:
        with clock.frozen_everywhere(now - timedelta(days=14)):
            seed_draw(actor, done, _SEED)
    _published(actor, body_id, "Trois places libérées cet hiver", now)


def _published(actor: Actor, body_id: int, title: str, at: datetime) -> int | None:
    """The id of a draw with its list published at a moment; None where an earlier load did it."""
    client_key = f"demonstration-{title}"
    if db.session.execute(select(Draw.id).where(Draw.client_key == client_key)).scalar() is not None:
        return None
    with clock.frozen_everywhere(at):
        draw_id = prepare_draw(actor, body_id, DrawPlan(title, RESIDENTS, 6, 4, _PLAN), client_key=client_key)
        people = [
            NewCandidate(
                first,
                last,
                profile=("Hommes" if place % 2 else "Femmes", _AGES[(place + shift) % 3]),
            )
            for shift, last in enumerate(_LAST[:3])
            for place, first in enumerate(_FIRST)
        ]
        add_candidates(actor, draw_id, people)
        day = clock.today() + timedelta(days=11)
        publish_list(
            actor,
            draw_id,
            seed_rule="Les six numéros du tirage inventé pour la démonstration, dans l’ordre de leur sortie",
            seed_day=day,
            version=1,
        )
    return draw_id
