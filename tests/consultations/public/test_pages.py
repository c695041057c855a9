"""The list and the page of a consultation: what residents read, and that no kept page is wrong."""

import re
from contextlib import ExitStack
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.operations.axes import set_axis_origin
from cdv_civic.consultations.operations.editing.correcting import decide
from cdv_civic.consultations.operations.editing.publishing import prolong
from cdv_civic.core import clock
from cdv_civic.territory.models import Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY, counting
from tests.consultations.desk.preparing import in_days, make_correction, on_day, opened
from tests.consultations.factories import (
    make_answer,
    make_consultation,
    make_option,
    make_question,
    make_step,
)


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract()


@pytest.fixture
def staff(contract: Contract) -> SignedIn:
    return make.make_account(contract=contract)


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_list_says_where_each_stands_what_closes_first_first(app: Flask, client: FlaskClient) -> None:
    contract = make.make_contract()
    now = clock.now()
    make_consultation(contract, title="Le parc", closes_at=now + timedelta(days=9))
    make_consultation(contract, title="La rue", closes_at=now + timedelta(days=2), paper_until=None)
    make_consultation(contract, title="L’école", stage="coming")
    make_consultation(contract, title="Le marché", stage="closed")
    make_consultation(contract, title="Le stade", stage="answered")
    make_consultation(contract, title="Un secret", stage="draft")
    page = text_of(client, "/fr/consultations")
    places = [page.index(each) for each in ("La rue", "Le parc", "L’école", "Le marché", "Le stade")]
    assert places == sorted(places)
    assert "Un secret" not in page
    for heading in ("Ouvertes en ce moment", "Bientôt", "La réponse est attendue", "La réponse est là"):
        assert heading in page


def test_a_late_answer_is_said_on_the_list_on_its_page_and_on_home(app: Flask, client: FlaskClient) -> None:
    row = make_consultation(
        title="Le marché", stage="closed", answer_due_on=clock.today() - timedelta(days=3)
    )
    for path in ("/fr/consultations", f"/fr/consultations/{row.slug}", "/fr/"):
        assert "Le retard est de 3 jours" in text_of(client, path), path


def test_an_answer_that_came_is_late_no_more(app: Flask, client: FlaskClient) -> None:
    row = make_consultation(stage="answered", answer_due_on=clock.today() - timedelta(days=3))
    for path in ("/fr/consultations", f"/fr/consultations/{row.slug}", "/fr/"):
        assert "retard" not in text_of(client, path), path


def test_the_list_is_filtered_by_place(app: Flask, client: FlaskClient) -> None:
    contract, other = make.make_contract("val"), make.make_contract("mont")
    orly, ivry = make.make_commune(contract, "Orly", "orly"), make.make_commune(contract, "Ivry", "ivry")
    est = make.make_quartier(contract, "Est", [orly], slug="est")
    ouest = make.make_quartier(contract, "Ouest", [ivry], slug="ouest")
    make_consultation(contract, title="Parc à l’est", quartiers=[est])
    make_consultation(contract, title="Parc à l’ouest", quartiers=[ouest])
    make_consultation(contract, title="Pour tout Orly", quartiers=[], commune_id=orly.id)
    make_consultation(contract, title="Partout", quartiers=[])
    make_consultation(other, title="Ailleurs")
    titles = {"Parc à l’est", "Parc à l’ouest", "Pour tout Orly", "Partout", "Ailleurs"}
    for query, expected in (
        ("", titles),
        ("?contrat=val", titles - {"Ailleurs"}),
        ("?commune=orly", {"Parc à l’est", "Pour tout Orly"}),
        ("?quartier=est", {"Parc à l’est", "Pour tout Orly", "Partout"}),
        ("?quartier=ouest", {"Parc à l’ouest", "Partout"}),
        ("?quartier=nulle-part", titles),
    ):
        page = text_of(client, f"/fr/consultations{query}")
        assert {title for title in titles if title in page} == expected, query


