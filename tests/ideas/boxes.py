"""Boxes of ideas and what lies in them, for tests."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.ideas.models import Idea, IdeaBox
from cdv_civic.ideas.operations.boxes import BoxSettings, Keeper, make_box, publish_box
from cdv_civic.ideas.operations.pointing import NewIdeaPoint
from cdv_civic.ideas.operations.putting import NewIdea, PutIdea, put
from cdv_civic.moderation.kinds import moderated_kinds
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import held_case
from tests.voices.voices import BodyWithPeople, make_place

_numbers = count(1)
SETTINGS = BoxSettings(
    title={"fr": "Une idée pour le quartier"},
    question={"fr": "Que faut-il changer près de chez vous ?"},
    answerer={"fr": "Le conseil citoyen"},
    answer_days=60,
    read_before=False,
)


@dataclass(frozen=True)
class BoxWithPeople:
    """A box of a body, shown to everybody, and the people around it."""

    place: BodyWithPeople
    slug: str
    id: int

    @property
    def url(self) -> str:
        return f"/fr/idees/{self.slug}"

    @property
    def moderator(self) -> SignedIn:
        return self.place.moderator


def make_a_box(place: BodyWithPeople | None = None, **changes: Any) -> BoxWithPeople:
    place = place or make_place()
    return _shown(place, place.moderator, Keeper(place.contract.id, body_id=place.body.id), changes)


def make_a_box_of_the_quartier(place: BodyWithPeople) -> BoxWithPeople:
    """Kept by the staff of the contract."""
    return _shown(place, place.staff, Keeper(place.contract.id), {"quartiers": (place.quartier.id,)})


def _shown(place: BodyWithPeople, who: SignedIn, keeper: Keeper, changes: Mapping[str, Any]) -> BoxWithPeople:
    key = f"une-boite-{next(_numbers):08}"
    slug = make_box(who, keeper, replace(SETTINGS, **changes), client_key=key)
    box = stored_box(slug)
    publish_box(who, box.id, version=1)
    return BoxWithPeople(place, slug, box.id)


def stored_box(slug: str) -> IdeaBox:
    db.session.rollback()
    return db.session.query(IdeaBox).filter_by(slug=slug).one()


def an_idea(
    box: BoxWithPeople, title: str = "Des bancs", words: str = "Devant l’école.", **more: Any
) -> NewIdea:
    return NewIdea(
        **{
            "box_id": box.id,
            "title": title,
            "words": words,
            "theme": "ecologie",
            "client_key": f"une-idee-{next(_numbers):08}",
            **more,
        }
    )


def put_one(
    box: BoxWithPeople, title: str = "Des bancs", words: str = "Devant l’école.", **more: Any
) -> PutIdea:
    return put(an_idea(box, title, words, **more))


def a_point(idea_id: int, words: str = "C’est utile.", side: str = "pour", **more: Any) -> NewIdeaPoint:
    return NewIdeaPoint(
        **{
            "idea_id": idea_id,
            "side": side,
            "words": words,
            "client_key": f"un-point-{next(_numbers):08}",
            **more,
        }
    )


def stored_idea(idea_id: int) -> Idea:
    db.session.rollback()
    return db.session.get_one(Idea, idea_id, populate_existing=True)


def decide(case_id: int, state: str, **changes: Any) -> ModeratedText:
    """Bring a case to a state as a decision does, and let the feature hear of it."""
    with transaction() as session:
        case = held_case(session, case_id)
        case.state = state
        if state == "publie":
            case.published_at = case.published_at or clock.now()
        for name, value in changes.items():
            setattr(case, name, value)
        case.version += 1
        session.flush()
        moderated_kinds()[case.kind].changed(session, case)
    return case
