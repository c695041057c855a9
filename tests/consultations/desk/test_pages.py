"""The desk of consultations, as an organiser uses it: without a script, and with what goes wrong."""

import html
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.models import Consultation, ConsultationOption
from cdv_civic.consultations.operations.editing import correcting, publishing
from cdv_civic.consultations.queries.preparation import texts_of
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.work_sources import work_of
from cdv_civic.territory.models import Commune, Contract, Quartier
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.consultations.desk.preparing import WORDS, begun, on_day, opened, ready, stored
from tests.consultations.factories import make_answer, make_consultation
from tests.core.uploads.files import picture
from tests.page_forms import PageForm
from tests.signing_in import open_browser

DESK = "/fr/bureau/consultations"
ROW = re.compile(r"/bureau/consultations/une-\d+\"")
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract("val")


@pytest.fixture
def staff(contract: Contract) -> SignedIn:
    return make.make_account(role="staff", scope=Scope(ScopeKind.CONTRACT, contract.id))


@pytest.fixture
def desk(client: FlaskClient, staff: SignedIn) -> FlaskClient:
    open_browser(client, staff)
    return client


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code, answer.location)
    db.session.rollback()
    return html.unescape(answer.text)


def send(client: FlaskClient, address: str, having: str = "csrf_token", **typed: object) -> TestResponse:
    """Send the form of a page, with other values in some of its fields."""
    form = PageForm(client.get(address).text, having)
    assert form.sent, address
    data: dict[str, object] = {**form.filled({}), **typed}
    answer = client.post(
        address,
        data={name: value for name, value in data.items() if value is not None},
        content_type="multipart/form-data",
    )
    db.session.rollback()
    return answer


def done(answer: TestResponse) -> str:
    assert answer.status_code == 303, html.unescape(answer.text)[:6000]
    assert answer.location is not None
    return answer.location


def test_a_consultation_is_made_in_minutes_and_opened(
    desk: FlaskClient, contract: Contract, quartier: Quartier, session: Session
) -> None:
    here = done(
        send(
            desk,
            f"{DESK}/nouvelle",
            title_fr="La placette, quel nom ?",
            organiser="team",
            starter="name",
        )
    )
    shown = page(desk, here)
    assert "Ce qu’il faut pour publier" in shown
    assert "Publier</a>" not in shown
    first: dict[str, Any] = {
        "purpose_fr": "Une place sans nom.",
        "power": "co_decider",
        "negotiable_fr": "Le nom.",
        "settled_fr": "Le lieu.",
        "decider_fr": "Le conseil municipal.",
        "readers_fr": "L’équipe.",
        "opens_day": "2026-11-01",
        "closes_day": on_day(20).isoformat(),
        "closes_time": "18:30",
        "paper_day": on_day(22).isoformat(),
        "due_day": on_day(60).isoformat(),
        "asks_for": "aucune",
        "age_to_answer": "0",
        "age_for_name": "15",
        "age_for_photo": "18",
        "languages": ["fr", "en"],
    }
    done(send(desk, f"{here}/reglages", **first))
    done(send(desk, f"{here}/quartiers", quartiers=str(quartier.id)))
    done(send(desk, f"{here}/publics", name_1_fr="Les jeunes", channel_1="rue"))
    shown = page(desk, here)
    assert "Tout est prêt" in shown
    assert "texte à traduire" in shown or "textes à traduire" in shown
    done(send(desk, f"{here}/publier", having="version"))
    row = session.execute(select(Consultation)).scalar_one()
    assert row.published_at is not None
    assert row.closes_at is not None
    assert row.closes_at.astimezone(clock.zone()).strftime("%H:%M") == "18:30"
    assert "Ouverte" in page(desk, here)
    again = page(desk, f"{here}/reglages")
    assert 'name="closes_time"' in again
    assert 'value="18:30"' in again


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    desk: FlaskClient, staff: SignedIn, contract: Contract
) -> None:
    row = begun(staff, contract)
    here = f"{DESK}/{row.slug}/reglages"
    typed = {
        "title_fr": "",
        "purpose_fr": "Des mots à garder <b>",
        "closes_time": "18:30",
        "age_to_answer": "abc",
        "opens_day": "31/02/2027",
        "wave": "2027",
    }
    answer = send(desk, here, **typed)
    assert answer.status_code == 422
    shown = html.unescape(answer.text)
    for text in (
        "Des mots à garder <b>",
        "18:30",
        "abc",
        "31/02/2027",
        "Donnez un titre en français.",
    ):
        assert text in shown
    assert stored(row.slug).purpose_id is None
    answer = send(desk, here, title_fr="A", purpose_fr="x" * 20_000)
    assert answer.status_code == 422
    assert "x" * 20_000 in answer.text


