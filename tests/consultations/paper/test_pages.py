"""The pages of paper: print, type in, correct, compare, send a table, put up posters."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cdv_civic.consultations.paper.operations.entering import enter_sheet
from cdv_civic.consultations.paper.queries.sheets import answer_of_sheet, batches_of, sheets_of
from cdv_civic.consultations.paper.rules.numbers import sheet_code
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Scope, ScopeKind
from tests.consultations.paper.sheets import Asked, make_asked, typed
from tests.factories import make_account
from tests.page_forms import PageForm
from tests.signing_in import open_browser, send

pytestmark = pytest.mark.one_database


@pytest.fixture
def asked(app: Flask) -> Asked:
    return make_asked()


@pytest.fixture
def desk(app: Flask, asked: Asked) -> FlaskClient:
    client = app.test_client()
    open_browser(client, asked.staff)
    return client


def fill(client: FlaskClient, address: str, having: str, /, **values: str) -> TestResponse:
    """Open a page, fill its form, send it."""
    page = client.get(address)
    assert page.status_code == 200, page.text[:500]
    return client.post(address, data=PageForm(page.text, having).filled(values))


def codes(asked: Asked, /, **values: str) -> dict[str, str]:
    return {f"q{asked.questions[kind]}": said for kind, said in values.items()}


def test_every_page_opens_in_every_language(asked: Asked, desk: FlaskClient) -> None:
    enter_sheet(asked.staff, asked.row.id, typed(asked, 3))
    for lang in ("fr", "en", "ar"):
        for page in (
            "", "/imprimer", "/saisir", "/ecarter", "/comparer", "/tableau", "/affiches", "/affiche", "/affichettes",
            "/feuilles/3", "/feuilles/4", "/feuilles/3/retirer", "/feuilles/3/photo",
            f"/lots/{batches_of(asked.row.id)[0].id}", f"/lots/{batches_of(asked.row.id)[0].id}/feuilles",
        ):  # fmt: skip
            answer = desk.get(asked.path.replace("/fr/", f"/{lang}/") + page)
            assert answer.status_code == 200, page
            assert answer.headers["Cache-Control"] == "no-store"


def test_the_batches_say_what_is_missing(asked: Asked, desk: FlaskClient) -> None:
    for number in (1, 2, 5):
        enter_sheet(asked.staff, asked.row.id, typed(asked, number))
    fill(desk, f"{asked.path}/ecarter", "sheets", sheets="3, 8-19", reason="perdue")
    page = desk.get(asked.path).text
    assert "3 sur 20" in page
    assert "4, 6 à 7, 20" in page
    assert "Il manque 4 feuilles." in page
    assert sheet_code(asked.row.id) in page


def test_sheets_are_ordered_and_have_their_files(asked: Asked, desk: FlaskClient) -> None:
    answer = fill(desk, f"{asked.path}/imprimer", "quantity", quantity="110")
    assert answer.status_code == 303
    page = desk.get(answer.headers["Location"]).text
    assert "Feuilles 21 à 130" in page
    assert "Feuilles 121 à 130 (PDF)" in page
    sheets = desk.get(answer.headers["Location"] + "/feuilles?partie=3").text
    assert sheets.count('class="paper-sheet"') == 10
    assert f"{sheet_code(asked.row.id)} 0130" in sheets
    assert "0120" not in sheets


def test_one_sheet_after_the_other_with_the_next_number_proposed(asked: Asked, desk: FlaskClient) -> None:
    address = f"{asked.path}/saisir"
    for number in range(1, 4):
        page = desk.get(address)
        form = PageForm(page.text, "sheet")
        assert dict(form.sent)["sheet"] == str(number)
        assert re.search(
            r"<input[^>]*autofocus[^>]*name=\"sheet\"|<input[^>]*name=\"sheet\"[^>]*autofocus", page.text
        )
        answer = desk.post(
            address,
            data=form.filled(codes(asked, single="b", multiple="AC", number="12", rank="CAB", points="7 3")),
        )
        assert answer.status_code == 303
        address = answer.headers["Location"]
    assert "La feuille 3 est gardée." in desk.get(address).text
    found = answer_of_sheet(asked.row.id, 3)
    assert found is not None
    assert found.answers[asked.questions["number"]].number == 12
    a, b, c = asked.options["rank"]
    assert found.answers[asked.questions["rank"]].choices == {c: 1, a: 2, b: 3}


def test_what_was_typed_stays_with_what_is_wrong(asked: Asked, desk: FlaskClient) -> None:
    wrong = codes(asked, single="Z", multiple="AC", number="douze", rank="AAB", points="9", long="Des bancs")
    answer = fill(desk, f"{asked.path}/saisir", "sheet", sheet="OUI", **wrong)
    assert answer.status_code == 422
    again = dict(PageForm(answer.text, "sheet").sent)
    assert {name: again[name] for name in (*wrong, "sheet")} == {**wrong, "sheet": "OUI"}
    for said in (
        "Ce n’est pas un numéro de feuille.",
        "Écrivez une lettre entre A et D.",
        "Écrivez un nombre entier, ou laissez vide.",
        "Écrivez chaque lettre une seule fois",
        "Les points doivent faire 10 en tout.",
    ):
        assert said in answer.text
    assert sheets_of(asked.row.id).entered == frozenset()


def test_a_sheet_of_another_consultation_is_told_by_its_code(asked: Asked, desk: FlaskClient) -> None:
    other = sheet_code(asked.row.id + 1)
    answer = fill(desk, f"{asked.path}/saisir", "sheet", sheet=f"{other} 0003", **codes(asked, single="A"))
    assert f"Cette feuille ({other}) est d’une autre consultation." in answer.text
    here = sheet_code(asked.row.id).lower()
    assert (
        fill(
            desk, f"{asked.path}/saisir", "sheet", sheet=f"{here}-0003", **codes(asked, single="A")
        ).status_code
        == 303
    )


def test_a_sheet_is_corrected_with_its_codes_shown(asked: Asked, desk: FlaskClient) -> None:
    fill(
        desk,
        f"{asked.path}/saisir",
        "sheet",
        sheet="6",
        **codes(asked, single="b", points="0 10", long="Un <b>mot"),
    )
    address = f"{asked.path}/feuilles/6"
    shown = dict(PageForm(desk.get(address).text, "version").sent)
    assert shown[f"q{asked.questions['single']}"] == "B"
    assert shown[f"q{asked.questions['points']}"] == "0 10"
    assert shown[f"q{asked.questions['long']}"] == "Un <b>mot"
    assert fill(desk, address, "version", **codes(asked, single="D")).status_code == 303
    found = answer_of_sheet(asked.row.id, 6)
    assert found is not None
    assert list(found.answers[asked.questions["single"]].choices) == [asked.options["single"][3]]


def test_a_relais_reads_no_sheet_that_somebody_else_typed(app: Flask, asked: Asked) -> None:
    relais = make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, asked.quartiers[0].id))
    enter_sheet(asked.staff, asked.row.id, typed(asked, 6, words="Un secret"))
    client = app.test_client()
    open_browser(client, relais)
    answer = client.get(f"{asked.path}/feuilles/6")
    assert answer.status_code == 403
    assert "Un secret" not in answer.text
    assert client.get(asked.path).status_code == 200
    fill(client, f"{asked.path}/saisir", "sheet", sheet="7", **codes(asked, long="Mes mots"))
    assert "Mes mots" in client.get(f"{asked.path}/feuilles/7").text


def test_nobody_beside_the_organiser_reads_on_paper_what_is_prepared(app: Flask) -> None:
    draft = make_asked(places=2, sheets=0, stage="draft")
    relais = make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, draft.quartiers[0].id))
    for who, status in ((relais, 403), (draft.staff, 200)):
        client = app.test_client()
        open_browser(client, who)
        assert client.get(f"{draft.path}/modele.csv").status_code == status


def test_where_one_lives_is_asked_where_several_quartiers_are(app: Flask) -> None:
    asked = make_asked(places=2)
    client = app.test_client()
    open_browser(client, asked.staff)
    fill(client, f"{asked.path}/saisir", "sheet", sheet="7", **codes(asked, single="A"), q0="B")
    found = answer_of_sheet(asked.row.id, 7)
    assert found is not None
    assert found.quartier_id == asked.quartiers[1].id
    page = client.get(f"{asked.path}/feuilles/7").text
    assert dict(PageForm(page, "version").sent)["q0"] == "B"
    assert "Quartier A" in client.get(f"{asked.path}/lots/{batches_of(asked.row.id)[0].id}/feuilles").text


def test_what_is_typed_is_deleted_with_a_reason(asked: Asked, desk: FlaskClient) -> None:
    enter_sheet(asked.staff, asked.row.id, typed(asked, 6))
    address = f"{asked.path}/feuilles/6"
    assert fill(desk, f"{address}/retirer", "csrf_token").status_code == 422
    assert answer_of_sheet(asked.row.id, 6) is not None
    db.session.rollback()
    assert fill(desk, f"{address}/retirer", "csrf_token", reason="retiree").status_code == 303
    assert answer_of_sheet(asked.row.id, 6) is None
    assert "La personne a demandé de la retirer" in desk.get(address).text
    send(desk, f"{address}/remettre", page=address)
    db.session.rollback()
    assert 6 in sheets_of(asked.row.id).missing()


def test_two_people_compare_what_they_read(app: Flask) -> None:
    asked = make_asked(entered_twice=True)
    clients = []
    for who in (asked.staff, make_account(contract=asked.contract)):
        client = app.test_client()
        open_browser(client, who)
        clients.append(client)
    one, other = clients
    first = fill(one, f"{asked.path}/saisir", "sheet", sheet="2", **codes(asked, single="A", number="5"))
    assert "attend qu’une deuxième personne" in one.get(first.headers["Location"]).text
    # Blind: the second sees an empty form.
    assert not dict(PageForm(other.get(f"{asked.path}/saisir?apres=1").text, "sheet").sent)[
        f"q{asked.questions['single']}"
    ]
    second = fill(
        other, f"{asked.path}/saisir?apres=1", "sheet", sheet="2", **codes(asked, single="B", number="5")
    )
    assert "a lu autre chose" in other.get(second.headers["Location"]).text
    page = other.get(f"{asked.path}/comparer/2").text
    assert "Comment venez-vous" in page
    assert "Combien de minutes" not in page
    assert fill(other, f"{asked.path}/comparer/2", "csrf_token", place="2").status_code == 303
    found = answer_of_sheet(asked.row.id, 2)
    assert found is not None
    assert list(found.answers[asked.questions["single"]].choices) == [asked.options["single"][1]]


def test_photos_are_for_those_who_read_all_words(app: Flask, asked: Asked, desk: FlaskClient) -> None:
    enter_sheet(asked.staff, asked.row.id, typed(asked, 6))
    page = desk.get(f"{asked.path}/feuilles/6/photo").text
    pdf = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF"
    answer = desk.post(
        f"{asked.path}/feuilles/6/photo",
        data={**PageForm(page, "csrf_token").filled({}), "photo": (io.BytesIO(pdf), "feuille.pdf")},
    )
    assert answer.status_code == 303
    shown = desk.get(answer.headers["Location"]).text
    found = re.search(r'href="([^"]+/preuves/[0-9]+)"', shown)
    assert found
    file = desk.get(found[1])
    assert (file.status_code, file.data) == (200, pdf)
    assert file.headers["Cache-Control"] == "no-store"
    relais = make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, asked.quartiers[0].id))
    client = app.test_client()
    open_browser(client, relais)
    assert client.get(found[1]).status_code == 403


def test_the_short_address_leads_to_what_is_public(app: Flask, asked: Asked) -> None:
    client = app.test_client()
    answer = client.get(f"/c/{asked.row.id}", headers={"Accept-Language": "ar"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"/ar/consultations/{asked.row.slug}")
    draft = make_asked(stage="draft", sheets=0)
    assert client.get(f"/c/{draft.row.id}").status_code == 404


def test_a_panel_has_its_sentence_in_each_language(asked: Asked, desk: FlaskClient) -> None:
    page = desk.get(f"{asked.path}/affiches").text
    texts = re.findall(r"<textarea[^>]*readonly[^>]*>([^<]+)</textarea>", page)
    assert len(texts) == 3
    assert all(len(each) <= 120 and f"/c/{asked.row.id}" in each for each in texts)
