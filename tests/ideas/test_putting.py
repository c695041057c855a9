"""An idea comes in: once, whatever is sent twice; with a place in its own town; read before where it must be."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.core.errors import DomainError, SeveralRefusals
from cdv_civic.ideas.models import Idea
from cdv_civic.ideas.operations.boxes import describe_box, withdraw_box
from cdv_civic.ideas.operations.locking import BoxClosed
from cdv_civic.ideas.operations.putting import SaidAlready, put
from cdv_civic.ideas.rules.ideas import Area
from cdv_civic.moderation.models import ModeratedText
from tests import factories as make
from tests.conftest import TODAY
from tests.ideas.boxes import SETTINGS, BoxWithPeople, an_idea, make_a_box, put_one, stored_idea


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def how_many(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count(Idea.id))).scalar_one()


def state_of(session: Session, idea_id: int) -> str:
    session.rollback()
    return session.execute(
        select(ModeratedText.state).join(Idea, Idea.case_id == ModeratedText.id).where(Idea.id == idea_id)
    ).scalar_one()


def test_the_same_form_fifty_times_is_one_idea_and_one_receipt(box: BoxWithPeople, session: Session) -> None:
    one = an_idea(box)
    got = {put(one) for _each in range(50)}
    assert len(got) == 1
    assert how_many(session) == 1


def test_the_same_words_from_fifty_forms_are_one_idea(box: BoxWithPeople, session: Session) -> None:
    put_one(box, "Des bancs", "Devant l’école.")
    for words in ("Devant l’école.", "DEVANT  l'ecole !"):
        with pytest.raises(SaidAlready):
            put_one(box, "des bancs", words)
    assert how_many(session) == 1


def test_a_title_with_tricks_of_direction_is_plain(box: BoxWithPeople) -> None:
    got = put_one(box, "Un\u202e parc\u2066 \u200bvert", "Des arbres.")
    assert stored_idea(got.idea_id).title == "Un parc vert"


def test_twenty_thousand_characters_are_refused_with_the_limit(box: BoxWithPeople) -> None:
    with pytest.raises(DomainError) as refused:
        put_one(box, words="a" * 20_000)
    assert (refused.value.field, "3000" in str(refused.value.sentence)) == ("words", True)


def test_all_that_is_wrong_is_said_at_once(box: BoxWithPeople) -> None:
    with pytest.raises(SeveralRefusals) as refused:
        put_one(box, "", "", theme="lune", contact="nulle part")
    assert [each.field for each in refused.value.refusals] == ["title", "words", "theme", "contact"]


def test_without_a_reading_before_it_is_public_at_once(box: BoxWithPeople, session: Session) -> None:
    got = put_one(box)
    assert (got.waits, state_of(session, got.idea_id)) == (False, "publie")


@pytest.mark.parametrize("more", [{"theme": "violences"}, {"minor": True}])
def test_what_could_hurt_somebody_waits_whatever_the_box_says(
    box: BoxWithPeople, session: Session, more: dict[str, Any]
) -> None:
    got = put_one(box, **more)
    assert (got.waits, state_of(session, got.idea_id)) == (True, "en_attente")


def test_minors_are_never_named(box: BoxWithPeople) -> None:
    assert stored_idea(put_one(box, signed="Awa").idea_id).signed == "Awa"
    assert stored_idea(put_one(box, "Un stade", signed="Awa", minor=True).idea_id).signed is None
    minor = make.make_account(minor=True)
    assert stored_idea(put(an_idea(box, "Un skate", signed="Awa"), minor).idea_id).signed is None


def test_a_landmark_in_another_town_is_refused_with_what_to_do(box: BoxWithPeople) -> None:
    elsewhere = make.make_contract("ailleurs")
    make.make_quartier(elsewhere, "La Plaine", [make.make_commune(elsewhere, name="Grigny")])
    with pytest.raises(DomainError) as refused:
        put_one(box, place_kind="repere", landmark="place de la mairie, Grigny")
    assert refused.value.field == "landmark"
    assert "Grigny" in str(refused.value.sentence)
    put_one(box, place_kind="repere", landmark="près de l’arrêt de bus")


def test_a_point_lies_in_the_area_of_the_box_and_is_kept_to_a_hundred_metres(box: BoxWithPeople) -> None:
    with pytest.raises(DomainError):
        put_one(box, place_kind="point", point="48.7, 2.4")
    area = Area(48.6, 2.3, 48.8, 2.5)
    describe_box(box.moderator, box.id, replace(SETTINGS, area=area), version=2)
    for wrong in ("49.5, 2.4", "nord", "48.7", "1e400, 2"):
        with pytest.raises(DomainError) as refused:
            put_one(box, place_kind="point", point=wrong)
        assert refused.value.field == "point"
    idea = stored_idea(put_one(box, place_kind="point", point="48.70012, 2.39987").idea_id)
    assert (idea.lat, idea.lon) == (48.7, 2.4)


def test_nobody_is_found_by_what_they_say_of_violence(box: BoxWithPeople) -> None:
    with pytest.raises(DomainError) as refused:
        put_one(box, theme="violences", place_kind="repere", landmark="la cage B")
    assert refused.value.field == "place_kind"


def test_a_closed_box_takes_nothing_but_gives_a_receipt_again(app: Flask, session: Session) -> None:
    box = make_a_box(closes_on=date(2026, 11, 19))
    assert TODAY.date() > date(2026, 11, 19)
    with pytest.raises(BoxClosed):
        put_one(box)
    withdraw_box(box.moderator, box.id, version=2)
    with pytest.raises(DomainError):
        put_one(box)
    assert how_many(session) == 0


def test_an_account_is_kept_with_its_case_so_that_nobody_decides_on_their_own(
    box: BoxWithPeople, session: Session
) -> None:
    person = make.make_account()
    idea = stored_idea(put(an_idea(box), person).idea_id)
    case = session.get_one(ModeratedText, idea.case_id)
    assert (idea.author_id, case.author_id, case.body_id) == (
        person.actor_id,
        person.actor_id,
        box.place.body.id,
    )
