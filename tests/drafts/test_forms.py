"""Every form that keeps drafts, as whoever works here meets it: kept, found again, sent, refused, in two windows."""

import html
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from cdv_civic.accounts.models import AccountSession
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.drafts.kinds import draft_kinds
from cdv_civic.drafts.models import Draft
from cdv_civic.drafts.operations import keep
from cdv_civic.drafts.rules import DraftKey, owner_of
from cdv_civic.territory.models import Body
from tests.bodies.bodies import announce
from tests.conftest import TODAY, counting
from tests.page_forms import PageForm
from tests.permissions.world import World, make_world
from tests.signing_in import open_browser, token_of

LIST = "/fr/moi/brouillons"


@dataclass(frozen=True)
class Case:
    """Where a form is, who fills it, what is typed and kept, and what else it asks for before it can be sent."""

    endpoint: str
    who: str
    owner: tuple[str, ...]
    typed: dict[str, str]
    rest: dict[str, str]
    query: str = ""


#: The owner names arguments of the address, or says itself what it is.
CASES: Final = {
    "voice.answer": Case(
        "voices_desk.answer", "moderator", ("voice_id",), {"answer_fr": "Le parc rouvre en mai."}, {}
    ),
    "voice.close": Case(
        "voices_desk.close", "moderator", ("voice_id",), {"reason_fr": "Rien ne suit, voici pourquoi."}, {}
    ),
    "voice.reply": Case(
        "transmitted_desk.reply", "holder", ("voice_id",), {"reply": "Le service passe mardi."}, {}
    ),
    "progress.publish": Case(
        "commitments_desk.publish_progress",
        "staff",
        ("commitment_id",),
        {"sentence": "Le chantier commence lundi.", "state": "en_cours", "detail": "Une page entière."},
        {"happened_on": "2026-11-19"},
    ),
    "commitment.edit": Case(
        "commitments_desk.edit",
        "staff",
        ("commitment_id",),
        {"title": "Un titre plus court"},
        {"reason": "Une raison assez longue."},
    ),
    "publication.publish": Case(
        "bodies_desk.publish",
        "moderator",
        ("body_id",),
        {"summary_fr": "Un avis en quelques mots.", "title_fr": "Avis sur le parc", "kind": "avis"},
        {"said_on": "2026-11-12"},
    ),
    "publication.edit": Case(
        "bodies_desk.change_publication",
        "moderator",
        ("publication_id",),
        {"summary_fr": "Oui, mais plus tôt."},
        {},
    ),
    "meeting.announce": Case(
        "bodies_desk.announce",
        "moderator",
        ("body_id",),
        {"title_fr": "Que faire du parc ?", "sentence_fr": "Venez en parler."},
        {"kind": "meeting", "day": "2026-12-17", "start": "18:30"},
    ),
    "consultation.settings": Case(
        "consultations_desk.settings",
        "staff",
        ("consultation_id",),
        {"title_fr": "Que faire du parc ?", "purpose_fr": "On refait les allées du parc."},
        {},
    ),
    "consultation.reply": Case(
        "consultation_restitution_desk.edit",
        "moderator",
        ("consultation_id",),
        {"said_fr": "Des bancs à l’ombre, surtout."},
        {},
    ),
    "opinion.give": Case(
        "opinions_desk.give",
        "moderator",
        ("body_id", "project_id"),
        {"reasons_fr": "Ce projet réunit les familles.", "stance": "for-if"},
        {},
    ),
    "meeting.edit": Case(
        "bodies_desk.change", "moderator", ("meeting_id",), {"sentence_fr": "Venez, il y a du thé."}, {}
    ),
}
EACH: Final = pytest.mark.parametrize("kind", CASES)