def test_another_contract_and_another_commune_are_out_of_reach(
    client: FlaskClient, contract: Contract, commune: Commune, quartier: Quartier, staff: SignedIn
) -> None:
    of_team = ready(staff, contract, [quartier])
    town = make.make_account(role="staff", scope=Scope(ScopeKind.COMMUNE, commune.id))
    own = begun(town, contract, commune_id=commune.id)
    other = make.make_commune(contract, "Ailleurs")
    of_other = begun(staff, contract, commune_id=other.id)
    open_browser(client, town)
    listed = page(client, DESK)
    assert own.slug in listed
    assert of_other.slug not in listed
    assert client.get(f"{DESK}/{of_other.slug}").status_code == 403
    assert client.get(f"{DESK}/{of_other.slug}/reglages").status_code == 403
    assert of_team.slug in listed, "all of its quartiers lie in the commune"
    offered = page(client, f"{DESK}/nouvelle")
    assert f'value="commune-{commune.id}"' in offered
    assert 'value="team"' not in offered
    assert f'value="commune-{other.id}"' not in offered


def test_the_moderators_of_a_body_find_its_consultations_in_its_menu(
    client: FlaskClient, contract: Contract, quartier: Quartier
) -> None:
    body = make_body(contract, quartiers=[quartier])
    moderator = make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    row = begun(moderator, contract, body_id=body.id)
    open_browser(client, moderator)
    assert f"{DESK}/groupe/{body.id}" in page(client, f"/fr/bureau/instances/{body.id}")
    assert row.slug in page(client, f"{DESK}/groupe/{body.id}")


def test_20000_consultations_are_listed_and_searched_in_a_few_statements(
    desk: FlaskClient, contract: Contract, session: Session, count_statements: Counting
) -> None:
    quartier = make.make_quartier(contract)
    for number in range(60):
        make_consultation(
            contract, quartiers=[quartier], slug=f"une-{number:03}", title=f"Numéro {number} « Été »"
        )
    desk.get(DESK)
    db.session.rollback()
    with count_statements() as few:
        first = page(desk, DESK)
    assert len(ROW.findall(first)) == 50
    assert len(few) <= 12
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert len(ROW.findall(page(desk, following.group(1)))) == 10
    assert len(ROW.findall(page(desk, f"{DESK}?q=numéro+59"))) == 1
    assert "Aucune consultation ici" in page(desk, f"{DESK}?q=zzz")
    assert len(ROW.findall(page(desk, f"{DESK}?voir=ouvertes"))) == 50
    assert "Aucune consultation ici" in page(desk, f"{DESK}?voir=preparation")
    assert session is not None


def test_an_answer_that_is_late_is_said(desk: FlaskClient, contract: Contract) -> None:
    row = make_consultation(contract, stage="closed", answer_due_on=on_day(-1))
    assert "en retard depuis le" in page(desk, f"{DESK}?voir=reponse")
    assert "La réponse est en retard" in page(desk, f"{DESK}/{row.slug}")


