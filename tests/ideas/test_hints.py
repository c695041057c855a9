"""What in an idea asks for a look waits for a moderator, even where nothing else is read before others see it."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.ideas.models import Idea
from cdv_civic.moderation.models import ModeratedText, ModerationHint
from tests.ideas.boxes import BoxWithPeople, make_a_box, put_one
from tests.signing_in import open_browser


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def hints_of(session: Session, idea_id: int) -> tuple[str, list[str]]:
    """Where the case of an idea stands, and what was seen in it."""
    session.rollback()
    case = session.execute(
        select(ModeratedText).join(Idea, Idea.case_id == ModeratedText.id).where(Idea.id == idea_id)
    ).scalar_one()
    kinds = session.execute(
        select(ModerationHint.kind).where(ModerationHint.text_id == case.id).order_by(ModerationHint.id)
    ).scalars()
    return case.state, list(kinds)


def test_a_telephone_number_waits_for_a_moderator(box: BoxWithPeople, session: Session) -> None:
    got = put_one(box, "Des bancs", "Appelez-moi au 06 12 34 56 78.")
    assert got.waits
    assert hints_of(session, got.idea_id) == ("en_attente", ["telephone"])


def test_an_idea_that_says_nearly_what_another_says_waits_too(box: BoxWithPeople, session: Session) -> None:
    words = "Il faudrait des bancs à l’ombre devant l’école maternelle, pour les grands-parents qui attendent"
    first = put_one(box, "Des bancs à l’ombre", f"{words}.")
    second = put_one(box, "Des bancs à l’ombre", f"{words} le soir.")
    assert hints_of(session, first.idea_id) == ("publie", [])
    assert hints_of(session, second.idea_id) == ("en_attente", ["presque_pareil"])


def test_nothing_to_see_is_public_at_once(box: BoxWithPeople, session: Session) -> None:
    assert hints_of(session, put_one(box).idea_id) == ("publie", [])


@pytest.mark.parametrize("landmark", ["Chez M. Durand", "Appelez le 06 12 34 56 78"])
def test_a_place_that_points_at_somebody_waits_for_a_moderator_too(
    app: Flask, box: BoxWithPeople, session: Session, landmark: str
) -> None:
    got = put_one(box, place_kind="repere", landmark=landmark, signed="Fatou")
    assert got.waits
    case_id = session.get_one(Idea, got.idea_id).case_id
    client = app.test_client()
    open_browser(client, box.moderator)
    here = f"/fr/bureau/instances/{box.place.body.id}/moderation/{case_id}"
    for page in (here, f"{here}/masquer"):
        shown = client.get(page).text
        assert f"<bdi>{landmark}</bdi>" in shown, "everybody reads it once it is published"
        assert "<bdi>Fatou</bdi>" in shown


def test_a_place_that_points_at_nobody_is_public_at_once(box: BoxWithPeople) -> None:
    assert not put_one(box, place_kind="repere", landmark="Devant l’école", signed="Fatou").waits