@dataclass
class Desk:
    """Somebody before one of the forms."""

    app: Flask
    world: World
    kind: str

    @property
    def case(self) -> Case:
        return CASES[self.kind]

    def sit_down(self, *, shared: bool = False, who: str = "") -> FlaskClient:
        person = self.world.people[who or self.case.who]
        assert person is not None
        client = self.app.test_client()
        open_browser(client, person, shared=shared)
        return client

    @property
    def address(self) -> str:
        names = next(self.app.url_map.iter_rules(self.case.endpoint)).arguments
        values = self.world.arguments(self.case.endpoint, names)
        return self.app.url_map.bind("localhost").build(self.case.endpoint, values) + self.case.query

    @property
    def owner(self) -> str:
        values = self.world.arguments(self.case.endpoint, set(self.case.owner))
        return owner_of(*(str(values[name]) for name in self.case.owner))

    @property
    def key(self) -> DraftKey:
        return DraftKey(self.kind, self.owner)


@pytest.fixture
def desk(app: Flask, kind: str) -> Desk:
    return Desk(app, make_world(), kind)


@pytest.fixture
def desks(app: Flask) -> list[Desk]:
    """All forms in one world, for what sends none of them."""
    world = make_world()
    return [Desk(app, world, kind) for kind in CASES]


def opened(client: FlaskClient, desk: Desk, query: str = "") -> str:
    answer = client.get(desk.address + query)
    assert answer.status_code == 200, answer.status_code
    db.session.rollback()
    return answer.text


def filled(page: str, typed: dict[str, str]) -> dict[str, list[str]]:
    """The form of a page with what is typed into it."""
    return PageForm(page, "draft_version").filled(typed)


def press_keep(
    client: FlaskClient, desk: Desk, page: str, typed: dict[str, str] | None = None
) -> TestResponse:
    return client.post(
        desk.address,
        data=filled(page, desk.case.typed if typed is None else typed) | {"garder": ["1"]},
        content_type="multipart/form-data",
    )


def rows(kind: str = "") -> list[Draft]:
    """The drafts that are kept, but for that of the world."""
    db.session.rollback()
    found = db.session.execute(select(Draft).where(Draft.version != "v")).scalars()
    return [row for row in found if kind in ("", row.form_kind)]


def fields_shown(page: str, typed: dict[str, str]) -> dict[str, str]:
    sent = dict(PageForm(page, "draft_version").sent)
    return {name: sent.get(name, "") for name in typed}


#: Forms of many screens, or that residents fill, and where they are tried.
ELSEWHERE: Final = {
    "consultation.answer": "tests/consultations/answering/test_drafts.py",
    "fund_project.put": "tests/fund/projects/test_drafts.py",
}


def test_every_kind_is_tried(app: Flask) -> None:
    assert set(CASES) | set(ELSEWHERE) == set(draft_kinds())


@EACH
def test_what_is_kept_is_found_again_and_goes_once_it_is_sent(desk: Desk) -> None:
    client, case = desk.sit_down(), desk.case
    answer = press_keep(client, desk, opened(client, desk))
    assert (answer.status_code, answer.location) == (303, LIST)
    mine = client.get(LIST).text
    assert "C’est gardé." in mine
    assert str(draft_kinds()[desk.kind].label) in html.unescape(mine)
    assert f'href="{html.escape(desk.address)}"' in mine, "where one goes on"

    again = opened(client, desk)
    assert fields_shown(again, case.typed) == case.typed
    assert "Nous avons retrouvé ce que vous aviez écrit." in again
    sent = client.post(desk.address, data=filled(again, case.rest), content_type="multipart/form-data")
    assert sent.status_code == 303, sent.text
    assert rows() == []
    assert f'data-draft-sent="{name_on_device(again)}"' in client.get(sent.location).text


def test_it_stays_where_the_sending_is_refused(desks: list[Desk]) -> None:
    for desk in desks:
        client = desk.sit_down()
        press_keep(client, desk, opened(client, desk))
        nothing = dict.fromkeys(desk.case.typed, "")
        refused = client.post(
            desk.address,
            data=filled(opened(client, desk), nothing | dict.fromkeys(desk.case.rest, "")),
            content_type="multipart/form-data",
        )
        if desk.kind == "meeting.edit":  # its text may be left out
            continue
        assert refused.status_code == 422
        assert "data-draft-shown-again" in refused.text
        assert "data-draft-sent" not in refused.text
        assert len(rows(desk.kind)) == 1
        assert (
            dict(PageForm(refused.text, "draft_version").sent)["draft_version"] == rows(desk.kind)[0].version
        )


