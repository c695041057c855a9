"""Subsidies as open data: rows keep to the schema, legal persons alone are named, and what lacks something is told."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectStep
from cdv_civic.fund.rules.fund_rules import CarrierKind, FundRules, PersonRules
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.subsidies.rules import COLUMNS, Subsidy, SubsidyFault, row_of, subsidy_faults
from cdv_civic.fund.subsidies.wording import FAULTS
from tests import factories as make
from tests.fund import funds
from tests.signing_in import open_browser

Counting = Callable[[], AbstractContextManager[list[str]]]
FACTS: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "scdl_2_1_1.json").read_text("utf-8")
)
PAYER, SIRET = "73282932000074", "35600000000048"
YEAR = 2026


def wrong_cells(row: Mapping[str, str]) -> list[str]:
    """What the schema says against a row of the file."""
    found = [] if list(row) == [each["name"] for each in FACTS] else ["columns"]
    for fact in FACTS:
        cell = row[fact["name"]]
        if not cell:
            found += [fact["name"]] if fact["required"] else []
            continue
        kinds: dict[str, Callable[[str], object]] = {
            "date": date.fromisoformat,
            "number": float,
            "boolean": {"oui": True, "non": False}.__getitem__,
        }
        try:
            value = kinds.get(fact["type"], str)(cell)
        except (ValueError, KeyError):
            found.append(fact["name"])
            continue
        keeps = (
            re.fullmatch(fact.get("pattern", ".*"), cell) is not None
            and cell in fact.get("enum", [cell])
            and len(cell) <= fact.get("maxLength", len(cell))
            and ("minimum" not in fact or fact["minimum"] <= float(str(value)) <= fact["maximum"])
        )
        found += [] if keeps else [fact["name"]]
    return found


def paid(
    fund_round: FundRound,
    envelope: Any,
    name: str = "Les amis du parc",
    state: ProjectState = ProjectState.PAID,
    **values: Any,
) -> FundProject:
    """A project whose letter left on the 3rd of March, and whose money on the 7th of April."""
    project = funds.make_project(
        fund_round,
        state,
        envelope,
        **{
            "granted_cents": 450_50,
            "carrier_kind": CarrierKind.ASSOCIATION.value,
            "carrier_name": name,
            "siret": SIRET,
            "rna": "W913001234",
            "decision_reference": "DEL 2026-12",
            **values,
        },
    )
    days = {ProjectState.NOTIFIED: date(YEAR, 3, 3)}
    if state is not ProjectState.NOTIFIED:
        days[ProjectState.PAID] = date(YEAR, 4, 7)
    with transaction() as session:
        session.execute(
            insert(ProjectStep),
            [
                {
                    "project_id": project.id,
                    "position": position,
                    "state": each.value,
                    "on_day": day,
                    "entered_at": clock.now(),
                }
                for position, (each, day) in enumerate(days.items(), 2)
            ],
        )
    return project


@pytest.fixture
def fund_round(app: Flask) -> FundRound:
    return funds.make_round(funds.make_fund(payer="Ville d’exemple", payer_siret=PAYER))


@pytest.fixture
def envelope(fund_round: FundRound) -> Any:
    return funds.make_envelope(db.session.get_one(Fund, fund_round.fund_id))


def rows(client: FlaskClient, more: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/fr/fonds/subventions/{YEAR}.csv{more}")
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_columns_are_those_of_the_schema() -> None:
    assert len(COLUMNS) == 16
    for column, fact in zip(COLUMNS, FACTS, strict=True):
        constraints = dict(column.constraints or {})
        if column.name == "idBeneficiaire":
            assert constraints.pop("pattern") == r"^\d{14}$", "stricter: the schema describes 14 digits"
        assert {"name": column.name, "type": column.kind, **constraints} == fact


def test_what_was_paid_is_a_row_of_the_schema(
    client: FlaskClient, fund_round: FundRound, envelope: Any
) -> None:
    paid(fund_round, envelope, returned_cents=50)
    (row,) = rows(client)
    assert wrong_cells(row) == []
    assert row == {
        "nomAttribuant": "Ville d’exemple",
        "idAttribuant": PAYER,
        "dateConvention": "2026-03-03",
        "referenceDecision": "DEL 2026-12",
        "nomBeneficiaire": "Les amis du parc",
        "idBeneficiaire": SIRET,
        "rnaBeneficiaire": "W913001234",
        "objet": "Un goûter au pied des tours. Un après-midi pour se rencontrer.",
        "montant": "450.00",
        "nature": "aide en numéraire",
        "conditionsVersement": "unique",
        "datesPeriodeVersement": "2026-04-07",
        "idRAE": "",
        "notificationUE": "non",
        "pourcentageSubvention": "1.00",
        "dispositifAide": "",
    }


def test_residents_persons_and_what_is_not_paid_are_never_in_it(
    client: FlaskClient, fund_round: FundRound, envelope: Any
) -> None:
    for kind in (CarrierKind.RESIDENT, CarrierKind.RESIDENTS):
        paid(fund_round, envelope, carrier_kind=kind.value)
    paid(fund_round, envelope, state=ProjectState.NOTIFIED)
    paid(fund_round, envelope, state=ProjectState.ABANDONED, returned_cents=450_50)
    personal = funds.make_round(
        db.session.get_one(Fund, fund_round.fund_id),
        rules=FundRules(person=PersonRules(16, 25, "Aider")),
    )
    paid(personal, envelope, name="", carrier_kind=None)
    assert rows(client) == []
    assert "Pas encore de subvention" in client.get("/fr/fonds/subventions").text


@pytest.mark.parametrize("hidden", ["unpublished", "withdrawn"])
def test_a_fund_that_nobody_sees_publishes_nothing(client: FlaskClient, hidden: str) -> None:
    when = {"published_at": None} if hidden == "unpublished" else {"withdrawn_at": clock.now()}
    fund = funds.make_fund(payer="Ville", payer_siret=PAYER, **when)
    paid(funds.make_round(fund), funds.make_envelope(fund))
    assert rows(client) == []


def test_what_stayed_of_a_project_that_was_given_up_is_in_it(
    client: FlaskClient, fund_round: FundRound, envelope: Any
) -> None:
    paid(fund_round, envelope, state=ProjectState.ABANDONED, returned_cents=400_50)
    (row,) = rows(client)
    assert row["montant"] == "50.00"


def test_one_contract_alone_and_one_year_alone(
    client: FlaskClient, fund_round: FundRound, envelope: Any
) -> None:
    paid(fund_round, envelope)
    other = make.make_contract("autre-contrat")
    fund = funds.make_fund(other, payer="Autre ville", payer_siret=PAYER)
    paid(funds.make_round(fund), funds.make_envelope(fund))
    assert len(rows(client)) == 2
    assert [row["nomAttribuant"] for row in rows(client, "?contrat=autre-contrat")] == ["Autre ville"]
    assert rows(client, "?contrat=nulle-part") == []
    assert client.get("/fr/fonds/subventions/2025.csv").text.count("\n") == 1
    assert f"{YEAR}.csv" in client.get("/fr/fonds/subventions").text


def test_what_lacks_something_is_left_out_and_told_to_the_desk(
    app: Flask, client: FlaskClient, fund_round: FundRound, envelope: Any
) -> None:
    paid(fund_round, envelope)
    lacking = paid(fund_round, envelope, title="Sans numéro", siret=None)
    fund = funds.make_fund(payer="", payer_siret=None)
    paid(funds.make_round(fund), funds.make_envelope(fund), title="Sans payeur")
    assert len(rows(client)) == 1
    open_browser(client, make.make_account(role="administrator"))
    text = client.get("/fr/bureau/projets/subventions").text
    assert "Sans numéro" in text
    assert "Sans payeur" in text
    assert f"/fr/bureau/projets/{lacking.id}/corriger" in text
    assert "2 subventions ne sont pas publiées" in text
    told = app.test_cli_runner().invoke(args=["fund", "subventions", str(YEAR)])
    assert told.exit_code == 0
    assert f"Left out: project {lacking.id} (no SIRET of the beneficiary)." in told.stderr
    assert "the fund does not say who pays, no SIRET of the payer" in told.stderr
    assert next(csv.DictReader(io.StringIO(told.stdout)))["idBeneficiaire"] == SIRET


def test_the_command_knows_years_and_contracts(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    make.make_contract("val")
    assert run(args=["fund", "subventions", "2026", "--contract", "val"]).exit_code == 0
    assert run(args=["fund", "subventions", "2026", "--contract", "nulle-part"]).exit_code == 2
    assert run(args=["fund", "subventions", "1999"]).exit_code == 2


def test_programs_read_the_rows_and_what_their_columns_are(
    client: FlaskClient, fund_round: FundRound, envelope: Any
) -> None:
    paid(fund_round, envelope)
    (row,) = client.get(f"/fr/fonds/subventions/{YEAR}.json").get_json()
    assert (row["montant"], row["notificationUE"], row["idBeneficiaire"]) == (450.5, False, SIRET)
    schema = client.get("/fr/fonds/subventions/subventions.schema.json").get_json()
    assert [each["name"] for each in schema["fields"]] == list(row) == [each["name"] for each in FACTS]
    assert schema["version"] == "2.1.1"


def test_no_name_becomes_a_formula(client: FlaskClient, fund_round: FundRound, envelope: Any) -> None:
    paid(fund_round, envelope, name='=HYPERLINK("x")', title="+cmd")
    (row,) = rows(client)
    assert row["nomBeneficiaire"].startswith("'=")
    assert row["objet"].startswith("'+")


def test_it_is_one_statement_however_much_was_paid(
    client: FlaskClient, fund_round: FundRound, envelope: Any, count_statements: Counting
) -> None:
    def cost() -> int:
        client.application.extensions["page_store"].clear()
        db.session.rollback()
        with count_statements() as statements:
            rows(client)
        return len(statements)

    paid(fund_round, envelope)
    few = cost()
    for _ in range(12):
        paid(fund_round, envelope)
    assert cost() == few


_TEXT = st.text(max_size=200)


@given(
    st.builds(
        Subsidy,
        project_id=st.just(1),
        payer=_TEXT,
        payer_siret=st.sampled_from([None, "", "12", PAYER]),
        decided_on=st.dates(date(2014, 1, 1), date(2099, 1, 1)),
        reference=_TEXT,
        name=_TEXT,
        siret=st.sampled_from([None, "", "73282932", SIRET]),
        rna=st.sampled_from([None, "", "W1", "W913001234"]),
        title=_TEXT,
        summary=_TEXT,
        cents=st.integers(1, 10**8),
        paid_on=st.dates(date(2014, 1, 1), date(2099, 1, 1)),
    )
)
def test_whatever_has_no_fault_is_a_row_of_the_schema(subsidy: Subsidy) -> None:
    if subsidy_faults(subsidy):
        return
    cells = {name: "non" if value is False else str(value) for name, value in row_of(subsidy).items()}
    assert wrong_cells(cells) == []


def test_every_fault_has_its_words() -> None:
    assert set(FAULTS) == set(SubsidyFault)