@pytest.mark.parametrize("stage", ["open", "coming", "closed", "answered"])
def test_a_long_group_is_paged_without_skipping_or_repeating(
    app: Flask, client: FlaskClient, stage: str
) -> None:
    contract = make.make_contract()
    quartier = make.make_quartier(contract)
    for _each in range(45):
        make_consultation(contract, quartiers=[quartier], stage=stage)
    group = {"open": "ouvertes", "coming": "a-venir", "closed": "en-attente", "answered": "repondues"}[stage]
    path: str | None = f"/fr/consultations?etat={group}"
    seen: list[str] = []
    pages = []
    while path:
        page = client.get(path).get_data(as_text=True)
        pages.append(path)
        main = page.partition("<main")[2]
        seen += [part.partition('"')[0] for part in main.split('href="/fr/consultations/')[1:]]
        after = main.partition('rel="next" href="')[2].partition('"')[0]
        path = after.replace("&amp;", "&") or None
    assert len(seen) == len(set(seen)) == 45
    assert len(pages) == 3
    back = client.get(pages[-1]).get_data(as_text=True).partition('rel="prev" href="')[2].partition('"')[0]
    again = client.get(back.replace("&amp;", "&")).get_data(as_text=True).partition("<main")[2]
    assert [part.partition('"')[0] for part in again.split('href="/fr/consultations/')[1:]] == seen[20:40]


def test_the_page_says_what_can_change_who_decides_until_when_and_for_whom(
    app: Flask, client: FlaskClient
) -> None:
    row = make_consultation(
        title="Les jeux du parc",
        audience="Les parents.",
        languages=["fr", "ar"],
        counted=40,
        counted_at=TODAY,
        age_to_answer=11,
    )
    make_question(make_step(row))
    page = text_of(client, f"/fr/consultations/{row.slug}")
    for said in (
        "Les horaires et le mobilier.",
        "Le budget et le lieu.",
        "Le conseil municipal.",
        "L’équipe du contrat de ville.",
        "Votre avis est lu avant que la décision soit prise.",
        "La réponse vient au plus tard le",
        "Les parents.",
        "À partir de 11 ans.",
        "encore 10 jours",
        "au moins 40 réponses",
        "Rien : ni compte, ni carte.",
        "Pas encore en : anglais.",
    ):
        assert said in page, said


