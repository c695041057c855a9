"""A relais and staff at their pages: what was typed comes back with what is wrong, and nothing is sent twice."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Scope, ScopeKind
from tests import factories
from tests.consultations.answering.answers import Asked, kept_answers, kept_given, make_asked
from tests.page_forms import PageForm
from tests.signing_in import open_browser


@pytest.fixture
def asked(app: Flask) -> Asked:
    return make_asked()


def relais(client: FlaskClient, asked: Asked) -> None:
    scope = Scope(ScopeKind.QUARTIER, asked.quartiers[0].id)
    open_browser(client, factories.make_account(role="relais", scope=scope), way="password")


def staff(client: FlaskClient, asked: Asked) -> None:
    open_browser(client, factories.make_account(contract=asked.contract))


def test_a_relais_reads_aloud_then_writes_then_hands_the_receipt_over(
    client: FlaskClient, asked: Asked
) -> None:
    relais(client, asked)
    start = client.get("/fr/relais/consultations").text
    assert "La rue de l’école" in start
    address = f"/fr/relais/consultations/{asked.row.slug}"
    assert client.get(f"{address}/ecrire").location.endswith(address)
    assert "Je n’écris pas votre nom" in client.get(address).text
    page = client.get(f"{address}/ecrire?accord=spoken")
    first, second, _third = asked.options["points"]
    typed = {
        f"q{asked.tenant.id}": str(asked.no),
        f"q{asked.points.id}_{first}": "6",
        f"q{asked.points.id}_{second}": "3",
        f"q{asked.words.id}": "Des bancs",
        "channel": "marche",
    }
    wrong = client.post(f"{address}/ecrire", data=PageForm(page.text, "client_key").filled(typed))
    assert wrong.status_code == 422
    assert "il en reste 1" in wrong.text
    assert re.search(rf'name="q{asked.points.id}_{first}"[^>]*value="6"', wrong.text)
    assert "Des bancs" in wrong.text
    assert kept_answers() == []
    right = PageForm(wrong.text, "client_key").filled({f"q{asked.points.id}_{second}": "4"})
    done = client.post(f"{address}/ecrire", data=right)
    assert "La réponse est arrivée" in done.text
    assert client.post(f"{address}/ecrire", data=right).text.count("La réponse est arrivée") >= 1
    (row,) = kept_answers()
    assert kept_given(row.id)[asked.words.id].words == "Des bancs"
    assert row.channel == "marche"


def test_staff_note_a_workshop_and_its_tables_one_after_the_other(client: FlaskClient, asked: Asked) -> None:
    staff(client, asked)
    address = f"/fr/bureau/consultations/{asked.row.slug}/rencontres"
    page = client.get(f"{address}/atelier")
    fields = PageForm(page.text, "client_key").filled({"place": "Maison du projet", "present": "9"})
    made = client.post(f"{address}/atelier", data=fields)
    workshop = made.location
    assert client.post(f"{address}/atelier", data=fields).location == workshop
    page = client.get(f"{workshop}/table")
    too_many = PageForm(page.text, "client_key").filled(
        {"people": "12", f"q{asked.tenant.id}": str(asked.yes), f"q{asked.rent.id}": "2"}
    )
    refused = client.post(f"{workshop}/table", data=too_many)
    assert refused.status_code == 422
    assert 'value="12"' in refused.text
    assert client.post(f"{workshop}/table", data=too_many | {"people": "9"}).status_code == 302
    shown = client.get(workshop).text
    assert "Table 1" in shown
    ask = client.get(f"{workshop}/tables/1/retirer")
    sent = client.post(f"{workshop}/tables/1/retirer", data=PageForm(ask.text, "csrf_token").filled({}))
    assert sent.location == workshop
    assert db.session.query(ConsultationAnswer).count() == 0


def test_what_is_not_asked_of_a_group_does_not_matter(client: FlaskClient, asked: Asked) -> None:
    staff(client, asked)
    address = f"/fr/bureau/consultations/{asked.row.slug}/rencontres"
    page = client.get(f"{address}/groupe")
    fields = PageForm(page.text, "client_key").filled(
        {"people": "24", f"q{asked.tenant.id}": str(asked.no), f"q{asked.rent.id}": "beaucoup"}
    )
    assert client.post(f"{address}/groupe", data=fields).location.endswith("/rencontres")
    (row,) = kept_answers()
    assert asked.rent.id not in kept_given(row.id)
    assert "1 groupe a répondu" in client.get(address).text


def test_a_stranger_finds_nothing(client: FlaskClient, asked: Asked) -> None:
    elsewhere = factories.make_quartier(asked.contract, "Quartier Sud")
    scope = Scope(ScopeKind.QUARTIER, elsewhere.id)
    open_browser(client, factories.make_account(role="relais", scope=scope))
    address = f"/fr/relais/consultations/{asked.row.slug}"
    assert client.get(address).status_code == 403
    assert client.get("/fr/relais/consultations/aucune").status_code == 404
    assert "La rue de l’école" not in client.get("/fr/relais/consultations").text


def test_only_those_who_read_all_words_see_the_sheet_of_a_table(
    app: Flask, client: FlaskClient, asked: Asked
) -> None:
    staff(client, asked)
    address = f"/fr/bureau/consultations/{asked.row.slug}/rencontres"
    page = client.get(f"{address}/atelier")
    fields = PageForm(page.text, "client_key").filled({"place": "Maison du projet", "present": "9"})
    workshop = client.post(f"{address}/atelier", data=fields).location
    page = client.get(f"{workshop}/table")
    pdf = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF"
    filled = PageForm(page.text, "client_key").filled(
        {"people": "9", f"q{asked.tenant.id}": str(asked.yes), f"q{asked.rent.id}": "2"}
    )
    sent = client.post(f"{workshop}/table", data={**filled, "sheet": (io.BytesIO(pdf), "table.pdf")})
    assert sent.status_code == 302
    sheet = f"{workshop}/tables/1/feuille"
    assert sheet in client.get(workshop).text
    shown = client.get(sheet)
    assert (shown.status_code, shown.data, shown.headers["Cache-Control"]) == (200, pdf, "no-store")
    assert client.get(f"{workshop}/tables/2/feuille").status_code == 404
    other = app.test_client()
    relais(other, asked)
    assert other.get(sheet).status_code == 403
    assert sheet not in other.get(workshop).text


def test_staff_correct_a_group_then_take_it_out(client: FlaskClient, asked: Asked) -> None:
    staff(client, asked)
    address = f"/fr/bureau/consultations/{asked.row.slug}/rencontres"
    page = client.get(f"{address}/groupe")
    said = {"people": "24", f"q{asked.tenant.id}": str(asked.no), f"q{asked.words.id}": "Des bancs"}
    client.post(f"{address}/groupe", data=PageForm(page.text, "client_key").filled(said))
    (row,) = kept_answers()
    here = f"{address}/reponses/{row.id}"
    assert here in client.get(address).text
    opened = client.get(here)
    form = PageForm(opened.text, "version")
    assert {name: value for name, value in form.sent if name in said} == said
    too_many = form.filled({"people": "700", f"q{asked.words.id}": "Des arbres"})
    refused = client.post(here, data=too_many)
    assert refused.status_code == 422
    assert "Des arbres" in refused.text
    # Somebody else had it open too: what is stored stands beside what they typed.
    assert client.post(here, data=too_many | {"people": "22"}).location == address
    late = client.post(
        here, data=form.filled({f"q{asked.tenant.id}": str(asked.yes), f"q{asked.rent.id}": "3"})
    )
    assert late.status_code == 409
    compared = late.text[late.text.index('class="differences"') :]
    assert all(word in compared for word in ("22", "24", "Oui", "Non", "Des arbres", "Des bancs"))
    assert kept_given(row.id)[asked.words.id].words == "Des arbres"
    ask = client.get(f"{here}/retirer")
    assert client.post(f"{here}/retirer", data=PageForm(ask.text, "version").filled({})).location == address
    assert kept_answers() == []


def test_a_relais_corrects_what_they_wrote_and_sees_nothing_of_others(
    app: Flask, client: FlaskClient, asked: Asked
) -> None:
    relais(client, asked)
    write = f"/fr/relais/consultations/{asked.row.slug}/ecrire"
    fields = PageForm(client.get(f"{write}?accord=spoken").text, "client_key").filled(
        {f"q{asked.tenant.id}": str(asked.no), "channel": "marche"}
    )
    done = client.post(write, data=fields).text
    listed = f"/fr/bureau/consultations/{asked.row.slug}/rencontres/rue"
    assert listed in done
    (row,) = kept_answers()
    here = f"{listed.removesuffix('/rue')}/reponses/{row.id}"
    assert here in client.get(listed).text
    form = PageForm(client.get(here).text, "version")
    assert client.post(here, data=form.filled({"channel": "rue"})).location == listed
    (row,) = kept_answers()
    assert row.channel == "rue"
    other = app.test_client()
    relais(other, asked)
    assert here not in other.get(listed).text
    for path in (here, f"{here}/retirer"):
        assert other.get(path).status_code == 403
    organiser = app.test_client()
    staff(organiser, asked)
    assert here in organiser.get(listed).text


def test_staff_correct_a_workshop_and_remove_it_once_it_is_empty(client: FlaskClient, asked: Asked) -> None:
    staff(client, asked)
    address = f"/fr/bureau/consultations/{asked.row.slug}/rencontres"
    page = client.get(f"{address}/atelier")
    fields = PageForm(page.text, "client_key").filled({"place": "Maison du projet", "present": "9"})
    workshop = client.post(f"{address}/atelier", data=fields).location
    page = client.get(f"{workshop}/table")
    table = PageForm(page.text, "client_key").filled({"people": "8", f"q{asked.tenant.id}": str(asked.no)})
    client.post(f"{workshop}/table", data=table)
    assert f"{workshop}/retirer" not in client.get(workshop).text
    form = PageForm(client.get(f"{workshop}/corriger").text, "version")
    refused = client.post(f"{workshop}/corriger", data=form.filled({"present": "7", "place": "École"}))
    assert refused.status_code == 422
    assert "8 personnes sont déjà à des tables" in refused.text
    assert 'value="École"' in refused.text
    right = PageForm(refused.text, "version").filled({"present": "10"})
    assert client.post(f"{workshop}/corriger", data=right).location == workshop
    shown = client.get(workshop).text
    assert "École" in shown
    assert "10 personnes sont venues" in shown
    # A workshop that got a table meanwhile is not removed.
    ask = client.get(f"{workshop}/retirer")
    kept = client.post(f"{workshop}/retirer", data=PageForm(ask.text, "version").filled({}))
    assert kept.status_code == 409
    taken_out = PageForm(client.get(f"{workshop}/tables/1/retirer").text, "csrf_token").filled({})
    client.post(f"{workshop}/tables/1/retirer", data=taken_out)
    ask = client.get(f"{workshop}/retirer")
    assert (
        client.post(f"{workshop}/retirer", data=PageForm(ask.text, "version").filled({})).location == address
    )
    assert client.get(workshop).status_code == 404


def test_the_first_page_of_a_relais_leads_to_consultations_and_each_says_until_when(
    client: FlaskClient, asked: Asked
) -> None:
    relais(client, asked)
    assert 'class="button button-quiet" href="/fr/relais/consultations"' in client.get("/fr/relais").text
    assert "Jusqu’au " in client.get("/fr/relais/consultations").text