def test_questions_are_added_changed_moved_and_deleted(
    desk: FlaskClient, staff: SignedIn, contract: Contract, session: Session
) -> None:
    row = begun(staff, contract)
    here = f"{DESK}/{row.slug}"
    step = re.search(r"/etapes/(\d+)/questions/nouvelle", page(desk, f"{here}/questions"))
    assert step
    new = f"{here}/etapes/{step.group(1)}/questions/nouvelle"
    wrong = send(desk, new, kind="number", text_fr="Combien ?", classes="5, zéro", options="Un\nDeux")
    assert wrong.status_code == 422
    assert "5, zéro" in wrong.text
    first_option = session.execute(select(func.min(ConsultationOption.id))).scalar_one()
    session.rollback()
    done(send(desk, new, kind="multiple", text_fr="Lesquels ?", options="Un\nDeux\nTrois", most="2"))
    done(send(desk, new, kind="short", text_fr="Pourquoi ?", condition=str(first_option)))
    shown = page(desk, f"{here}/questions")
    assert shown.index("Lesquels ?") < shown.index("Pourquoi ?")
    last = re.findall(r'id="question-(\d+)"', shown)
    answer = send(desk, f"{here}/questions/{last[1]}/reponses", having="options", options="Quatre\nCinq")
    done(answer)
    token = PageForm(desk.get(f"{here}/questions/{last[1]}/reponses").text, "options").filled({})[
        "csrf_token"
    ]
    moved = desk.post(f"{here}/questions/{last[2]}/monter", data={"csrf_token": token})
    assert moved.status_code == 303
    shown = page(desk, f"{here}/questions")
    assert shown.index("Pourquoi ?") < shown.index("Lesquels ?")
    desk.post(f"{here}/questions/{last[2]}/monter", data={"csrf_token": token})
    assert "dépend d’une réponse" in page(desk, f"{here}/questions")
    asked = page(desk, f"{here}/questions/{last[0]}/effacer")
    assert "Ne rien changer" in asked
    refused = send(desk, f"{here}/questions/{last[0]}/effacer", having="version")
    assert refused.status_code == 422
    done(send(desk, f"{here}/questions/{last[2]}/effacer", having="version"))
    done(send(desk, f"{here}/questions/{last[0]}/effacer", having="version"))


def test_an_option_gets_a_picture_with_its_words(
    desk: FlaskClient, staff: SignedIn, contract: Contract
) -> None:
    row = begun(staff, contract, "picture")
    here = f"{DESK}/{row.slug}"
    option = re.search(r"/questions/(\d+)/reponses", page(desk, f"{here}/questions"))
    assert option
    option_id = re.search(r"/reponses/(\d+)\"", page(desk, f"{here}/questions/{option.group(1)}/reponses"))
    assert option_id
    form = f"{here}/reponses/{option_id.group(1)}"
    chosen = (io.BytesIO(picture()), "banc.jpg")
    silent = send(desk, form, picture=chosen, picture_words_fr="")
    assert silent.status_code == 422
    assert "Dites ce que montre l’image" in html.unescape(silent.text)
    bad = send(
        desk, form, picture=(io.BytesIO(b"PK\x03\x04 not a photo"), "banc.jpg"), picture_words_fr="Un banc"
    )
    assert bad.status_code == 422
    done(send(desk, form, picture=(io.BytesIO(picture()), "banc.jpg"), picture_words_fr="Un banc"))
    shown = page(desk, f"{here}/questions/{option.group(1)}/reponses")
    address = re.search(r'src="(/fichiers/consultations/[^"]+)"', shown)
    assert address
    assert desk.get(address.group(1)).status_code == 200
    done(send(desk, form, remove_picture="y", picture_words_fr=""))
    assert desk.get(address.group(1)).status_code == 404


def test_a_scale_says_which_end_has_the_happiest_face(
    desk: FlaskClient, staff: SignedIn, contract: Contract
) -> None:
    row = begun(staff, contract)
    here = f"{DESK}/{row.slug}"
    new = re.search(rf"{re.escape(here)}/etapes/\d+/questions/nouvelle", page(desk, f"{here}/questions"))
    assert new
    assert "d’abord la meilleure" in page(desk, new.group())
    done(send(desk, new.group(), kind="scale", text_fr="Est-ce sûr ?", options="Sûr\nDangereux"))
    asked = re.findall(r"/questions/(\d+)/reponses", page(desk, f"{here}/questions"))
    said = ["d’abord la meilleure" in page(desk, f"{here}/questions/{each}/reponses") for each in asked]
    assert sorted(said) == [False] * (len(said) - 1) + [True], "the scale alone"


