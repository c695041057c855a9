"""The desk proposes a consultation for parts of the contract that had none of their own."""

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.operations.axes import set_axis_origin
from cdv_civic.consultations.models import Consultation, ConsultationOption
from cdv_civic.consultations.queries.undiscussed import starting_part, undiscussed_parts
from cdv_civic.core import clock
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.territory.models import Axis, Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import counting
from tests.consultations.factories import make_consultation, make_option, make_question, make_step
from tests.page_forms import PageForm
from tests.signing_in import open_browser

DESK = "/fr/bureau/consultations"


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract("val")


@pytest.fixture
def staff(contract: Contract) -> SignedIn:
    return make.make_account(role="staff", scope=Scope(ScopeKind.CONTRACT, contract.id))


def without(contract: Contract, title: str, **values: object) -> Axis:
    """An axis that had no consultation of its own."""
    axis = make.make_axis(contract, title, **values)  # type: ignore[arg-type]
    set_axis_origin(make.make_account(), axis.id, "sans_concertation", {}, version=0)
    return axis


def proposed(account: SignedIn, contract_id: int | None = None) -> list[str]:
    found = undiscussed_parts(reach_of(account, "consultation.edit"), "fr", contract_id=contract_id)
    return [each.title.text for each in found.parts]


def ask_about(axis: Axis, contract: Contract, **values: object) -> Consultation:
    row = make_consultation(contract, **values)  # type: ignore[arg-type]
    make_option(make_question(make_step(row, kind="priorities"), kind="rank", options=[]), axis_id=axis.id)
    return row


def test_only_parts_without_consultation_are_proposed_until_one_is_prepared(
    contract: Contract, staff: SignedIn
) -> None:
    axis, other = without(contract, "Se déplacer"), make.make_axis(contract, "Se loger")
    set_axis_origin(make.make_account(), other.id, "habitants", {}, version=0)
    make.make_axis(contract, "Rien n’est dit")
    without(make.make_contract(), "Chez les autres")
    assert proposed(staff) == ["Se déplacer"]
    ask_about(axis, contract, withdrawn_at=clock.now(), withdrawn_reason="Une erreur.")
    assert proposed(staff) == ["Se déplacer"], "one that was withdrawn counts for nothing"
    ask_about(axis, contract, stage="draft")
    assert proposed(staff) == []


def test_a_town_and_a_body_are_proposed_their_own_parts_and_those_of_all(contract: Contract) -> None:
    orly, ivry = make.make_commune(contract, "Orly"), make.make_commune(contract, "Ivry")
    quartier = make.make_quartier(contract, communes=[orly])
    body = make_body(contract, quartiers=[quartier])
    for title, commune in (("De tous", None), ("D’Orly", orly), ("D’Ivry", ivry)):
        without(contract, title, commune_id=commune.id if commune else None)
    town = make.make_account(role="staff", scope=Scope(ScopeKind.COMMUNE, orly.id))
    moderator = make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    assert proposed(town) == ["De tous", "D’Orly"]
    assert proposed(moderator) == ["De tous", "D’Orly"]
    assert proposed(make.make_account()) == ["De tous", "D’Orly", "D’Ivry"]


def test_a_part_is_asked_about_among_those_beside_it_or_below(contract: Contract) -> None:
    top = make.make_axis(contract, "Haut", code="A")
    beside = make.make_axis(contract, "À côté", code="B")
    make.make_axis(contract, "D’un autre arbre", code="C", tree="communes")
    make.make_axis(contract, "Parti", code="D", retired_at=clock.now())
    for title in ("Un", "Deux"):
        make.make_axis(contract, title, top)
    alone = make.make_axis(contract, "Seul", beside, code="B.1")
    below = make.make_axis(contract, "Dessous", alone)

    def begins(code: str) -> list[int]:
        found = starting_part(contract.id, code, "fr")
        assert found is not None
        return list(found.axes)

    assert begins("B") == [beside.id, top.id]
    assert begins("B.1") == [alone.id, below.id]
    assert starting_part(contract.id, "D", "fr") is None
    assert starting_part(make.make_contract().id, "B", "fr") is None


def test_the_list_leads_to_a_consultation_about_that_part(
    client: FlaskClient, contract: Contract, staff: SignedIn, session: Session
) -> None:
    other, axis = make.make_axis(contract, "Se loger"), without(contract, "Se déplacer", code="O2")
    open_browser(client, staff)
    address = f"{DESK}/nouvelle?contrat=val&axe=O2"
    listed = html.unescape(client.get(DESK).text)
    assert "Se déplacer" in listed
    assert address in listed
    assert address in html.unescape(client.get(f"{DESK}/nouvelle?contrat=val").text)
    form = PageForm(client.get(address).text, "client_key")
    chosen = form.filled({})
    assert (chosen["starter"], chosen["part"]) == (["priorities"], [f"axe-{axis.id}"])
    answer = client.post(address, data={**chosen, "organiser": "team", "title_fr": "Se déplacer, et vous ?"})
    assert answer.status_code == 303
    session.rollback()
    options = session.execute(select(ConsultationOption.axis_id).order_by(ConsultationOption.position))
    assert list(options.scalars().all())[:2] == [axis.id, other.id]
    assert address not in html.unescape(client.get(DESK).text), "it is being prepared"


def test_a_part_that_is_not_there_changes_nothing(
    client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    make.make_axis(contract)
    open_browser(client, staff)
    for code in ("inconnu", "%00", ""):
        page = client.get(f"{DESK}/nouvelle?contrat=val&axe={code}")
        assert page.status_code == 200
        assert "axe-" not in page.text.partition("<form")[2]


def test_300_parts_cost_what_one_does(
    app: Flask, client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    without(contract, "Une")
    open_browser(client, staff)
    costs = []
    for how_many in (0, 40):
        for number in range(how_many):
            without(contract, f"Partie {chr(65 + number // 10)}{chr(65 + number % 10)}")
        for path in (DESK, f"{DESK}/nouvelle"):
            client.get(path)
            with counting(app) as statements:
                client.get(path)
            costs.append(len(statements))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 12
    assert "(41)" in client.get(DESK).text
