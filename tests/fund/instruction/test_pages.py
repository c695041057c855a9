"""The pages of the desk: what they show and cost, filters, acts by form and by button, files, and the export."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.receiving import read_upload, stored
from cdv_civic.fund.models.funds import Fund
from cdv_civic.fund.models.projects import FundProject, ProjectFile
from cdv_civic.fund.rules.fund_rules import AmountLimit, CarrierKind
from cdv_civic.fund.rules.projects import ProjectState
from tests.fund import funds
from tests.fund.funds import RULES
from tests.fund.instruction.desk import FundDesk, make_co_funder, make_desk, steps_of, stored_project
from tests.page_forms import PageForm
from tests.signing_in import open_browser, send, token_of

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def desk(app: Flask) -> FundDesk:
    return make_desk(replace(RULES, largest=AmountLimit(400_00), transports_a_year=1))


@pytest.fixture
def page(client: FlaskClient, desk: FundDesk) -> FlaskClient:
    open_browser(client, desk.staff)
    return client


def at(desk: FundDesk, more: str = "") -> str:
    return f"/fr/bureau/projets/appels/{desk.round.id}{more}"


def of(project: FundProject, more: str = "") -> str:
    return f"/fr/bureau/projets/{project.id}{more}"


def titles(client: FlaskClient, address: str) -> list[str]:
    text = client.get(address).text
    return re.findall(r'<span class="muted">\d+</span> ([^<]+)</a>', text)


def test_the_rounds_say_how_much_waits_in_each(page: FlaskClient, desk: FundDesk) -> None:
    funds.make_project(desk.round)
    funds.make_project(desk.round, return_by=clock.today() - timedelta(days=1))
    funds.make_project(desk.round, ProjectState.SELECTED, desk.envelope, granted_cents=1)
    text = page.get("/fr/bureau/projets").text
    assert "Appel de l’automne" in text
    assert re.search(r'etat=submitted">2</a>', text)
    assert re.search(r'etat=selected">1</a>', text)
    assert "retard=1" in text


def test_contacts_of_an_owner_see_its_funds_and_no_others(client: FlaskClient, desk: FundDesk) -> None:
    project = funds.make_project(desk.round)
    other = funds.make_round(funds.make_fund(desk.contract), "Appel d’un autre fonds")
    theirs = funds.make_project(other)
    open_browser(client, desk.owner)
    text = client.get("/fr/bureau/projets").text
    assert "Appel de l’automne" in text
    assert "Appel d’un autre fonds" not in text
    assert client.get(at(desk)).status_code == client.get(of(project)).status_code == 200
    for address in (
        f"/fr/bureau/projets/appels/{other.id}",
        f"/fr/bureau/projets/appels/{other.id}/exporter",
        of(theirs),
        of(theirs, "/manque"),
        of(theirs, "/photo/petite"),
        of(theirs, "/fichiers/1/document"),
    ):
        assert client.get(address).status_code == 403, address


def test_the_list_says_what_speaks_against_each_and_who_is_late(page: FlaskClient, desk: FundDesk) -> None:
    funds.make_project(
        desk.round,
        carrier_kind=CarrierKind.ASSOCIATION.value,
        carrier_name="Les amis du parc",
        service="Jeunesse",
        return_by=clock.today() - timedelta(days=2),
        state_on=clock.today() - timedelta(days=12),
    )
    text = page.get(at(desk)).text
    assert "demande trop" in text
    assert "Les amis du parc" in text
    assert "depuis 12 jours" in text
    assert "en retard" in text


def test_transports_of_one_carrier_are_counted_over_the_rounds_of_a_year(
    page: FlaskClient, desk: FundDesk
) -> None:
    other_round = funds.make_round(desk.fund)
    name: dict[str, Any] = {
        "carrier_kind": CarrierKind.ASSOCIATION.value,
        "transport": True,
        "asked_cents": 300_00,
        "own_cents": 300_00,
    }
    first = funds.make_project(desk.round, carrier_name="Les Amis du Parc", **name)
    funds.make_project(other_round, carrier_name="les amis du parc", **name)
    alone = funds.make_project(desk.round, carrier_name="Autre", **name)
    funds.make_project(other_round, ProjectState.ABANDONED, carrier_name="Autre", **name)
    assert "Ce porteur demande 2 sorties en car" in page.get(of(first)).text
    assert "ne disent rien contre ce projet" in page.get(of(alone)).text


def test_filters_and_words_narrow_the_list(page: FlaskClient, desk: FundDesk) -> None:
    funds.make_project(desk.round, title="Fête de l’été", service="Jeunesse")
    late: dict[str, Any] = {"return_by": clock.today() - timedelta(days=1)}
    one = funds.make_project(desk.round, ProjectState.ADMISSIBLE, title="Jardin partagé", **late)
    assert titles(page, at(desk)) == ["Fête de l’été", "Jardin partagé"]
    assert titles(page, at(desk, "?q=FETE")) == ["Fête de l’été"]
    assert titles(page, at(desk, "?q=fat")) == []
    assert titles(page, at(desk, f"?q={one.number}")) == ["Jardin partagé"]
    assert titles(page, at(desk, "?etat=admissible")) == ["Jardin partagé"]
    assert titles(page, at(desk, "?service=Jeunesse")) == ["Fête de l’été"]
    assert titles(page, at(desk, "?service=-")) == ["Jardin partagé"]
    assert titles(page, at(desk, "?retard=1")) == ["Jardin partagé"]
    assert "Rien ne correspond" in page.get(at(desk, "?q=zzz")).text
    assert "Rien ne correspond" in page.get(at(desk, "?quartier=99")).text


def test_pages_follow_one_another_by_number_and_so_do_projects(page: FlaskClient, desk: FundDesk) -> None:
    made = [funds.make_project(desk.round, title=f"Projet {number}") for number in range(65)]
    assert len(titles(page, at(desk))) == 60
    last = titles(page, at(desk, f"?apres={made[59].number}"))
    assert last == [f"Projet {number}" for number in range(60, 65)]
    text = page.get(of(made[1], "?etat=submitted")).text
    assert f'rel="next" href="{of(made[2])}?etat=submitted"' in text
    assert f'rel="prev" href="{of(made[0])}?etat=submitted"' in text
    assert 'rel="next"' not in page.get(of(made[-1])).text


def test_a_project_stands_whole_on_one_page(page: FlaskClient, desk: FundDesk) -> None:
    project = funds.make_project(
        desk.round,
        own_cents=50_00,
        contact_kind="email",
        contact="porteur@example.org",
        accompanist="Une médiatrice",
    )
    make_co_funder(project, 50_00)
    text = page.get(of(project)).text
    for said in (
        "1 chose à vérifier",
        "Ce fonds donne au plus",
        "CAF d’exemple",
        "Le compte est juste",
        "porteur@example.org",
        "Une médiatrice",
        "Un goûter, des jeux, de la musique.",
        "Déposé",
    ):
        assert said in text, said


def test_what_is_missing_is_asked_for_on_the_same_page(page: FlaskClient, desk: FundDesk) -> None:
    project = funds.make_project(desk.round)
    address = of(project, "/manque?etat=submitted")
    form = PageForm(page.get(address).text, "version")
    refused = page.post(address, data=form.filled({"reason_fr": ""}))
    assert refused.status_code == 422
    assert "la personne lira ces mots" in refused.text
    answer = page.post(address, data=form.filled({"reason_fr": "Le devis."}))
    assert answer.location == f"{of(project)}?etat=submitted#faire"
    assert stored_project(project).state == "incomplete"


def test_a_refusal_proposes_where_else_to_ask_as_the_fund_says(page: FlaskClient, desk: FundDesk) -> None:
    with transaction() as session:
        owner = TextOwner("fund", desk.fund.id, "elsewhere", desk.contract.id)
        text_id = write_original(session, "Demandez au centre social.", owner).id
        session.execute(update(Fund).where(Fund.id == desk.fund.id).values(elsewhere_id=text_id))
    project = funds.make_project(desk.round, contact_language="ar")
    text = page.get(of(project, "/irrecevable")).text
    assert "Demandez au centre social." in text
    assert 'name="reason_ar"' in text
    assert 'name="reason_en"' not in text


def test_a_button_acts_once_and_says_what_it_did(page: FlaskClient, desk: FundDesk) -> None:
    project = funds.make_project(desk.round)
    address = of(project, "/recevable/fait")
    token = token_of(page.get(of(project)))
    for said in ("Ce projet peut être choisi.", "Une autre personne a changé"):
        answer = page.post(address, data={"csrf_token": token, "version": "1"}, follow_redirects=True)
        assert said in answer.text
    assert len(steps_of(project)) == 1


def test_an_act_that_is_no_more_possible_leads_back(page: FlaskClient, desk: FundDesk) -> None:
    project = funds.make_project(desk.round)
    assert "changé d’étape" in page.get(of(project, "/payer"), follow_redirects=True).text
    assert page.get(of(project, "/recevable")).status_code == 303
    assert page.get(of(project, "/nimporte")).status_code == 404
    assert page.get(of(project, "/retour")).status_code == 404
    assert page.get("/fr/bureau/projets/999999").status_code == 404
    assert page.get("/fr/bureau/projets/appels/999999").status_code == 404


def test_the_choice_is_not_offered_while_the_opinion_is_missing(app: Flask, client: FlaskClient) -> None:
    desk = make_desk(opinion_asked=True)
    project = funds.make_project(desk.round, ProjectState.OPINION)
    open_browser(client, desk.staff)
    text = client.get(of(project)).text
    assert "L’avis manque encore" in text
    assert "/choix/fait" not in text
    funds.make_opinion(project, desk.body.id, "for-if")
    text = client.get(of(project)).text
    assert "Pour, à une condition" in text
    assert "/choix/fait" in text


def bulk(client: FlaskClient, desk: FundDesk, *projects: FundProject, **fields: str) -> TestResponse:
    address = at(desk)
    data: dict[str, object] = {
        "csrf_token": token_of(client.get(address)),
        "project": [str(each.id) for each in projects],
        **{f"version-{each.id}": "1" for each in projects},
        **fields,
    }
    return client.post(address, data=data)


def test_several_projects_at_once_and_what_was_not_done_stays_ticked(
    page: FlaskClient, desk: FundDesk
) -> None:
    came = [funds.make_project(desk.round) for _ in range(3)]
    gone = funds.make_project(desk.round, ProjectState.NOT_SELECTED)
    answer = bulk(page, desk, *came, gone, act="recevable")
    assert answer.location == f"{at(desk)}?reste={gone.id}#projets"
    text = page.get(answer.location).text
    assert "3 projets" in text
    assert f"n°\u00a0{gone.number}" in text
    assert re.search(rf'value="{gone.id}" checked', text)
    assert not re.search(rf'value="{came[0].id}" checked', text)


def test_a_bar_that_lacks_something_keeps_what_was_typed_and_ticked(
    page: FlaskClient, desk: FundDesk
) -> None:
    project = funds.make_project(desk.round)
    answer = bulk(page, desk, project, act="attribuer", reference="DEL 12")
    assert answer.status_code == 422
    text = answer.text
    assert "Écrivez le service." in text
    assert "DEL 12" in text
    assert re.search(rf'value="{project.id}" checked', text)


def test_what_others_granted_is_typed_as_people_type_amounts(page: FlaskClient, desk: FundDesk) -> None:
    project = funds.make_project(desk.round, own_cents=50_00)
    other = make_co_funder(project, 50_00)
    address = of(project, "/cofinanceurs")
    form = PageForm(page.get(address).text, "version")
    wrong = page.post(address, data=form.filled({f"granted_{other.id}": "beaucoup"}))
    assert wrong.status_code == 422
    assert "beaucoup" in wrong.text
    page.post(address, data=form.filled({f"granted_{other.id}": "20,50 €"}))
    assert "20,50" in page.get(address).text


def test_quotes_open_for_the_desk_alone(app: Flask, client: FlaskClient, desk: FundDesk) -> None:
    project, other = funds.make_project(desk.round), funds.make_project(desk.round)
    with stored(read_upload(io.BytesIO(PDF), field="quote")) as rows, transaction() as session:
        (row,) = rows(session)
        session.flush()
        session.add(
            ProjectFile(project_id=project.id, file_id=row.id, kind="quote", position=1, caption="Devis")
        )
    address = of(project, f"/fichiers/{row.id}/document")
    assert client.get(address).status_code in (302, 303)
    open_browser(client, desk.staff)
    answer = client.get(address)
    assert answer.data == PDF
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get(of(other, f"/fichiers/{row.id}/document")).status_code == 404
    assert client.get(of(project, "/photo/petite")).status_code == 404


def exported(client: FlaskClient, desk: FundDesk, format_: str) -> bytes:
    answer = send(client, at(desk, "/exporter"), format=format_)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    return bytes(answer.data)


def test_the_file_holds_contacts_says_so_and_is_noted(page: FlaskClient, desk: FundDesk) -> None:
    funds.make_project(
        desk.round,
        title="=1+1",
        carrier_name="@Les amis",
        carrier_kind=CarrierKind.ASSOCIATION.value,
        contact_kind="email",
        contact="porteur@example.org",
    )
    assert "Ce fichier contient des contacts" in page.get(at(desk, "/exporter")).text
    text = exported(page, desk, "csv").decode("utf-8-sig")
    (row,) = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert row["titre"] == "'=1+1"
    assert row["nom_du_porteur"] == "'@Les amis"
    assert (row["demande_euros"], row["contact"], row["etat"]) == ("500", "porteur@example.org", "Déposé")
    assert row["contre"] == "demande trop"
    sheet = zipfile.ZipFile(io.BytesIO(exported(page, desk, "xlsx"))).read("xl/worksheets/sheet1.xml")
    assert b"porteur@example.org" in sheet
    assert b"<f>" not in sheet
    db.session.rollback()
    noted = (
        db.session.execute(select(AuditEntry).where(AuditEntry.action == "project.export")).scalars().all()
    )
    assert [each.after for each in noted] == [{"format": "csv"}, {"format": "xlsx"}]
    assert page.post(at(desk, "/exporter"), data={"csrf_token": "x"}).status_code == 400


def test_no_contact_stands_in_the_list(page: FlaskClient, desk: FundDesk) -> None:
    funds.make_project(desk.round, contact_kind="email", contact="porteur@example.org")
    assert "porteur@example.org" not in page.get(at(desk)).text


@pytest.mark.parametrize("more", ["", "?etat=submitted&retard=1", "?q=projet", "/exporter"])
def test_a_list_costs_the_same_for_few_and_for_many(
    page: FlaskClient, desk: FundDesk, count_statements: Counting, more: str
) -> None:
    def cost() -> int:
        db.session.rollback()
        with count_statements() as statements:
            assert page.get(at(desk, more)).status_code == 200
        return len(statements)

    for number in range(20):
        funds.make_project(desk.round, title=f"Projet {number}", transport=not number % 3)
    few = cost()
    many_more(desk, 1980)
    assert cost() == few
    assert few <= 14


def many_more(desk: FundDesk, how_many: int) -> None:
    with transaction() as session:
        row = session.execute(select(FundProject).limit(1)).scalar_one()
        names = [each.name for each in FundProject.__table__.columns if each.name != "id"]
        same = {name: getattr(row, name) for name in names}
        session.execute(
            insert(FundProject),
            [
                {
                    **same,
                    "number": 10_000 + number,
                    "client_key": f"copie-{number}",
                    "receipt_hash": f"copie-{number}",
                }
                for number in range(how_many)
            ],
        )


def test_one_project_costs_the_same_among_few_and_among_many(
    page: FlaskClient, desk: FundDesk, count_statements: Counting
) -> None:
    project = funds.make_project(desk.round, transport=True)

    def cost() -> int:
        db.session.rollback()
        with count_statements() as statements:
            assert page.get(of(project)).status_code == 200
        return len(statements)

    few = cost()
    many_more(desk, 500)
    assert cost() == few
    assert few <= 18


def test_two_agents_at_once_the_second_keeps_their_words(page: FlaskClient, desk: FundDesk) -> None:
    project = funds.make_project(desk.round)
    address = of(project, "/corriger")
    form = PageForm(page.get(address).text, "version")
    assert page.post(address, data=form.filled({"title": "Leur titre"})).status_code == 303
    answer = page.post(address, data=form.filled({"title": "Mon titre"}))
    assert answer.status_code == 409
    assert "Mon titre" in answer.text
    assert "Leur titre" in answer.text
