"""The desk of meetings: dates, counts, publications, numbers, as staff use it."""

import csv
import html
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.models import Attendance, BodyPublication, MeetingException
from cdv_civic.bodies.operations.occurrences import enter_attendance
from cdv_civic.bodies.operations.publication_drafts import PublicationDraft
from cdv_civic.bodies.operations.publications import publish
from cdv_civic.bodies.rules import monthly
from cdv_civic.core.csv_export import harmless
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, at, make_body
from tests.core.uploads.files import PDF
from tests.draws.draws import make_draw
from tests.page_forms import PageForm
from tests.signing_in import open_browser, send, token_of

SATURDAY = date(2026, 9, 5)


@pytest.fixture
def contract(app: object) -> Contract:
    return make.make_contract("val")


@pytest.fixture
def body(contract: Contract) -> Body:
    return make_body(contract, "=Conseil citoyen", slug="conseil")


@pytest.fixture
def moderator(body: Body) -> SignedIn:
    return make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))


@pytest.fixture
def series(body: Body, moderator: SignedIn) -> int:
    return announce(
        moderator, body, SATURDAY, kind="permanence", title={"fr": "On vous écoute"},
        recurrence=monthly(SATURDAY), starts_at=at(SATURDAY, 10), ends_at=at(SATURDAY, 12),
    )  # fmt: skip


@pytest.fixture
def desk(client: FlaskClient, moderator: SignedIn) -> FlaskClient:
    open_browser(client, moderator)
    return client


def address(body: Body, rest: str = "") -> str:
    return f"/fr/bureau/instances/{body.id}{rest}"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return html.unescape(found.group(1))


def test_a_date_is_cancelled_moved_and_put_back_by_forms(
    desk: FlaskClient, body: Body, series: int, session: Session
) -> None:
    page = address(body, f"/rencontres/{series}")
    assert "samedi 5 décembre 2026" in desk.get(page).text
    cancel, move, back = (f"{page}/dates/2026-12-05/{act}" for act in ("annuler", "deplacer", "retablir"))
    empty = send(desk, cancel, version="0", reason_fr="")
    assert empty.status_code == 422
    assert send(desk, cancel, version="0", reason_fr="La salle est prise.").status_code == 303
    assert "La salle est prise." in desk.get(page).text
    assert desk.get(cancel).status_code == 303
    assert hidden(desk.get(move).text, "version") == "1"
    late = send(
        desk, move, version="0", day="2026-12-12", start="10:00", end="", place="", reason_fr="Mes mots."
    )
    assert late.status_code == 409
    assert "Mes mots." in late.text
    assert hidden(late.text, "version") == "1"
    answer = send(
        desk, move, version="1", day="2026-12-12", start="10:00", end="", place="", reason_fr="Autre salle."
    )
    assert answer.status_code == 303
    row = session.execute(select(MeetingException)).scalar_one()
    assert (row.state, row.starts_at) == ("moved", at(date(2026, 12, 12), 10))
    assert "samedi 12 décembre 2026" in desk.get("/fr/contrats/val/instances/conseil").text
    assert send(desk, back, version="2").status_code == 303
    assert "samedi 12 décembre 2026" not in desk.get("/fr/contrats/val/instances/conseil").text
    assert desk.get(back).status_code == 303


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_at_the_end_of_time_is_refused_beside_its_field(
    desk: FlaskClient, body: Body, series: int, day: str
) -> None:
    move = address(body, f"/rencontres/{series}/dates/2026-12-05/deplacer")
    answer = send(desk, move, version="0", day=day, start="00:00", reason_fr="Autre salle.")
    assert answer.status_code == 422
    assert "31/12/2026" in answer.text
    new = address(body, "/rencontres/nouvelle")
    fields = {"kind": "meeting", "title_fr": "Le parc", "start": "00:00", "client_key": "a" * 32}
    assert send(desk, new, day=day, **fields).status_code == 422