def test_somebody_else_finds_nothing_of_it(desks: list[Desk]) -> None:
    for desk in desks:
        client, other = desk.sit_down(), desk.sit_down(who="administrator")
        mine, theirs = opened(client, desk), desk.address
        press_keep(client, desk, mine)
        page = other.get(theirs)
        if page.status_code == 200:
            assert "Nous avons retrouvé" not in re.sub(
                r"<template.*?</template>", "", page.text, flags=re.DOTALL
            )
            assert all(text not in page.text for text in desk.case.typed.values() if len(text) > 12)
            assert name_on_device(page.text) != name_on_device(mine)
        assert "C’est gardé" not in other.get(LIST).text
        address = f"{LIST}/{rows(desk.kind)[0].id}/effacer"
        assert other.get(address).status_code == 404
        token = token_of(other.get("/fr/moi/nom"))
        assert other.post(address, data={"csrf_token": token}).status_code == 404
        assert len(rows(desk.kind)) == 1


def name_on_device(page: str) -> str:
    found = re.search(r'data-draft="([^"]+)"', page)
    assert found
    return found.group(1)


def test_a_shared_device_keeps_nothing_but_the_account_may(desks: list[Desk]) -> None:
    for desk in desks:
        client = desk.sit_down(shared=True)
        page = opened(client, desk)
        assert "data-draft=" not in page
        assert "drafts.js" not in page
        assert "data-erase-drafts" in page
        assert press_keep(client, desk, page).status_code == 303
        assert len(rows(desk.kind)) == 1
        assert "data-draft-sent" not in client.get(LIST).text


def test_two_windows_at_once_show_both_texts(desks: list[Desk]) -> None:
    for desk in desks:
        client, case = desk.sit_down(), desk.case
        first, second = opened(client, desk), opened(client, desk)
        press_keep(client, desk, first)
        name = max(case.typed, key=lambda each: len(case.typed[each]))
        late = press_keep(client, desk, second, case.typed | {name: "De l’autre fenêtre."})
        assert late.status_code == 409
        said = html.unescape(late.text)
        assert "Vous avez gardé un autre texte entre-temps" in said
        assert case.typed[name] in said
        assert fields_shown(late.text, {name: ""}) == {name: "De l’autre fenêtre."}
        assert rows(desk.kind)[0].fields[name] == [case.typed[name]]
        # Now both were seen.
        again = client.post(
            desk.address,
            data=filled(late.text, {}) | {"garder": ["1"]},
            content_type="multipart/form-data",
        )
        assert again.status_code == 303
        assert rows(desk.kind)[0].fields[name] == ["De l’autre fenêtre."]


def test_nothing_that_nobody_typed_is_kept(desks: list[Desk]) -> None:
    for desk in desks:
        client = desk.sit_down()
        press_keep(client, desk, opened(client, desk))
        kept = set(rows(desk.kind)[0].fields)
        assert set(desk.case.typed) <= kept
        assert kept & {"csrf_token", "version", "client_key", "draft_version", "garder", "confirmed"} == set()
        assert not any(name.startswith("file_") for name in kept)


def test_a_form_with_drafts_costs_one_statement_more(desks: list[Desk]) -> None:
    for desk in desks:
        client = desk.sit_down()
        opened(client, desk)
        with counting(desk.app) as statements:
            client.get(desk.address)
        assert len([each for each in statements if "FROM draft" in each]) == 1
        with counting(desk.app) as statements:
            client.get("/fr/moi")
        assert [each for each in statements if "draft" in each] == []