def test_the_preview_shows_each_language_and_sends_nothing(
    desk: FlaskClient, staff: SignedIn, contract: Contract
) -> None:
    row = begun(staff, contract, "school_gate")
    for tag, words in (("fr", "Comment venez-vous"), ("en", "How do you come"), ("ar", "كيف تأتون")):
        shown = page(desk, f"/{tag}/bureau/consultations/{row.slug}/apercu")
        assert words in shown
        assert f'lang="{tag}"' in shown
        main = shown.partition("<main")[2].partition("</main>")[0]
        assert "<form" not in main
        assert not re.search(r'<button type="submit"', main)
    assert "rien n’est compté" in page(desk, f"{DESK}/{row.slug}/apercu")


def test_a_correction_goes_through_two_people_and_their_lists(
    app: Flask, desk: FlaskClient, staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = opened(staff, contract, [quartier])
    make_answer(row)
    here = f"{DESK}/{row.slug}"
    assert "seuls des mots peuvent être corrigés" in page(desk, here)
    assert desk.get(f"{here}/reglages").status_code == 303
    db.session.rollback()
    text = next(
        each
        for each in texts_of(row.id)
        if (each.owner_kind, each.field) == ("consultation_question", "text")
    )
    db.session.rollback()
    form = f"{here}/corrections/texte/{text.id}"
    silent = send(desk, form, text_fr="Êtes-vous pour ?")
    assert silent.status_code == 422
    assert "Êtes-vous pour ?" in html.unescape(silent.text)
    done(
        send(
            desk,
            form,
            text_fr="Êtes-vous pour ?",
            text_en="Are you for it?",
            text_ar="هل أنتم معه؟",
            reason_fr="Plus clair.",
        )
    )
    decide = re.search(rf"{re.escape(here)}/corrections/\d+", page(desk, f"{here}/corrections"))
    assert decide
    assert "Une autre personne de l’équipe" in page(desk, decide.group())
    colleague = make.make_account(role="staff", scope=Scope(ScopeKind.CONTRACT, contract.id))

    def told(who: SignedIn) -> int:
        db.session.rollback()
        return sum(
            item.count
            for item in work_of(db.session(), who)
            if item.source.name == "consultation-corrections"
        )

    assert (told(staff), told(colleague)) == (0, 1)
    other = app.test_client()
    open_browser(other, colleague)
    assert row.slug in page(other, f"{DESK}?voir=corrections")
    done(send(other, decide.group(), decision="accepter"))
    assert "acceptée" in page(desk, f"{here}/corrections")
    assert "Êtes-vous pour" in page(desk, f"{here}/questions")
    assert told(colleague) == 0


def test_it_is_prolonged_and_withdrawn_with_reasons(
    desk: FlaskClient, staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = opened(staff, contract, [quartier])
    here = f"{DESK}/{row.slug}"
    day = on_day(30).isoformat()
    silent = send(desk, f"{here}/prolonger", having="version", closes_day=day, paper_day="", closes_time="")
    assert silent.status_code == 422
    assert day in silent.text
    done(
        send(
            desk,
            f"{here}/prolonger",
            having="version",
            closes_day=day,
            closes_time="",
            paper_day="",
            reason_fr="La fête a été reportée.",
        )
    )
    assert "La fête a été reportée." in page(desk, here)
    done(send(desk, f"{here}/retirer", having="version", reason_fr="Le projet est arrêté."))
    assert "Retirée" in page(desk, here)
    assert desk.get(f"{here}/prolonger").status_code == 303


def folded_and_open(shown: str) -> tuple[list[str], list[str]]:
    """The summaries of the parts of the settings that are folded, and of those that are open."""
    found: tuple[list[str], list[str]] = ([], [])
    parts = shown[shown.index('class="settings-parts"') : shown.index('name="garder"')]
    for is_open, summary in re.findall(
        r'<details class="disclosure"( open)?>\s*<summary>(.*?)</summary>', parts, re.S
    ):
        said = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", summary)).split())
        if not said.startswith("Dans d’autres langues"):
            found[bool(is_open)].append(said)
    return found


def test_the_settings_are_folded_and_say_what_they_lack(
    desk: FlaskClient, staff: SignedIn, contract: Contract
) -> None:
    row = begun(staff, contract)
    here = f"{DESK}/{row.slug}/reglages"
    folded, unfolded = folded_and_open(page(desk, here))
    assert unfolded == ["De quoi il s’agit À compléter : De quoi il s’agit"]
    assert "Le calendrier À compléter : Quand elle ouvre et ferme · Quand la réponse arrive" in folded
    assert "D’autres réglages" in folded
    # A line of the list leads to its part.
    (to,) = re.findall(rf'href="({here}\?partie=calendrier#due_day)"', page(desk, f"{DESK}/{row.slug}"))
    assert [each.split(" À")[0] for each in folded_and_open(page(desk, to.partition("#")[0]))[1]] == [
        "Le calendrier"
    ]
    done(
        send(
            desk,
            here,
            purpose_fr="Une place sans nom.",
            opens_day=on_day(-9).isoformat(),
            closes_day=on_day(-2).isoformat(),
        )
    )
    folded, unfolded = folded_and_open(page(desk, here))
    assert [each.split(" À")[0] for each in unfolded] == ["Ce que les réponses peuvent changer"]
    assert "De quoi il s’agit prêt" in folded
    assert any(each.endswith("· La fermeture est déjà passée") for each in folded)


def test_an_error_opens_its_part_and_so_does_what_was_typed(
    desk: FlaskClient, staff: SignedIn, contract: Contract
) -> None:
    row = begun(staff, contract)
    here = f"{DESK}/{row.slug}/reglages"
    refused = send(desk, here, opens_day="31/02/2027", age_to_answer="abc", title_en="x" * 500)
    folded, unfolded = folded_and_open(refused.text)
    assert unfolded == [
        "De quoi il s’agit 1 chose à corriger",
        "Le calendrier 1 chose à corriger",
        "Qui répond, et comment 1 chose à corriger",
    ]
    assert "D’autres réglages" in folded
    first = desk.get(here).text
    send(desk, here, title_fr="Un autre titre")
    late = desk.post(
        here, data=PageForm(first, "version").filled({"wave": "2027", "decider_fr": "La mairie"})
    )
    assert late.status_code == 409
    assert folded_and_open(late.text)[1] == [
        "De quoi il s’agit",
        "Qui décide, qui lit les réponses",
        "D’autres réglages",
    ]
    kept = desk.post(
        here, data=PageForm(late.text, "version").filled({"due_day": "2027-06-01", "garder": "1"})
    )
    assert kept.status_code == 303
    assert "Le calendrier" in folded_and_open(page(desk, here))[1]


def test_the_long_form_keeps_a_draft(desk: FlaskClient, staff: SignedIn, contract: Contract) -> None:
    row = begun(staff, contract)
    here = f"{DESK}/{row.slug}/reglages"
    kept = send(desk, here, purpose_fr="Des mots à finir", garder="1")
    assert kept.status_code == 303
    assert "Des mots à finir" in page(desk, here)
    assert stored(row.slug).purpose_id is None


def test_a_relais_reads_and_changes_nothing(
    client: FlaskClient, staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = opened(staff, contract, [quartier])
    relais = make.make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, quartier.id))
    open_browser(client, relais)
    shown = page(client, f"{DESK}/{row.slug}")
    assert "/reglages" not in shown
    assert "Dupliquer" not in shown
    assert client.get(f"{DESK}/{row.slug}/reglages").status_code == 403
    for path in ("questions", "textes", "corrections", "apercu"):
        page(client, f"{DESK}/{row.slug}/{path}")


@pytest.mark.parametrize(
    ("stage", "led_to"),
    [
        ("draft", {"papier"}),
        ("open", {"papier", "rencontres", "resultats", "public"}),
        ("closed", {"papier", "rencontres", "resultats", "reponse", "public"}),
        ("answered", {"papier", "rencontres", "resultats", "reponse", "public"}),
        ("withdrawn", {"resultats", "public"}),
    ],
)
def test_the_page_leads_to_what_is_done_with_it_now(
    desk: FlaskClient, contract: Contract, quartier: Quartier, stage: str, led_to: set[str]
) -> None:
    gone = {"withdrawn_at": clock.now(), "withdrawn_reason": "Une erreur."} if stage == "withdrawn" else {}
    row = make_consultation(
        contract,
        quartiers=[quartier],
        stage="open" if gone else stage,
        **gone,  # type: ignore[arg-type]
    )
    shown = page(desk, f"{DESK}/{row.slug}")
    parts = ("papier", "rencontres", "resultats", "reponse")
    addresses = {part: f"{DESK}/{row.slug}/{part}" for part in parts} | {
        "public": f"/fr/consultations/{row.slug}"
    }
    assert {name for name, url in addresses.items() if f'href="{url}"' in shown} == led_to
    for name in led_to:
        there = page(desk, addresses[name])
        assert name == "public" or f'href="{DESK}/{row.slug}"' in there, f"{name} leads back"


def test_whoever_only_reads_is_led_to_nothing_that_they_may_not_do(
    client: FlaskClient, contract: Contract, quartier: Quartier
) -> None:
    row = make_consultation(contract, quartiers=[quartier], stage="closed")
    prefect = make.make_account(role="state", scope=Scope(ScopeKind.CONTRACT, contract.id))
    open_browser(client, prefect)
    shown = page(client, f"{DESK}/{row.slug}")
    assert f"{DESK}/{row.slug}/resultats" in shown
    for part in ("papier", "rencontres", "reponse"):
        assert f"{DESK}/{row.slug}/{part}" not in shown
        assert client.get(f"{DESK}/{row.slug}/{part}").status_code == 403


def test_the_list_and_the_page_cost_the_same_for_many_answers(
    desk: FlaskClient, staff: SignedIn, contract: Contract, quartier: Quartier, count_statements: Counting
) -> None:
    row = opened(staff, contract, [quartier])
    here = f"{DESK}/{row.slug}"
    page(desk, here)
    with count_statements() as before:
        page(desk, here)
    for _each in range(5):
        make_answer(row)
    with count_statements() as after:
        page(desk, here)
    assert len(after) <= len(before) + 1


def test_what_is_withdrawn_is_no_longer_corrected(
    staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = opened(staff, contract, [quartier])
    make_answer(row)
    text = next(each for each in texts_of(row.id) if each.field == "title")
    correcting.propose(staff, row.id, text.id, {"fr": "Autre titre"}, WORDS, version=row.version)
    publishing.withdraw(staff, row.id, WORDS, version=stored(row.slug).version)
    colleague = make.make_account(role="staff", scope=Scope(ScopeKind.CONTRACT, contract.id))
    assert not any(
        item.source.name == "consultation-corrections" for item in work_of(db.session(), colleague)
    )


def test_before_all_is_there_each_thing_that_is_missing_leads_to_its_field_and_nothing_is_pressed(
    desk: FlaskClient, staff: SignedIn, contract: Contract
) -> None:
    row = begun(staff, contract)
    asked = page(desk, f"{DESK}/{row.slug}/publier")
    assert f'href="{DESK}/{row.slug}/reglages?partie=decision#decider_fr"' in asked
    assert f'href="{DESK}/{row.slug}/quartiers"' in asked
    assert "<form" not in asked.partition("<main")[2].partition("</main")[0]


def test_what_was_answered_cannot_be_taken_back_and_nothing_is_pressed(
    desk: FlaskClient, staff: SignedIn, contract: Contract, quartier: Quartier
) -> None:
    row = opened(staff, contract, [quartier])
    address = f"{DESK}/{row.slug}/reprendre"
    assert "<form" in page(desk, address).partition("<main")[2].partition("</main")[0]
    make_answer(row)
    asked = page(desk, address)
    assert "Des réponses sont déjà arrivées" in asked
    assert "<form" not in asked.partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize(
    ("stage", "waits"), [("open", False), ("closed", True), ("counted", True), ("answered", False)]
)
def test_once_it_is_closed_the_answer_is_what_the_page_waits_for(
    desk: FlaskClient, contract: Contract, stage: str, waits: bool
) -> None:
    row = make_consultation(contract, stage=stage)
    shown = page(desk, f"{DESK}/{row.slug}")
    assert bool(re.search(rf'class="button button-main" href="{DESK}/{row.slug}/reponse"', shown)) is waits
    assert ("Ce qui est prêt" in shown) is (stage == "open")


def test_the_list_that_is_shown_is_marked_among_the_others(desk: FlaskClient, contract: Contract) -> None:
    make_consultation(contract)
    (marked,) = re.findall(
        r'<a class="button button-quiet"[^>]*aria-current="true">([^<]+)<',
        page(desk, f"{DESK}?voir=ouvertes"),
    )
    assert marked == "Ouvertes"
