"""The desk of funds in a browser without a script: forms come back as they were typed, buttons do what they say."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.fund.desk.typed import read_cents, typed_cents
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.rules.fund_rules import from_data
from cdv_civic.fund.rules.templates import TEMPLATES, FundKind
from tests import factories as make
from tests.fund import funds as given
from tests.signing_in import sign_in, token_of

DESK = "/fr/bureau/fonds"


@pytest.fixture
def staff(app: Flask, client: FlaskClient) -> SignedIn:
    contract = make.make_contract("val")
    make.make_commune(contract, "Orly", "orly")
    make.make_quartier(contract, "Quartier Est", slug="est")
    who = make.make_account(role=Role.STAFF.value, scope=Scope(ScopeKind.CONTRACT, contract.id))
    sign_in(client, who)
    return who


def fields_of(page: str) -> dict[str, str | list[str]]:
    """What a browser would send of the first form of a page, as it was shown."""
    form = page[page.index("<main") :]
    form = form[form.index('<form method="post"') :]
    form = form[: form.index("</form>")]
    found: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input [^>]+>", form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind, name = said.get("type", "text"), said.get("name", "")
        if not name or (kind in ("checkbox", "radio") and " checked" not in tag):
            continue
        value = html.unescape(said.get("value", ""))
        if kind == "checkbox" and name in found:
            before = found[name]
            found[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            found[name] = value
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = html.unescape(text).removeprefix("\r\n").removeprefix("\n")
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        found[name] = html.unescape(chosen[1]) if chosen else ""
    return found


def send(client: FlaskClient, path: str, **changes: object) -> str:
    """Open a form, change some fields, send it; the page that comes back, or where it leads."""
    fields = {**fields_of(client.get(path).text), **changes}
    answer = client.post(path, data={name: value for name, value in fields.items() if value is not None})
    return answer.headers.get("Location") or answer.text


def fund_named(slug: str) -> Fund:
    db.session.rollback()
    return db.session.execute(select(Fund).where(Fund.slug == slug)).scalar_one()


def test_a_fund_from_its_template_to_an_open_round(client: FlaskClient, staff: SignedIn) -> None:
    where = send(
        client,
        f"{DESK}/nouveau",
        kind="small-grants",
        name_fr="Coup de pouce",
        words_fr="De petites aides.",
        keeper="team",
    )
    assert where == f"{DESK}/coup-de-pouce"
    assert "qui peut demander" in client.get(where).text
    said = client.get(f"{where}/regles").text
    assert 'value="760"' in said
    assert send(client, f"{where}/regles", carriers=["residents", "association"], strict="y") == where
    rules = from_data(fund_named("coup-de-pouce").rules)
    assert sorted(rules.carriers) == ["association", "residents"]
    assert rules.largest is not None
    assert rules.largest.strict
    assert rules.jury == TEMPLATES[FundKind.SMALL_GRANTS].rules.jury
    assert rules.whole_cost is False

    client.post(f"{where}/publier", data={"csrf_token": token_of(client.get(where)), "version": "2"})
    assert client.get("/fr/fonds/coup-de-pouce").status_code == 200
    assert send(client, f"{where}/enveloppes/nouvelle", amount="12 500,50 €") == where
    db.session.rollback()
    assert db.session.execute(select(FundEnvelope.cents)).scalar_one() == 1_250_050
    year = clock.today().year
    round_url = send(client, f"{where}/appels/nouveau", title_fr=f"Appel {year}", closes_on="")
    assert round_url == f"{where}/appels/appel-{year}"
    page = client.get(round_url)
    assert "Ouvrir cet appel" in page.text
    client.post(f"{round_url}/ouvrir", data={"csrf_token": token_of(page), "version": "1"})
    public = client.get(f"/fr/fonds/coup-de-pouce/appel-{year}")
    assert public.status_code == 200
    assert "On peut déposer toute l’année." in public.text
    assert send(client, f"{round_url}/fermer") == round_url
    assert "Fermé pour de bon" in client.get(round_url).text


def test_what_was_typed_comes_back_with_what_is_wrong(client: FlaskClient, staff: SignedIn) -> None:
    page = send(client, f"{DESK}/nouveau", name_fr="", words_fr="Des mots", payer_siret="1", keeper="team")
    assert "Donnez un nom en français." in page
    assert "Des mots" in page
    assert "Un numéro SIRET a 14 chiffres" not in page, "the act comes after the fields"


def test_rules_that_contradict_each_other_are_refused(client: FlaskClient, staff: SignedIn) -> None:
    where = send(client, f"{DESK}/nouveau", name_fr="Un fonds ici", words_fr="x", keeper="team")
    page = send(
        client,
        f"{where}/regles",
        smallest="900",
        largest="800",
        members="5",
        quorum="6",
        most_percent="150",
        own_purposes="\n".join(f"Sujet {number}" for number in range(20)),
    )
    for said in (
        "Le minimum dépasse le maximum",
        "C’est plus que tous les membres",
        "Écrivez un nombre entre 1 et 100, ou rien.",
        "Écrivez 12 sujets au plus",
    ):
        assert said in html.unescape(page), said
    page = html.unescape(send(client, f"{where}/regles", largest="mille", person="person", youngest="9"))
    assert "en chiffres" in page
    page = html.unescape(send(client, f"{where}/regles", person="person", youngest="30", oldest="20"))
    assert "vient avant le plus bas" in page
    assert (
        send(client, f"{where}/regles", person="person", youngest="16", oldest="25", counterpart="") == where
    )
    assert "ce que la personne fait en échange" in client.get(where).text


def test_own_purposes_and_a_vote_are_kept(client: FlaskClient, staff: SignedIn) -> None:
    where = send(client, f"{DESK}/nouveau", name_fr="Le budget à nous", words_fr="x", keeper="team")
    assert (
        send(
            client,
            f"{where}/regles",
            purposes=["solidarity"],
            own_purposes="Planter\r\n\r\nPlanter\r\nJouer ",
            choice="vote",
            counting="equal-shares",
            completion="add1",
        )
        == where
    )
    rules = from_data(fund_named("le-budget-a-nous").rules)
    assert rules.purposes == ("solidarity", "Planter", "Jouer")
    assert rules.counting is not None
    assert (rules.counting["rule"], rules.counting["completion"]) == ("equal-shares", "add1")
    again = client.get(f"{where}/regles").text
    assert "Planter\nJouer" in again.replace("\r", "")
    assert send(client, f"{where}/regles", choice="jury") == where
    assert from_data(fund_named("le-budget-a-nous").rules).counting is None


def test_frozen_rules_are_read_with_the_reason(client: FlaskClient, staff: SignedIn) -> None:
    where = send(client, f"{DESK}/nouveau", name_fr="Un fonds ici", words_fr="x", keeper="team")
    fund = fund_named("un-fonds-ici")
    row = given.make_round(fund)
    given.freeze_project(given.make_project(row))
    page = client.get(f"{where}/appels/{row.slug}/regles").text
    assert "Ces règles ne changent plus" in page
    assert '<form method="post"' not in page[page.index("<main") :]
    assert "Changer les règles de cet appel" not in client.get(f"{where}/appels/{row.slug}").text


def test_days_that_contradict_each_other_stand_beside_their_field(
    client: FlaskClient, staff: SignedIn
) -> None:
    where = send(client, f"{DESK}/nouveau", name_fr="Un fonds ici", words_fr="x", keeper="team")
    today = clock.today()
    page = send(
        client,
        f"{where}/appels/nouveau",
        title_fr="Appel de printemps",
        opens_on=today.isoformat(),
        choice_on=(today - timedelta(5)).isoformat(),
    )
    assert "Ce jour vient avant" in page
    assert db.session.execute(select(FundRound.id)).first() is None


def test_nobody_else_reaches_a_fund(app: Flask, client: FlaskClient, staff: SignedIn) -> None:
    other = given.make_fund(make.make_contract())
    assert client.get(f"{DESK}/{other.slug}").status_code == 403
    assert client.get(f"{DESK}/fonds-perdu").status_code == 404
    assert other.slug not in client.get(DESK).text


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 500", 150_000),
        ("1.500", 150_000),
        ("1500,5 €", 150_050),
        ("0,01 euro", 1),
        ("2\u202f000 EUR", 200_000),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: str, cents: int) -> None:
    assert read_cents(typed) == cents
    assert read_cents(typed_cents(cents)) == cents


@pytest.mark.parametrize("typed", ["mille", "1,250", "-3", "1,234567", "9" * 30, "", "12 13"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(DomainError):
        read_cents(typed)
