"""Every page of the desk opens, for those who may, at a cost that does not grow."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cdv_civic.accounts.roles import grant_role
from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.rules.work_list import WorkQueue
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db
from cdv_civic.core.policy.guard import policy_of
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.territory.models import Contract
from tests.conftest import TODAY
from tests.factories import (
    make_account,
    make_axis,
    make_commitment,
    make_commitments,
    make_contract,
    make_evidence,
    make_indicator,
    make_organisation,
    make_progress,
    make_quartier,
    make_value,
)
from tests.languages import DIRECTIONS
from tests.signing_in import sign_in

#: With the numbers of the cache tags, which tell whether words of the interface changed, and the badge of « À faire ».
MOST_STATEMENTS = 13
ARABIC = Scope(ScopeKind.LANGUAGE, "ar")


def rich_commitment(contract: Contract, how_many: int = 3) -> Commitment:
    """A commitment with much of everything."""
    quartiers = [make_quartier(contract) for _ in range(how_many)]
    indicators = [make_indicator(contract, value_kind="amount"), make_indicator(contract, unit="places")]
    commitment = make_commitment(
        contract,
        "Ouvrir une maison de santé",
        state="a_verifier",
        axes=[make_axis(contract)],
        holders=[make_organisation(contract) for _ in range(how_many)],
        partners=[make_organisation(contract)],
        quartiers=quartiers,
        indicators=indicators,
        translations={"ar": "فتح دار للصحة"},
        deadline_text="dès 2025",
        deadline_date=date(2025, 12, 31),
        budget_text="500 000 €",
        budget_cents=50_000_000,
        budget_certainty="plafond",
        partners_text=["les associations"],
    )
    for number in range(how_many):
        progress = make_progress(commitment, happened_on=date(2025, 1, 1 + number), detail="**Gras**")
        make_evidence(progress, "photo", "Une grue")
        make_evidence(progress, "document", "Le plan")
        make_evidence(progress)
        make_value(indicators[0], date(2025, 1, 1 + number), 100_00.0 * number)
    make_progress(commitment, quartier=quartiers[0], state="realise", withdrawn_at=None)
    return commitment


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    sign_in(client, make_account())
    return client


PAGES = ("", "/avancement", "/avancement?passe=1", "/modifier", "/liens", "/traductions", "/traductions?langue=ar",
         "/indicateurs", "/journal")  # fmt: skip


@pytest.mark.parametrize("language", DIRECTIONS)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_of_a_commitment_opens(desk: FlaskClient, page: str, language: str) -> None:
    commitment = rich_commitment(make_contract())
    answer = desk.get(f"/{language}/bureau/engagements/{commitment.id}{page}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_with_only_a_title(desk: FlaskClient, page: str) -> None:
    commitment = make_commitment(make_contract(), "x" * 140, state="a_verifier")
    assert desk.get(f"/fr/bureau/engagements/{commitment.id}{page}").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/fr/bureau/engagements/suivi", "/fr/bureau/engagements", "/ar/bureau", "/en/bureau/engagements"],
)
def test_the_lists_open_with_nothing_in_them(desk: FlaskClient, address: str) -> None:
    assert desk.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/fr/bureau",
        "/fr/bureau/engagements/suivi",
        "/fr/bureau/engagements?tas=a-verifier&q=engagement",
        "/fr/bureau/engagements?traduire=ar",
    ],
)
def test_a_list_of_2000_costs_what_a_list_of_20_does(
    desk: FlaskClient, address: str, count_statements: Callable[[], Any]
) -> None:
    contract = make_contract()
    make_commitments(
        contract, 20, state="a_verifier", deadline_date=date(2026, 12, 1), holder=make_organisation(contract)
    )
    with count_statements() as few:
        assert desk.get(address).status_code == 200
    make_commitments(contract, 1980, state="a_verifier", deadline_date=date(2026, 1, 1))
    with count_statements() as many:
        assert desk.get(address).status_code == 200
    assert len(many) == len(few) <= MOST_STATEMENTS


@pytest.mark.parametrize("page", PAGES)
def test_a_long_story_costs_what_a_short_one_does(
    desk: FlaskClient, page: str, count_statements: Callable[[], Any]
) -> None:
    contract = make_contract()
    short, long = rich_commitment(contract, 2), rich_commitment(contract, 12)
    desk.get("/fr/bureau")  # whether anybody helps in other languages is read once
    with count_statements() as few:
        assert desk.get(f"/fr/bureau/engagements/{short.id}{page}").status_code == 200
    with count_statements() as many:
        assert desk.get(f"/fr/bureau/engagements/{long.id}{page}").status_code == 200
    assert len(many) == len(few) <= MOST_STATEMENTS


def test_the_work_list_puts_the_oldest_first(desk: FlaskClient) -> None:
    contract = make_contract()
    make_commitment(contract, "Récent", deadline_date=date(2026, 3, 1))
    make_commitment(contract, "Ancien", deadline_date=date(2025, 3, 1))
    page = desk.get("/fr/bureau/engagements/suivi").text
    assert page.index("Ancien") < page.index("Récent")
    assert page.count("Dire où ça en est") == 2 * 2  # the button, and its name for screen readers


def test_a_person_of_one_contract_sees_nothing_of_another(client: FlaskClient) -> None:
    mine, other = make_contract(), make_contract()
    make_commitment(mine, "Chez moi", state="a_verifier")
    elsewhere = make_commitment(other, "Chez les autres", state="a_verifier")
    sign_in(client, make_account(contract=mine))
    for address in (
        "/fr/bureau/engagements/suivi",
        "/fr/bureau/engagements",
        f"/fr/bureau/engagements?contrat={other.id}",
    ):
        assert "Chez les autres" not in client.get(address).text
    assert "Chez moi" in client.get("/fr/bureau/engagements").text
    for page in PAGES:
        assert client.get(f"/fr/bureau/engagements/{elsewhere.id}{page}").status_code == 403


def test_a_commitment_that_does_not_exist_is_not_found(desk: FlaskClient) -> None:
    assert desk.get("/fr/bureau/engagements/999").status_code == 404


def test_no_post_of_the_desk_does_anything_without_its_token(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_account(role="administrator"))  # who may do everything
    commitment = rich_commitment(make_contract())
    tried = 0
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or policy_of(app, rule.endpoint) == PUBLIC:
            continue
        values: dict[str, Any] = {
            "commitment_id": commitment.id,
            "progress_id": 1,
            "value_id": 1,
            "lang": "fr",
        }
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **{name: values.get(name, 1) for name in rule.arguments})
        data = {"state": "realise", "happened_on": "2026-01-01", "sentence": "Une phrase assez longue.",
                "reason": "Une raison assez longue.", "title": "Autre titre", "nature": "piste", "version": "1",
                "ids": str(commitment.id), "client_key": "a" * 32, "indicator": "1", "value": "1",
                "measured_on": "2026-01-01", "current": "x", "password": "y", "again": "y"}  # fmt: skip
        answer = client.post(address, data=data)
        # A form that answers a step which was never begun, or not asked of who came by password, leads back;
        # so does the question about a quartier that is not among one’s own.
        led_back = answer.status_code == 303 and rule.endpoint in (
            "my_ways_in.prove",
            "cards_desk.confirm",
            "my_space.leave",
        )
        assert answer.status_code in (400, 404, 422) or led_back, address
        tried += 1
    assert tried >= 10
    assert db.session.execute(select(func.count(AuditEntry.id))).scalar() == 0


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("q=école", {"Une école"}),
        ("etat=en_cours", {"Un stade"}),
        ("theme=sante", {"Un stade"}),
        ("theme=aucun", {"Une école"}),
        ("tas=a-verifier", {"Une école"}),
        ("tas=echeance-passee", {"Un stade"}),
        ("etat=nimporte&theme=quoi&contrat=abc&apres=x", {"Une école", "Un stade"}),
        ("q=rien de tel", set()),
    ],
)
def test_the_table_is_filtered(desk: FlaskClient, question: str, found: set[str]) -> None:
    contract = make_contract()
    make_commitment(contract, "Une école", state="a_verifier")
    make_commitment(contract, "Un stade", state="en_cours", theme="sante", deadline_date=date(2026, 1, 1))
    page = desk.get(f"/fr/bureau/engagements?{question}").text
    assert {title for title in ("Une école", "Un stade") if f">{title}<" in page} == found


def test_the_table_offers_each_kind_of_work_that_waits(desk: FlaskClient) -> None:
    offered = desk.get("/fr/bureau/engagements").text.partition('name="tas"')[2].partition("</select>")[0]
    assert set(re.findall(r'value="([^"]+)"', offered)) == {queue.value for queue in WorkQueue}


def test_the_table_is_filtered_by_quartier_and_holder(desk: FlaskClient) -> None:
    contract = make_contract()
    quartier, holder = make_quartier(contract), make_organisation(contract)
    make_commitment(contract, "Une école", quartiers=[quartier])
    make_commitment(contract, "Un stade", holders=[holder])
    here = desk.get(f"/fr/bureau/engagements?quartier={quartier.id}").text
    theirs = desk.get(f"/fr/bureau/engagements?porteur={holder.id}").text
    assert (">Une école<" in here, ">Un stade<" in here) == (True, False)
    assert (">Une école<" in theirs, ">Un stade<" in theirs) == (False, True)


def test_the_table_finds_what_is_to_be_translated_into_a_language(desk: FlaskClient) -> None:
    contract = make_contract()

    def translated(title: str) -> Commitment:
        return make_commitment(contract, title, translations={"ar": "وعد"})

    make_commitment(contract, "Sans titre arabe")
    translated("Tout en arabe")
    make_progress(translated("Une nouvelle en français"), translations={"en": "News"})
    make_evidence(make_progress(translated("Une photo en français"), translations={"ar": "خبر"}))
    make_progress(translated("Une nouvelle retirée"), withdrawn_at=TODAY, withdrawn_reason="Erreur.")
    page = desk.get("/fr/bureau/engagements?traduire=ar").text
    assert {
        title
        for title in (
            "Sans titre arabe",
            "Tout en arabe",
            "Une nouvelle en français",
            "Une photo en français",
            "Une nouvelle retirée",
        )
        if f">{title}<" in page
    } == {"Sans titre arabe", "Une nouvelle en français", "Une photo en français"}


def test_a_translator_filters_by_the_languages_of_the_role_alone(client: FlaskClient) -> None:
    make_commitment(make_contract())
    sign_in(client, make_account(role="translator", scope=ARABIC))
    offered = client.get("/fr/bureau/engagements").text.partition('name="traduire">')[2]
    assert re.findall(r'value="([^"]+)"', offered.partition("</select>")[0]) == ["ar"]


def test_whoever_translates_nothing_is_offered_no_filter_by_language(client: FlaskClient) -> None:
    sign_in(client, make_account(role="state", contract=make_contract()))
    assert 'name="traduire"' not in client.get("/fr/bureau/engagements").text


def test_one_walks_the_table_forth_and_back_without_missing_a_row(desk: FlaskClient) -> None:
    ids = make_commitments(make_contract(), 120)
    seen: list[int] = []
    address = "/fr/bureau/engagements"
    previous = None
    while True:
        page = desk.get(address).text
        rows = [
            int(number)
            for number in re.findall(r'scope="row"[^>]*><a href="/fr/bureau/engagements/(\d+)"', page)
        ]
        seen += rows
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            previous = re.search(r'rel="prev" href="([^"]+)"', page)
            break
        address = following.group(1).replace("&amp;", "&")
    assert seen == ids
    assert previous is not None
    back = desk.get(previous.group(1).replace("&amp;", "&")).text
    assert f"/fr/bureau/engagements/{ids[50]}" in back


@pytest.mark.parametrize("role", ["state", "translator"])
def test_whoever_may_only_read_is_offered_no_act_that_would_be_refused(
    client: FlaskClient, role: str
) -> None:
    contract = make_contract()
    make_commitment(contract, "Une école", state="a_verifier")
    late = make_commitment(contract, "Un stade", deadline_date=date(2025, 3, 1))
    sign_in(
        client, make_account(role=role, scope=ARABIC if role == "translator" else None, contract=contract)
    )
    work, listed = (client.get(f"/fr/bureau/engagements{page}").text for page in ("/suivi", ""))
    assert "Une école" in work
    assert "Un stade" in work
    for refused in ("Vérifier", "Dire où ça en est", "marquez comme vérifié", f"{late.id}/avancement"):
        assert refused not in work
    for refused in ("/bureau/themes", 'name="ids"', "Marquer"):
        assert refused not in listed


def test_whoever_may_act_on_some_of_what_waits_has_a_button_there_alone(client: FlaskClient) -> None:
    contract = make_contract()
    mine = make_organisation(contract)
    held = make_commitment(contract, "Le mien", holders=[mine], deadline_date=date(2025, 3, 1))
    other = make_commitment(contract, "Un autre", deadline_date=date(2025, 3, 1))
    account = make_account(role="state", contract=contract)
    grant_role(CommandLine(), account.actor_id, Role.HOLDER, Scope(ScopeKind.ORGANISATION, mine.id))
    sign_in(client, account)
    page = client.get("/fr/bureau/engagements/suivi").text
    assert f"/{held.id}/avancement" in page
    assert f"/{other.id}/avancement" not in page
    assert "Un autre" in page


def test_a_translator_is_offered_the_languages_of_the_role_alone(client: FlaskClient) -> None:
    commitment = make_commitment(make_contract())
    sign_in(client, make_account(role="translator", scope=ARABIC))
    page = client.get(f"/fr/bureau/engagements/{commitment.id}").text
    assert "traductions?langue=ar" in page
    assert "traductions?langue=en" not in page
    for asked in ("?langue=ar", "", "?langue=xx"):
        answer = client.get(f"/fr/bureau/engagements/{commitment.id}/traductions{asked}")
        assert answer.status_code == 200, asked
        assert "Traduire · <bdi" in answer.text or "العربية" in answer.text
        assert "traductions?langue=en" not in answer.text


def test_the_filter_of_the_table_offers_each_queue_and_shows_the_chosen_one(desk: FlaskClient) -> None:
    page = desk.get("/fr/bureau/engagements?tas=echeance-passee").text
    offered = page.partition('name="tas">')[2].partition("</select>")[0]
    assert re.findall(r'value="([^"]+)"', offered) == [queue.value for queue in WorkQueue]
    assert '<option value="echeance-passee" selected>' in offered
