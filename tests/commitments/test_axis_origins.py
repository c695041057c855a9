"""How a part of the contract was drawn up: staff say it, its page shows it, and nobody is overwritten."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.models import AxisOrigin
from cdv_civic.commitments.operations.axes import set_axis_origin
from cdv_civic.commitments.rules.origins import LONGEST_NOTE, Origin
from cdv_civic.commitments.wording import ORIGINS, RuleRefused
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, Forbidden, NotFound
from cdv_civic.core.localized import LocalizedText
from cdv_civic.territory.models import Axis
from tests.factories import make_account, make_axis, make_contract
from tests.publishing import seen_at_once
from tests.signing_in import send, sign_in

NOTE = {"fr": "Deux ateliers en 2023.", "en": "Two workshops in 2023.", "ar": "ورشتان في 2023."}


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make_account()


@pytest.fixture
def axis(app: Flask) -> Axis:
    return make_axis(make_contract("val"), "Se déplacer", code="O1")


def stored(session: Session, axis: Axis) -> AxisOrigin | None:
    session.rollback()
    statement = select(AxisOrigin).where(AxisOrigin.axis_id == axis.id)
    return session.execute(statement, execution_options={"populate_existing": True}).scalar()


def texts(session: Session) -> int:
    session.rollback()
    kept = select(func.count(LocalizedText.id)).where(LocalizedText.owner_kind == "axis_origin")
    return int(session.execute(kept).scalar_one())


def test_each_way_has_its_words(app: Flask) -> None:
    assert set(ORIGINS) == set(Origin)
    assert all(word.said and word.code == origin for origin, word in ORIGINS.items())


def test_it_is_said_changed_and_taken_back(session: Session, staff: SignedIn, axis: Axis) -> None:
    set_axis_origin(staff, axis.id, "sans_concertation", NOTE, version=0)
    row = stored(session, axis)
    assert row is not None
    assert (row.how, row.version) == ("sans_concertation", 1)
    set_axis_origin(staff, axis.id, "habitants", {}, version=1)
    assert texts(session) == 0, "a note that is emptied leaves nothing behind"
    set_axis_origin(staff, axis.id, None, {}, version=2)
    row = stored(session, axis)
    assert row is not None
    assert (row.how, row.note_id, row.version) == (None, None, 3)
    trail = select(AuditEntry.action, AuditEntry.before, AuditEntry.after).order_by(AuditEntry.id)
    assert [tuple(each) for each in session.execute(trail)] == [
        ("axis.edit", {"how": None}, {"how": "sans_concertation", "note": True}),
        ("axis.edit", {"how": "sans_concertation"}, {"how": "habitants", "note": False}),
        ("axis.edit", {"how": "habitants"}, {"how": None, "note": False}),
    ]


def test_what_cannot_be_is_refused(session: Session, staff: SignedIn, axis: Axis) -> None:
    with pytest.raises(RuleRefused) as refused:
        set_axis_origin(staff, axis.id, "sondage", {}, version=0)
    assert refused.value.field == "how"
    with pytest.raises(DomainError) as alone:
        set_axis_origin(staff, axis.id, None, NOTE, version=0)
    assert alone.value.field == "how"
    with pytest.raises(DomainError) as long:
        set_axis_origin(staff, axis.id, "habitants", {"fr": "a" * (LONGEST_NOTE + 1)}, version=0)
    assert long.value.field == "note_fr"
    with pytest.raises(NotFound):
        set_axis_origin(staff, 999, "habitants", {}, version=0)
    with pytest.raises(Forbidden):
        set_axis_origin(make_account(contract=make_contract()), axis.id, "habitants", {}, version=0)
    assert stored(session, axis) is None
    assert texts(session) == 0


def test_of_two_people_the_second_is_told(session: Session, staff: SignedIn, axis: Axis) -> None:
    set_axis_origin(staff, axis.id, "habitants", NOTE, version=0)
    with pytest.raises(ChangedMeanwhile):
        set_axis_origin(staff, axis.id, "en_partie", {}, version=0)
    row = stored(session, axis)
    assert row is not None
    assert row.how == "habitants"


def test_residents_see_it_at_once(staff: SignedIn, axis: Axis) -> None:
    with seen_at_once():
        set_axis_origin(staff, axis.id, "habitants", NOTE, version=0)


def test_the_desk_asks_and_the_page_of_the_part_says_it(
    client: FlaskClient, staff: SignedIn, axis: Axis
) -> None:
    sign_in(client, staff)
    address = f"/fr/bureau/themes/{axis.id}/concertation"
    assert address in client.get(f"/fr/bureau/themes?contrat={axis.contract_id}").text
    typed = {"how": "sans_concertation", "note_fr": NOTE["fr"], "note_ar": NOTE["ar"], "version": "0"}
    assert send(client, address, **typed).status_code == 303
    assert "Sans concertation dédiée" in client.get(f"/fr/bureau/themes?contrat={axis.contract_id}").text
    again = client.get(address).text
    assert NOTE["fr"] in again
    assert re.search(r'value="sans_concertation"[^>]* checked|checked[^>]* value="sans_concertation"', again)
    page = client.get("/fr/contrats/val?axe=O1").text
    assert "Cette partie du contrat n’a pas eu de concertation à elle." in page
    assert NOTE["fr"] in page
    assert NOTE["ar"] in client.get("/ar/contrats/val?axe=O1").text
    refused = send(client, address, how="", note_fr="Des mots", version="1")
    assert refused.status_code == 422
    assert "Choisissez d’abord comment cette partie a été écrite." in refused.text
    assert "Des mots" in refused.text


def test_where_nobody_said_the_page_says_nothing(client: FlaskClient, staff: SignedIn, axis: Axis) -> None:
    set_axis_origin(staff, axis.id, "habitants", {}, version=0)
    set_axis_origin(staff, axis.id, None, {}, version=1)
    page = client.get("/fr/contrats/val?axe=O1").text
    assert not [word for word in ORIGINS.values() if str(word.said) in page]


def test_only_whoever_may_change_the_contract_opens_its_form(client: FlaskClient, axis: Axis) -> None:
    sign_in(client, make_account(contract=make_contract()))
    assert client.get(f"/fr/bureau/themes/{axis.id}/concertation").status_code == 403
    assert client.get("/fr/bureau/themes/999/concertation").status_code == 404


def test_a_form_on_300_parts_costs_what_one_costs(
    client: FlaskClient, staff: SignedIn, axis: Axis, count_statements: Callable[[], Any]
) -> None:
    sign_in(client, staff)
    set_axis_origin(staff, axis.id, "habitants", NOTE, version=0)
    with count_statements() as found:
        client.get(f"/ar/bureau/themes/{axis.id}/concertation")
    assert len(found) <= 12