def test_a_form_that_nobody_touched_keeps_nothing(desks: list[Desk]) -> None:
    for desk in desks:
        client = desk.sit_down()
        answer = press_keep(client, desk, opened(client, desk), {})
        assert answer.status_code == 422, desk.kind
        assert "Il n’y a rien à garder" in html.unescape(answer.text)
        assert rows(desk.kind) == []


def test_a_day_half_typed_is_kept_too(desks: list[Desk]) -> None:
    desk = next(each for each in desks if each.kind == "meeting.announce")
    client = desk.sit_down()
    assert press_keep(client, desk, opened(client, desk), {"day": "31/"}).status_code == 303
    assert rows(desk.kind)[0].fields["day"] == ["31/"]


def test_the_first_button_sends_for_whoever_presses_enter_in_a_field(desks: list[Desk]) -> None:
    for desk in desks:
        client = desk.sit_down()
        page = opened(client, desk)
        form = page[page.index(' data-draft="') :]
        buttons = re.findall(r'<button type="submit"[^>]*>', form)
        assert "garder" not in buttons[0], desk.kind
        assert "button-main" in buttons[0]
        assert "garder" in buttons[1]
        assert "button-quiet" in buttons[1]


@pytest.mark.parametrize("kind", ["progress.publish"])
def test_an_older_fact_is_found_again_in_its_own_form(desk: Desk) -> None:
    client = desk.sit_down()
    older = f"{desk.address}?passe=1"
    typed = {"state": "annonce", "sentence": "Un fait d’il y a longtemps."}
    data = filled(opened(client, desk, "?passe=1"), typed) | {"garder": ["1"]}
    assert client.post(older, data=data, content_type="multipart/form-data").status_code == 303
    assert f'href="{older}"' in client.get(LIST).text
    assert fields_shown(opened(client, desk, "?passe=1"), typed) == typed
    assert fields_shown(opened(client, desk), {"sentence": ""}) == {"sentence": ""}, (
        "news of today is another text"
    )


@pytest.mark.parametrize("kind", ["commitment.edit"])
class TestWhatChangedMeanwhile:
    """A draft of a text that somebody else changed."""

    @pytest.fixture
    def page(self, desk: Desk) -> str:
        """The form, once a draft of it is older than what it changes."""
        client = desk.sit_down()
        press_keep(client, desk, opened(client, desk))
        other = desk.sit_down(who="administrator")
        theirs = {"title": "Leur titre", "reason": "Une raison assez longue."}
        answer = other.post(desk.address, data=filled(opened(other, desk), theirs))
        assert answer.status_code == 303
        return opened(client, desk)

    def test_is_offered_and_never_put_over_it(self, desk: Desk, page: str) -> None:
        assert fields_shown(page, {"title": ""}) == {"title": "Leur titre"}
        assert "Comparez avant de reprendre." in page
        assert 'href="?brouillon=reprendre"' in page

    def test_is_put_in_beside_it_where_its_author_says_so(self, desk: Desk, page: str) -> None:
        client = desk.sit_down()
        taken = opened(client, desk, "?brouillon=reprendre")
        assert fields_shown(taken, {"title": ""}) == {"title": "Un titre plus court"}
        assert "Leur titre" in taken
        sent = client.post(desk.address, data=filled(taken, desk.case.rest))
        assert sent.status_code == 303, "both were seen"
        assert rows() == []

    def test_stays_where_the_form_is_sent_without_it(self, desk: Desk, page: str) -> None:
        client = desk.sit_down()
        typed = {"title": "Encore un titre", "reason": "Une raison assez longue."}
        sent = client.post(desk.address, data=filled(opened(client, desk), typed))
        assert sent.status_code == 303
        assert [row.fields["title"] for row in rows()] == [["Un titre plus court"]]

    def test_is_not_saved_over_unseen(self, desk: Desk, page: str) -> None:
        client = desk.sit_down()
        late = press_keep(client, desk, opened(client, desk), {"title": "Encore un titre"})
        assert late.status_code == 409
        assert "Un titre plus court" in late.text
        assert [row.fields["title"] for row in rows()] == [["Un titre plus court"]]