@pytest.mark.parametrize("day", ["2026-12-06", "demain", "2026-13-01", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("act", ["annuler", "deplacer", "retablir", "presents", "feuille"])
def test_a_day_without_a_date_is_not_found(
    desk: FlaskClient, body: Body, series: int, day: str, act: str
) -> None:
    assert desk.get(address(body, f"/rencontres/{series}/dates/{day}/{act}")).status_code == 404


def test_a_meeting_of_another_body_is_not_found(
    desk: FlaskClient, body: Body, contract: Contract, series: int
) -> None:
    other = announce(make.make_account(), make_body(contract, "Ailleurs"))
    for path in ("", "/dates/2026-12-10/presents", "/modifier"):
        assert desk.get(address(body, f"/rencontres/{other}{path}")).status_code == 404
    publication = publish(
        make.make_account(), make_body(contract, "Là-bas").id,
        PublicationDraft("avis", {"fr": "Oui."}, title={"fr": "Avis"}, said_on=SATURDAY), client_key="un-autre-avis", zone=PARIS,
    )  # fmt: skip
    for path in ("modifier", "retirer"):
        assert desk.get(address(body, f"/publications/{publication}/{path}")).status_code == 404


def test_people_are_counted_by_a_form_that_loses_nothing(
    desk: FlaskClient, body: Body, series: int, session: Session
) -> None:
    form = address(body, f"/rencontres/{series}/dates/2026-10-03/presents")
    for typed in ("", "beaucoup", "-3"):
        wrong = send(desk, form, version="0", present=typed, first_time="")
        assert wrong.status_code == 422
        assert "par exemple 12" in wrong.text
    assert send(desk, form, version="0", present="14", first_time="5").status_code == 303
    late = send(desk, form, version="0", present="9", first_time="")
    assert late.status_code == 409
    assert 'value="9"' in late.text
    assert session.execute(select(Attendance.present)).scalar_one() == 14
    assert "14 personnes sont venues, dont 5 pour la première fois" in desk.get(
        f"/fr/contrats/val/instances/conseil/rencontres/{series}"
    ).text.replace("\n", " ")


def test_the_sheet_asks_for_no_name(desk: FlaskClient, body: Body, series: int) -> None:
    page = desk.get(address(body, f"/rencontres/{series}/dates/2026-10-03/feuille")).text
    assert page.count("<tr>") == 25
    assert "le site ne garde aucun nom" in page
    assert "<form" not in page.split("<main")[1]


def give(desk: FlaskClient, form: str, **fields: object) -> TestResponse:
    return desk.post(form, data={"csrf_token": token_of(desk.get(form)), **fields})


def test_minutes_are_published_with_their_file_by_a_form(
    desk: FlaskClient, body: Body, series: int, session: Session
) -> None:
    form = address(body, f"/publications/nouvelle?rencontre={series}&date=2026-10-03&sorte=compte_rendu")
    key = hidden(desk.get(form).text, "client_key")
    fields = {
        "client_key": key, "summary_fr": "Nous avons parlé du parc.", "decision_1_fr": "Planter.",
        "who_1": "La ville", "by_1": "2027-03-01", "decision_5_fr": "Revenir.", "caption_1": "Le tout",
    }  # fmt: skip
    empty = give(desk, form, **{**fields, "summary_fr": "", "file_1": (io.BytesIO(PDF), "a.pdf")})
    assert empty.status_code == 422
    assert "Planter." in empty.text
    assert "Choisissez de nouveau ce fichier, ou un autre." in empty.text
    wrong = give(desk, form, **{**fields, "file_1": (io.BytesIO(b"MZ"), "a.pdf")})
    assert wrong.status_code == 422
    assert "ni une photo ni un PDF" in wrong.text
    for _twice in range(2):
        answer = give(desk, form, **{**fields, "file_1": (io.BytesIO(PDF), "a.pdf")})
        assert answer.status_code == 303
    row = session.execute(select(BodyPublication)).scalar_one()
    for path in (f"/publications/{row.id}", "/publications", f"/rencontres/{series}"):
        page = desk.get(f"/fr/contrats/val/instances/conseil{path}").text
        assert "Nous avons parlé du parc." in page
        assert "Revenir." in page
        assert "Le tout" in page
    change = address(body, f"/publications/{row.id}/modifier")
    assert 'value="Revenir."' in desk.get(change).text
    late = give(desk, change, version="0", summary_fr="Mes mots.")
    assert late.status_code == 409
    assert "Mes mots." in late.text
    assert give(desk, change, version="1", summary_fr="Plus court.").status_code == 303
    withdraw = address(body, f"/publications/{row.id}/retirer")
    assert give(desk, withdraw, version="2", reason_fr="Erreur.").status_code == 303
    assert desk.get(withdraw).status_code == 303
    assert desk.get(change).status_code == 303


@pytest.mark.parametrize(
    "query", ["rencontre=999&date=2026-10-03&sorte=compte_rendu", "rencontre={}&date=2026-10-03&sorte=avis",
              "rencontre={}&date=2026-10-04&sorte=compte_rendu", "rencontre={}&date=&sorte=compte_rendu"],
)  # fmt: skip
def test_papers_of_no_date_are_not_found(desk: FlaskClient, body: Body, series: int, query: str) -> None:
    assert desk.get(address(body, f"/publications/nouvelle?{query.format(series)}")).status_code == 404


def test_an_opinion_is_published_by_a_form(desk: FlaskClient, body: Body, session: Session) -> None:
    form = address(body, "/publications/nouvelle")
    key = hidden(desk.get(form).text, "client_key")
    fields = {"client_key": key, "kind": "avis", "title_fr": "Le parc", "summary_fr": "D’accord."}
    future = give(desk, form, **fields, said_on="2027-01-01")
    assert future.status_code == 422
    assert "à venir" in future.text
    assert give(desk, form, **fields, said_on="2026-11-02").status_code == 303
    assert "Le parc" in desk.get(address(body, "/publications")).text
    assert session.execute(select(BodyPublication.kind)).scalar_one() == "avis"


def test_the_second_of_two_who_publish_the_same_is_told_keeps_the_words_and_decides(
    app: Flask, body: Body, session: Session
) -> None:
    form = address(body, "/publications/nouvelle")
    opened = []
    for name in ("Ville d’Orly", "Conseil"):
        client = app.test_client()
        open_browser(client, make.make_account(organisation_name=name))
        opened.append((client, PageForm(client.get(form).text, "client_key")))
    (first, early), (second, late) = opened
    fields = {"kind": "avis", "title_fr": "Le parc", "summary_fr": "D’accord.", "said_on": "2026-11-02"}
    assert first.post(form, data=early.filled(fields)).status_code == 303
    refused = second.post(form, data=late.filled({**fields, "title_fr": "Avis sur le parc"}))
    page = html.unescape(refused.text)
    assert refused.status_code == 409
    assert "=Conseil citoyen a publié ceci il y a 1 minute" in page
    assert "Publier quand même" in page
    assert "Avis sur le parc" in page, "what was typed is still there"
    count = select(func.count()).select_from(BodyPublication)
    assert session.execute(count).scalar() == 1
    assert second.post(form, data=PageForm(refused.text, "client_key").filled({})).status_code == 303
    session.rollback()
    assert session.execute(count).scalar() == 2


def test_numbers_are_a_table_and_a_file_that_no_spreadsheet_runs(
    desk: FlaskClient, body: Body, moderator: SignedIn, series: int
) -> None:
    enter_attendance(moderator, series, date(2026, 10, 3), present=14, first_time=5, version=0, zone=PARIS)
    page = desk.get(address(body, "/chiffres"))
    assert page.headers["Cache-Control"] == "no-store"
    assert "1 sur 3" in page.text
    answer = desk.get(address(body, "/chiffres.csv"))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    header, line = csv.reader(answer.data.decode("utf-8-sig").splitlines(), delimiter=";")
    assert header[:3] == ["Instance", "Année", "Réunions tenues"]
    assert line[:7] == ["'=Conseil citoyen", "2026", "0", "3", "1", "14", "5"]


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-1", "@A1", "\tx", "\r=1"])
def test_a_cell_is_never_a_formula(cell: str) -> None:
    made = str(harmless(cell))
    assert made.startswith("'")
    assert made.replace("'", "") == cell
    assert harmless(-1) == -1


def test_a_member_reads_and_does_not_write(client: FlaskClient, body: Body, series: int) -> None:
    open_browser(client, make.make_account(role=Role.MEMBER.value, scope=Scope(ScopeKind.BODY, body.id)))
    page = client.get(address(body, f"/rencontres/{series}")).text
    assert "samedi 3 octobre 2026" in page
    assert "Compter les personnes" not in page
    assert "Annuler ce jour-là seulement" not in page
    assert client.get(address(body, "/chiffres")).status_code == 200
    assert client.get(address(body, "/publications/nouvelle")).status_code == 403


def test_the_menu_leads_where_the_person_may_go(desk: FlaskClient, body: Body) -> None:
    page = desk.get(address(body)).text
    menu = page.split('class="screen-only body-menu"')[1].split("</nav>")[0]
    assert 'aria-current="page"' in menu
    for path in ("/publications", "/chiffres"):
        assert address(body, path) in menu


def test_the_desk_costs_the_same_for_few_and_for_many(
    desk: FlaskClient, body: Body, moderator: SignedIn, series: int,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:  # fmt: skip
    paths = ("", f"/rencontres/{series}", "/publications", "/chiffres")
    costs: list[list[int]] = []
    for round_ in range(2):
        for number in range(2 if round_ == 0 else 25):
            publish(
                moderator, body.id, PublicationDraft("avis", {"fr": "Oui."}, title={"fr": "Avis"}, said_on=SATURDAY),
                client_key=f"avis-{round_}-{number:04}", zone=PARIS,
            )  # fmt: skip
            announce(moderator, body)
        costs.append([])
        for path in paths:
            with count_statements() as statements:
                assert desk.get(address(body, path)).status_code == 200
            costs[-1].append(len(statements))
    assert costs[0] == costs[1]


def test_the_menu_says_in_which_section_one_is(
    desk: FlaskClient, body: Body, moderator: SignedIn, series: int
) -> None:
    """On pages that are none of its entries: one meeting, one draw, the settings."""
    draw = make_draw(moderator, body)

    def marked(path: str) -> list[tuple[str, str]]:
        menu = desk.get(address(body, path)).text.split('class="screen-only body-menu"')[1].split("</nav>")[0]
        return re.findall(r'href="([^"]+)" aria-current="(\w+)"', menu)

    assert marked("") == [(address(body), "page")]
    assert marked(f"/rencontres/{series}") == [(address(body), "true")]
    assert marked(f"/tirages/{draw}") == [(address(body, "/tirages"), "true")]
    assert marked("/parole/reglages") == [(address(body, "/parole"), "true")]


def test_people_are_not_counted_on_a_date_to_come(desk: FlaskClient, body: Body, series: int) -> None:
    answer = desk.get(address(body, f"/rencontres/{series}/dates/2026-12-05/presents"))
    assert (answer.status_code, answer.location) == (303, address(body, f"/rencontres/{series}"))
    assert "comptez les personnes ce jour-là ou après" in desk.get(answer.location).text


def test_a_date_that_cannot_be_changed_by_itself_shows_no_form(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    only = announce(moderator, body)
    meeting = address(body, f"/rencontres/{only}")
    for act in ("annuler", "deplacer"):
        answer = desk.get(f"{meeting}/dates/2026-12-10/{act}")
        assert (answer.status_code, answer.location) == (303, meeting)
        assert "changez ou annulez la rencontre elle-même" in desk.get(meeting).text