def test_the_page_says_what_follows_of_a_tie_where_one_option_wins(
    app: Flask, client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    row = opened(staff, contract, [make.make_quartier(contract)])
    assert "En cas d’égalité" in text_of(client, f"/fr/consultations/{row.slug}")
    other = make_consultation(contract)
    assert "En cas d’égalité" not in text_of(client, f"/fr/consultations/{other.slug}")


def test_the_page_says_how_often_it_was_prolonged_and_why(
    app: Flask, client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    row = opened(staff, contract, [make.make_quartier(contract)])
    assert "Ce qui a changé" not in text_of(client, f"/fr/consultations/{row.slug}")
    prolong(
        staff,
        row.id,
        closes_at=in_days(20),
        paper_until=None,
        answer_due_on=on_day(70),
        reason={"fr": "La fête a été reportée.", "ar": "تأجل الحفل."},
        version=row.version,
    )
    page = text_of(client, f"/fr/consultations/{row.slug}")
    for said in ("Prolongée le", "La fête a été reportée.", "Fermeture : ", "et non le"):
        assert said in page, said
    assert "تأجل الحفل." in text_of(client, f"/ar/consultations/{row.slug}")


def test_the_page_says_that_paper_alone_is_taken_in_for_longer(
    app: Flask, client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    row = make_consultation(contract, stage="paper")
    assert row.closes_at is not None
    assert row.answer_due_on is not None
    prolong(
        staff,
        row.id,
        closes_at=row.closes_at,
        paper_until=in_days(4),
        answer_due_on=row.answer_due_on,
        reason={"fr": "Une boîte de feuilles est revenue."},
        version=row.version,
    )
    page = text_of(client, f"/fr/consultations/{row.slug}")
    assert "Feuilles de papier acceptées jusqu’au" in page
    assert "Fermeture : " not in page


def test_the_page_says_which_words_were_corrected_once_somebody_accepted(
    app: Flask, client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    row = opened(staff, contract, [make.make_quartier(contract)])
    make_answer(row)
    number, _title = make_correction(row)
    assert "Une faute." not in text_of(client, f"/fr/consultations/{row.slug}")
    decide(staff, row.id, number, accept=True)
    page = text_of(client, f"/fr/consultations/{row.slug}")
    for said in ("Corrigé le", "Une faute.", "La placette, quel nom ?", "Un autre titre"):
        assert said in page, said
    # Its Arabic words did not change: the page says what did.
    assert 'lang="fr" dir="ltr">Un autre titre' in text_of(client, f"/ar/consultations/{row.slug}")


def test_on_the_last_day_the_page_says_the_minute(app: Flask, client: FlaskClient) -> None:
    closes = TODAY.replace(hour=16, minute=45)
    row = make_consultation(closes_at=closes, paper_until=None)
    assert "jusqu’à 17:45" in text_of(client, f"/fr/consultations/{row.slug}")


@pytest.mark.parametrize("path", ["/fr/consultations", "/fr/consultations/une-rue", "/fr/"])
def test_a_page_kept_before_it_closes_is_not_shown_after(app: Flask, client: FlaskClient, path: str) -> None:
    closes = TODAY + timedelta(hours=2)
    make_consultation(slug="une-rue", title="La rue", closes_at=closes, paper_until=closes)
    before = text_of(client, path)
    with counting(app) as statements:
        assert text_of(client, path) == before
    assert len(statements) <= 1, "it is kept"
    with clock.frozen_everywhere(closes - timedelta(seconds=1)):
        assert text_of(client, path) == before
    with clock.frozen_everywhere(closes):
        after = text_of(client, path)
    assert after != before
    assert "jusqu’à 12:00" in before
    assert "jusqu’à 12:00" not in after


@pytest.mark.parametrize(
    ("where", "read"),
    [
        ("/fr/consultations/une-rue", "cdv_civic.consultations.public.views.consultation_page"),
        ("/fr/contrats/val/instances/groupe", "cdv_civic.pages.views.bodies.of_body"),
        ("/fr/", "cdv_civic.pages.queries.contracts.at_home"),
    ],
)
def test_a_page_that_is_made_as_it_closes_is_not_shown_after(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, where: str, read: str
) -> None:
    closes = TODAY + timedelta(hours=2)
    contract = make.make_contract("val")
    body = make_body(contract, slug="groupe")
    make_consultation(contract, body_id=body.id, slug="une-rue", closes_at=closes, paper_until=closes)
    module, _dot, name = read.rpartition(".")
    really = getattr(import_module(module), name)
    with ExitStack() as time:
        time.enter_context(clock.frozen_everywhere(closes - timedelta(milliseconds=1)))

        def slowly(*given: Any) -> Any:
            found = really(*given)
            time.enter_context(clock.frozen_everywhere(closes))
            return found

        monkeypatch.setattr(read, slowly)
        as_it_closes = text_of(client, where)
        monkeypatch.setattr(read, really)
        after = text_of(client, where)
        assert after != as_it_closes


def test_a_page_kept_before_it_opens_is_not_shown_after(app: Flask, client: FlaskClient) -> None:
    opens = TODAY + timedelta(hours=2)
    row = make_consultation(stage="coming", opens_at=opens)
    assert "Ouverture : " in text_of(client, f"/fr/consultations/{row.slug}")
    with clock.frozen_everywhere(opens):
        assert "Ouverture : " not in text_of(client, f"/fr/consultations/{row.slug}")


def test_a_draft_is_not_found_and_one_that_was_withdrawn_says_why(app: Flask, client: FlaskClient) -> None:
    draft = make_consultation(stage="draft")
    text_of(client, f"/fr/consultations/{draft.slug}", 404)
    text_of(client, "/fr/consultations/rien", 404)
    gone = make_consultation(
        title="La rue", withdrawn_at=clock.now(), withdrawn_reason="La rue est déjà refaite."
    )
    page = text_of(client, f"/fr/consultations/{gone.slug}")
    assert "La rue est déjà refaite." in page
    assert "Répondre" not in page
    assert gone.slug not in text_of(client, "/fr/consultations")


def test_the_page_of_a_body_and_of_a_quartier_lead_there(app: Flask, client: FlaskClient) -> None:
    contract = make.make_contract("val")
    quartier = make.make_quartier(contract, slug="est")
    body = make_body(contract, slug="conseil", quartiers=[quartier])
    row = make_consultation(contract, quartiers=[quartier], title="Les bancs", body_id=body.id)
    for path in ("/fr/quartiers/est", "/fr/contrats/val/instances/conseil", "/fr/en-ce-moment"):
        assert f"/fr/consultations/{row.slug}" in text_of(client, path), path


def test_home_has_a_door_only_while_something_is_open(app: Flask, client: FlaskClient) -> None:
    contract = make.make_contract()
    coming = make_consultation(contract, stage="coming", opens_at=TODAY + timedelta(hours=1))
    assert "Donner mon avis" not in text_of(client, "/fr/").partition("<footer")[0]
    assert coming.opens_at is not None
    with clock.frozen_everywhere(coming.opens_at):
        assert "Donner mon avis" in text_of(client, "/fr/").partition("<footer")[0]


def test_a_part_of_the_contract_says_whether_it_was_discussed(app: Flask, client: FlaskClient) -> None:
    contract = make.make_contract("val")
    axis, other = make.make_axis(contract, code="O1"), make.make_axis(contract, code="O2")
    row = make_consultation(contract, title="Les priorités")
    question = make_question(make_step(row, kind="priorities"), kind="rank", options=[])
    make_option(question, axis_id=axis.id)
    assert row.slug in text_of(client, "/fr/contrats/val?axe=O1")
    page = text_of(client, "/fr/contrats/val?axe=O2")
    assert row.slug not in page
    assert "sans consultation sur ce site" in page
    assert other.id


def test_a_part_without_consultation_of_its_own_says_which_ones_came_since(
    app: Flask, client: FlaskClient
) -> None:
    contract = make.make_contract("val", signed_on=clock.today() - timedelta(days=60))
    axis = make.make_axis(contract, code="O1")
    alone = "n’a pas eu de concertation à elle"

    def ask(title: str, **values: Any) -> None:
        row = make_consultation(contract, title=title, **values)
        question = make_question(make_step(row, kind="priorities"), kind="rank", options=[])
        make_option(question, axis_id=axis.id)

    ask("Au début", opens_at=clock.now() - timedelta(days=90), closes_at=clock.now() - timedelta(days=70))
    page = text_of(client, "/fr/contrats/val?axe=O1")
    assert "Discutée dans la consultation" in page
    assert alone not in page
    set_axis_origin(make.make_account(), axis.id, "sans_concertation", {}, version=0)
    page = text_of(client, "/fr/contrats/val?axe=O1")
    assert alone in page
    assert "Discutée depuis" not in page, "what was asked before the contract is not since"
    ask("En ce moment")
    page = text_of(client, "/fr/contrats/val?axe=O1")
    assert page.index(alone) < page.index("Discutée depuis dans la consultation")
    assert "sans consultation sur ce site" not in page


def test_a_page_kept_before_a_consultation_opens_does_not_say_it_is_coming_after(
    app: Flask, client: FlaskClient
) -> None:
    contract = make.make_contract("val")
    axis = make.make_axis(contract, code="O1")
    row = make_consultation(contract, stage="coming", opens_at=TODAY + timedelta(hours=1))
    question = make_question(make_step(row, kind="priorities"), kind="rank", options=[])
    make_option(question, axis_id=axis.id)
    assert "Bientôt discutée dans la consultation" in text_of(client, "/fr/contrats/val?axe=O1")
    assert row.opens_at is not None
    with clock.frozen_everywhere(row.opens_at):
        page = text_of(client, "/fr/contrats/val?axe=O1")
    assert "Bientôt discutée" not in page
    assert "Discutée dans la consultation" in page


def test_a_page_costs_a_dozen_statements_with_few_and_many(app: Flask, client: FlaskClient) -> None:
    contract = make.make_contract()
    quartiers = [make.make_quartier(contract) for _each in range(3)]

    def costs() -> dict[str, int]:
        found = {}
        for path in ("/fr/consultations", "/ar/consultations?etat=ouvertes", "/ar/consultations/une-rue"):
            app.extensions["page_store"].clear()
            with counting(app) as statements:
                assert client.get(path).status_code == 200
            # Which languages are spoken here is known of the whole site.
            found[path] = len([each for each in statements if "language_help" not in each])
        return found

    make_consultation(contract, quartiers=quartiers, slug="une-rue")
    few = costs()
    for _each in range(60):
        make_consultation(contract, quartiers=quartiers)
    assert costs() == few
    assert max(few.values()) <= 12


def test_what_is_closed_is_said_as_past_and_a_late_answer_can_be_asked_for(
    app: Flask, client: FlaskClient
) -> None:
    row = make_consultation(
        stage="closed",
        age_to_answer=11,
        answer_due_on=clock.today() - timedelta(days=3),
        audience="Les familles",
    )
    page = text_of(client, f"/fr/consultations/{row.slug}")
    for said in ("Ce que les réponses pouvaient changer", "C’était ouvert jusqu’au", "Ce qui était demandé"):
        assert said in page, said
    for said in ("Ce que votre réponse peut changer", "Comment répondre", "La réponse vient au plus tard"):
        assert said not in page, said
    assert "Les familles<br>À partir de 11 ans." in page
    assert re.search(r'href="/fr/[^"]+"[^>]*>Demander la réponse</a>', page)