@pytest.mark.parametrize("kind", ["voice.answer"])
class TestKeeping:
    """What « Garder pour plus tard » refuses, and what it does not ask."""

    def test_asks_for_nothing_to_be_right(self, desk: Desk) -> None:
        client = desk.sit_down()
        assert press_keep(client, desk, opened(client, desk), {"answer_ar": "جواب"}).status_code == 303
        assert rows()[0].fields["answer_ar"] == ["جواب"]

    def test_refuses_an_empty_form_and_says_so(self, desk: Desk) -> None:
        client = desk.sit_down()
        page = opened(client, desk)
        empty = {name: "" for name, _value in PageForm(page, "draft_version").sent if "answer" in name}
        answer = press_keep(client, desk, page, empty)
        assert answer.status_code == 422
        assert "Il n’y a rien à garder" in html.unescape(answer.text)

    def test_shows_a_text_again_that_is_too_long(self, desk: Desk) -> None:
        client = desk.sit_down()
        long = "é" * 40_000
        answer = press_keep(client, desk, opened(client, desk), {"answer_fr": long})
        assert answer.status_code == 422
        assert long in answer.text
        assert rows() == []

    def test_stores_nothing_long_beside_the_words(self, desk: Desk) -> None:
        client = desk.sit_down()
        sent = filled(opened(client, desk), desk.case.typed) | {"garder": ["1"]}
        for version in ("9" * 100_000, "x" * 100_000, "٣"):
            assert client.post(desk.address, data=sent | {"version": [version]}).status_code in (303, 409)
            assert rows()[0].base == ""
            sent["draft_version"] = [rows()[0].version]

    def test_is_refused_to_other_sites_and_shows_the_text_again(self, desk: Desk) -> None:
        client = desk.sit_down()
        sent = filled(opened(client, desk), desk.case.typed) | {"garder": ["1"], "csrf_token": ["faux"]}
        answer = client.post(desk.address, data=sent)
        assert answer.status_code == 422
        assert "Le parc rouvre en mai." in answer.text
        assert rows() == []

    def test_the_words_of_a_session_that_ended_are_kept_on_the_page(self, desk: Desk) -> None:
        client = desk.sit_down()
        page = opened(client, desk)
        with transaction() as session:
            session.execute(delete(AccountSession))
        answer = client.post(
            desk.address,
            data=filled(page, desk.case.typed) | {"garder": ["1"]},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 403
        assert "Le parc rouvre en mai." in answer.text


@pytest.mark.parametrize("kind", ["voice.answer"])
class TestTheList:
    """« Mes brouillons »."""

    def test_is_empty_at_first_and_led_to_from_ones_space(self, desk: Desk) -> None:
        client = desk.sit_down()
        assert f'href="{LIST}"' in client.get("/fr/moi").text
        assert "Vous n’avez pas de brouillon" in client.get(LIST).text
        resident = desk.sit_down(who="resident")
        assert f'href="{LIST}"' not in resident.get("/fr/moi").text, "none of their forms keeps drafts so far"

    def test_shows_words_whose_page_is_gone(self, desk: Desk) -> None:
        person = desk.world.people["moderator"]
        assert person is not None
        keep(person, DraftKey("voice.answer", "999999"), {"answer_fr": ["Des mots sans page."]})
        page = desk.sit_down().get(LIST).text
        assert "Cette page n’existe plus." in page
        assert "Des mots sans page." in page
        assert "Continuer" not in page

    def test_leads_nobody_to_a_closed_door(self, desk: Desk) -> None:
        person = desk.world.people["resident"]
        assert person is not None
        keep(person, desk.key, {"answer_fr": ["Du temps où j’animais."]})
        page = desk.sit_down(who="resident").get(LIST).text
        assert "Du temps où j’animais." in page
        assert "Continuer" not in page

    def test_erases_one_once_it_was_asked_twice(self, desk: Desk) -> None:
        client = desk.sit_down()
        press_keep(client, desk, opened(client, desk))
        client.get(LIST)
        address = f"{LIST}/{rows()[0].id}/effacer"
        asked = client.get(address)
        assert "Le parc rouvre en mai." in asked.text
        assert len(rows()) == 1
        done = client.post(address, data=filled(asked.text, {}))
        assert (done.status_code, done.location) == (303, LIST)
        assert rows() == []
        said = client.get(LIST).text
        assert "Le brouillon est effacé." in said
        assert "data-draft-sent" in said, "the device forgets it too"
        assert client.get(address).status_code == 404

    def test_shows_words_that_were_saved_since_before_it_erases_them(self, desk: Desk) -> None:
        client = desk.sit_down()
        press_keep(client, desk, opened(client, desk))
        address = f"{LIST}/{rows()[0].id}/effacer"
        asked = client.get(address).text
        press_keep(client, desk, opened(client, desk), {"answer_fr": "Écrit depuis, sur un autre appareil."})
        late = client.post(address, data=filled(asked, {}))
        assert late.status_code == 409
        assert "Écrit depuis, sur un autre appareil." in late.text
        assert len(rows()) == 1
        assert client.post(address, data=filled(late.text, {})).status_code == 303
        assert rows() == []

    def test_goes_back_to_the_form_that_asked(self, desk: Desk) -> None:
        client = desk.sit_down()
        press_keep(client, desk, opened(client, desk))
        found = re.search(r'href="([^"]*/effacer[^"]*)"', opened(client, desk))
        assert found
        address = html.unescape(found.group(1))
        done = client.post(address, data=filled(client.get(address).text, {}))
        assert done.location == desk.address
        for elsewhere in ("//ailleurs.example/", "https://ailleurs.example/"):
            press_keep(client, desk, opened(client, desk))
            address = f"{LIST}/{rows()[0].id}/effacer?retour={elsewhere}"
            done = client.post(address, data=filled(client.get(address).text, {}))
            assert done.location == LIST

    def test_costs_as_much_for_many_drafts_as_for_one(self, desk: Desk) -> None:
        person = desk.world.people["moderator"]
        assert person is not None
        client = desk.sit_down()

        def cost() -> int:
            client.get(LIST)
            with counting(desk.app) as statements:
                assert client.get(LIST).status_code == 200
            return len(statements)

        for each in CASES:
            keep(person, Desk(desk.app, desk.world, each).key, {"words": ["Un texte."]})
        few = cost()
        for number in range(12):
            keep(person, DraftKey("meeting.edit", str(1000 + number)), {"words": ["Un texte."]})
        assert cost() == few

    def test_says_until_when_one_is_kept(self, desk: Desk) -> None:
        person = desk.world.people["moderator"]
        assert person is not None
        keep(person, desk.key, {"answer_fr": ["Un texte."]})
        assert "18 février 2027" in desk.sit_down().get(LIST).text


def test_a_draft_of_minutes_leads_to_the_form_of_that_meeting(app: Flask) -> None:
    desk = Desk(app, make_world(), "publication.publish")
    moderator = desk.world.people["moderator"]
    assert moderator is not None
    body = db.session.get_one(Body, desk.world.values["body_id"])
    meeting = announce(moderator, body, date(2026, 11, 12))
    client = desk.sit_down()
    address = f"{desk.address}?rencontre={meeting}&date=2026-11-12&sorte=compte_rendu"
    sent = filled(client.get(address).text, {"summary_fr": "Nous avons décidé."}) | {"garder": ["1"]}
    assert client.post(address, data=sent, content_type="multipart/form-data").status_code == 303
    assert html.escape(address) in client.get(LIST).text
    assert "Nous avons décidé." in client.get(address).text
    assert "Nous avons décidé." not in opened(client, desk), "another form"


def test_a_resident_without_any_role_may_look_at_the_empty_list(app: Flask) -> None:
    desk = Desk(app, make_world(), "voice.answer")
    assert desk.sit_down(who="resident").get(LIST).status_code == 200
    with clock.frozen_everywhere(TODAY + timedelta(days=1)):
        assert app.test_client().get(LIST).status_code == 302
