"""A body says what it asks of whoever writes; everybody reads it, and old decisions keep the words they named."""

import html

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.moderation.charter.operations import (
    CharterOf,
    Manner,
    add_principle,
    adopt_example,
    change_principle,
    describe_charter,
    move_principle,
    publish_charter,
    retire_principle,
)
from cdv_civic.moderation.charter.queries import CharterFacts, charter_of_body, charter_of_staff
from cdv_civic.moderation.charter.rules import MOST_PRINCIPLES, moved
from cdv_civic.moderation.models import Charter, CharterPrinciple
from cdv_civic.moderation.reports.operations import report
from cdv_civic.moderation.rules.decisions import ModerationAct
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.moderation.notes import Notes, a_report, decide
from tests.page_forms import PageForm
from tests.signing_in import open_browser, token_of
from tests.voices.voices import BodyWithPeople, make_place

PAGE = "/fr/contrats/val/instances/conseil/charte"


def whose(place: BodyWithPeople) -> CharterOf:
    return CharterOf(place.contract.id, place.body.id)


def facts(place: BodyWithPeople, language: str = "fr") -> CharterFacts:
    db.session.rollback()
    found = charter_of_body(Body.id == place.body.id, language)
    assert found is not None
    return found


def said(place: BodyWithPeople, language: str = "fr") -> list[str]:
    return [words.text for words in facts(place, language).principles.values()]


def a_charter(place: BodyWithPeople, *principles: str) -> list[int]:
    for principle in principles:
        add_principle(place.moderator, whose(place), {"fr": principle}, version=facts(place).version)
    publish_charter(place.moderator, whose(place), version=facts(place).version)
    return list(facts(place).principles)


def test_a_charter_is_written_ordered_and_published(client: FlaskClient) -> None:
    place = make_place()
    first, second, _third = a_charter(place, "Un.", "Deux.", "Trois.")
    move_principle(place.moderator, second, up=True, version=facts(place).version)
    assert said(place) == ["Deux.", "Un.", "Trois."]
    change_principle(place.moderator, first, {"fr": "Un.", "en": "One."}, version=facts(place).version)
    assert said(place, "en") == ["Deux.", "One.", "Trois."]
    page = html.unescape(client.get(PAGE).text)
    assert page.index("Deux.") < page.index("Un.") < page.index("Trois.")
    assert "Aucune machine ne décide." in page


def test_a_kept_page_shows_what_was_changed(client: FlaskClient) -> None:
    place = make_place()
    (first,) = a_charter(place, "Un.")
    client.get(PAGE)
    change_principle(place.moderator, first, {"fr": "Autre."}, version=facts(place).version)
    assert "Autre." in client.get(PAGE).text


def test_the_example_is_said_in_each_language_and_is_nobody_s_before(client: FlaskClient) -> None:
    place = make_place()
    adopt_example(place.moderator, whose(place), version=0)
    assert len(said(place)) == 6
    assert set(said(place, "ar")) & set(said(place)) == set()
    with pytest.raises(Conflict):
        adopt_example(place.moderator, whose(place), version=facts(place).version)
    page = html.unescape(client.get(PAGE).text)
    assert said(place)[0] not in page, "what is not published yet"


