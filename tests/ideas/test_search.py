"""The search of the site leads to public ideas and their boxes, in one statement, and to nothing that is hidden."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.limits import limiter
from cdv_civic.ideas.operations.boxes import withdraw_box
from cdv_civic.ideas.queries.search import FoundBox, found_boxes
from tests.ideas.boxes import BoxWithPeople, decide, make_a_box, put_one, stored_box, stored_idea
from tests.voices.voices import make_place

Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def test_public_ideas_are_found_by_their_words_and_hidden_ones_are_not(box: BoxWithPeople) -> None:
    put_one(box, "Des tilleuls", "De l’ombre.")
    hidden = put_one(box, "Un tilleul de plus", "Masqué.").idea_id
    assert found_boxes("tilleul", "fr") == [FoundBox(box.id, 2)]
    decide(stored_idea(hidden).case_id, "masque")
    assert found_boxes("tilleul", "fr") == [FoundBox(box.id, 1)]
    assert found_boxes("tilleul ombre", "fr") == [FoundBox(box.id, 1)]
    assert found_boxes("bouleau", "fr") == found_boxes("", "fr") == []
    withdraw_box(box.moderator, box.id, version=stored_box(box.slug).version)
    assert found_boxes("tilleul", "fr") == []


def test_a_box_is_found_by_its_own_words_in_each_language(box: BoxWithPeople) -> None:
    make_a_box(box.place, title={"fr": "La place du marché", "ar": "ساحة السوق"})
    for typed, language in (("marché", "fr"), ("marché", "ar"), ("ساحة", "ar")):
        assert [each.ideas for each in found_boxes(typed, language)] == [0], typed


def test_only_boxes_of_the_place_are_looked_in(box: BoxWithPeople) -> None:
    put_one(box, "Des tilleuls")
    other = make_a_box(make_place("mont", "autre"), title={"fr": "Ailleurs, sur le mont"})
    put_one(other, "Un tilleul")
    here = {"contract": box.place.contract.slug, "quartier": box.place.quartier.slug}
    assert found_boxes("tilleul", "fr", **here) == [FoundBox(box.id, 1)]
    assert [each.id for each in found_boxes("tilleul", "fr", contract="mont")] == [other.id]
    assert found_boxes("tilleul", "fr", quartier="nulle-part") == []


def test_the_search_of_the_site_leads_to_boxes_and_on_to_ideas(
    client: FlaskClient, box: BoxWithPeople
) -> None:
    put_one(box, "Des tilleuls")
    make_a_box(box.place, title={"fr": "Autre chose"})
    page = client.get("/fr/engagements?q=tilleul").text
    assert "1 idée parle de" in page
    assert "/fr/idees?q=tilleul" in page
    found = client.get("/fr/idees?q=tilleul").text
    assert f"{box.url}?q=tilleul#idees" in found
    assert "Autre chose" not in found
    assert "Rien ne correspond" in client.get("/fr/idees?q=bouleau").text
    assert "Des tilleuls" in client.get(f"{box.url}?q=tilleul").text


def test_looking_in_many_boxes_is_one_statement(
    app: Flask, box: BoxWithPeople, count_statements: Counting
) -> None:
    # Said otherwise in each: what looks alike waits for a moderator.
    said = ("Un tilleul", "Le tilleul malade", "Couper ce tilleul", "Tisane de tilleul", "Fleurs de tilleul")
    for each in said:
        put_one(make_a_box(box.place, title={"fr": f"Boîte {len(each)}"}), each, f"{each} et voilà.")
    with count_statements() as statements:
        assert len(found_boxes("tilleul", "fr", contract="val")) == 5
    assert len([each for each in statements if "idea_box" in each]) == 1