def test_a_decision_keeps_the_words_of_the_principle_it_named(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    changed, retired = a_charter(place, "On se respecte.", "On reste poli.")
    texts = [notes.write(place.body) for _each in range(2)]
    receipts = [report(a_report(each)).receipt for each in texts]
    for text_id, principle in zip(texts, (changed, retired), strict=True):
        decide(text_id, ModerationAct.HIDE, place.moderator, principle_id=principle)
    change_principle(place.moderator, changed, {"fr": "On ne crie pas."}, version=facts(place).version)
    retire_principle(place.moderator, retired, version=facts(place).version)
    assert said(place) == ["On ne crie pas."]
    for receipt, words in zip(receipts, ("On se respecte.", "On reste poli."), strict=True):
        assert words in client.post("/fr/parole/suivi", data={"receipt": receipt}).text


def test_a_principle_that_nobody_named_is_changed_in_its_place() -> None:
    place = make_place()
    (first,) = a_charter(place, "Un.")
    change_principle(place.moderator, first, {"fr": "Une faute corrigée."}, version=facts(place).version)
    assert list(facts(place).principles) == [first]


def test_two_people_at_one_charter_do_not_overwrite_each_other() -> None:
    place = make_place()
    (first,) = a_charter(place, "Un.")
    version = facts(place).version
    change_principle(place.moderator, first, {"fr": "Deux."}, version=version)
    with pytest.raises(Conflict):
        change_principle(place.moderator, first, {"fr": "Trois."}, version=version)
    with pytest.raises(Conflict):
        describe_charter(place.staff, whose(place), Manner(True, 24, None), version=version)
    with pytest.raises(Conflict):
        retire_principle(place.moderator, first, version=version)
    assert said(place) == ["Deux."]


def test_whose_charter_it_is_writes_it_and_nobody_else() -> None:
    place, elsewhere = make_place(), make_place("ailleurs")
    for stranger in (place.member, place.relais, elsewhere.moderator, elsewhere.staff):
        with pytest.raises(Forbidden):
            add_principle(stranger, whose(place), {"fr": "Un."}, version=0)
    with pytest.raises(Forbidden):
        add_principle(place.moderator, CharterOf(place.contract.id), {"fr": "Un."}, version=0)
    with pytest.raises(NotFound):
        add_principle(place.staff, CharterOf(elsewhere.contract.id, place.body.id), {"fr": "Un."}, version=0)
    add_principle(place.staff, CharterOf(place.contract.id), {"fr": "Celle de l’équipe."}, version=0)
    staff = charter_of_staff(Contract.id == place.contract.id, "fr")
    assert staff is not None
    assert [each.text for each in staff.principles.values()] == ["Celle de l’équipe."]
    assert said(place) == []


def test_what_a_charter_may_not_say_is_refused() -> None:
    place, elsewhere = make_place(), make_place("ailleurs")
    neighbours = make_body(place.contract, slug="voisins")
    for manner in (
        Manner(True, 0, None),
        Manner(True, 10_000, None),
        Manner(True, 24, place.body.id),
        Manner(True, 24, elsewhere.body.id),
    ):
        with pytest.raises(DomainError):
            describe_charter(place.moderator, whose(place), manner, version=0)
    describe_charter(place.moderator, whose(place), Manner(False, 24, neighbours.id), version=0)
    found = facts(place)
    assert (found.read_before, found.read_within_hours, found.appeals_body) == (False, 24, neighbours.name)
    with pytest.raises(DomainError):
        publish_charter(place.moderator, whose(place), version=found.version)
    for texts in ({"fr": ""}, {"en": "Only English."}, {"fr": "x" * 401}):
        with pytest.raises(DomainError):
            add_principle(place.moderator, whose(place), texts, version=facts(place).version)


def test_a_charter_has_so_many_principles_and_a_published_one_keeps_one() -> None:
    place = make_place()
    ids = a_charter(place, *(f"Principe {number}." for number in range(MOST_PRINCIPLES)))
    with pytest.raises(DomainError):
        add_principle(place.moderator, whose(place), {"fr": "De trop."}, version=facts(place).version)
    for each in ids[1:]:
        retire_principle(place.moderator, each, version=facts(place).version)
    with pytest.raises(Conflict):
        retire_principle(place.moderator, ids[0], version=facts(place).version)
    kept = db.session.execute(select(CharterPrinciple.id)).scalars().all()
    assert len(kept) == MOST_PRINCIPLES


def test_a_body_without_a_charter_says_how_it_reads_all_the_same(client: FlaskClient) -> None:
    make_place()
    page = html.unescape(client.get(PAGE).text)
    assert "La charte n’est pas encore écrite." in page
    assert "72 heures" in page.replace("\u00a0", " ")
    assert client.get("/fr/contrats/val/charte").status_code == 200
    assert client.get("/fr/contrats/val/instances/inconnu/charte").status_code == 404
    assert client.get("/fr/contrats/inconnu/charte").status_code == 404


def test_the_desk_writes_a_charter_from_the_example_to_its_publication(client: FlaskClient) -> None:
    place = make_place()
    open_browser(client, place.moderator)
    listed = html.unescape(client.get("/fr/bureau/chartes").text)
    here = f"/fr/bureau/chartes/{place.contract.id}/{place.body.id}"
    assert here in listed
    page = client.get(here)
    press = {"csrf_token": token_of(page), "version": "0"}
    assert client.post(f"{here}/exemple", data=press).status_code == 303
    db.session.rollback()
    ids = db.session.execute(select(CharterPrinciple.id).order_by(CharterPrinciple.id)).scalars().all()
    press["version"] = str(facts(place).version)
    moved_up = {**press, "sens": "haut"}
    assert client.post(f"/fr/bureau/chartes/principes/{ids[1]}/deplacer", data=moved_up).status_code == 303
    assert list(facts(place).principles)[:2] == [ids[1], ids[0]]
    form = PageForm(client.get(f"/fr/bureau/chartes/principes/{ids[0]}").text, "text_fr")
    wrong = client.post(
        f"/fr/bureau/chartes/principes/{ids[0]}", data=form.filled({"text_fr": "", "text_en": "Kept."})
    )
    assert wrong.status_code == 422
    assert "Kept." in wrong.text
    form = PageForm(client.get(f"{here}/principe").text, "text_fr")
    assert client.post(f"{here}/principe", data=form.filled({"text_fr": "Le septième."})).status_code == 303
    form = PageForm(client.get(here).text, "read_within_hours")
    typed = {"read_before": "apres", "read_within_hours": "24"}
    assert client.post(here, data=form.filled(typed)).status_code == 303
    press["version"] = str(facts(place).version)
    assert client.post(f"/fr/bureau/chartes/principes/{ids[5]}/retirer", data=press).status_code == 303
    press["version"] = str(facts(place).version)
    assert client.post(f"{here}/publier", data=press).status_code == 303
    db.session.rollback()
    assert db.session.execute(select(Charter.published_at)).scalar_one() is not None
    assert "Le septième." in html.unescape(client.get(PAGE).text)


def test_the_desk_is_closed_to_those_of_another_body(client: FlaskClient) -> None:
    place, elsewhere = make_place(), make_place("ailleurs")
    open_browser(client, elsewhere.moderator)
    here = f"/fr/bureau/chartes/{place.contract.id}/{place.body.id}"
    assert client.get(here).status_code == 403
    assert client.get(f"/fr/bureau/chartes/{place.contract.id}/0").status_code == 403
    assert client.get(f"/fr/bureau/chartes/{elsewhere.contract.id}/{place.body.id}").status_code == 404
    open_browser(client, make.make_account(contract=place.contract))
    assert client.get(here).status_code == 200
    assert client.get(f"/fr/bureau/chartes/{place.contract.id}/0").status_code == 200


def test_moving_beyond_an_end_moves_nothing() -> None:
    assert moved([1, 2, 3], 1, up=True) == moved([1, 2, 3], 3, up=False) == [1, 2, 3]
    assert moved([1, 2, 3], 1, up=False) == [2, 1, 3]
