"""Who may say which services help, where, and what becomes of it."""

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, SeveralRefusals
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.language_help import operations, queries
from cdv_civic.language_help.models import LanguageHelp
from cdv_civic.territory.models import Quartier
from tests import factories as make
from tests.language_help.services import a_service, make_service
from tests.signing_in import open_browser


def names(**more: object) -> list[str]:
    return [each.service for each in queries.services("fr", **more).shown]  # type: ignore[arg-type]


def test_staff_of_a_town_say_what_is_there_and_nothing_of_the_next_town(app: Flask) -> None:
    contract = make.make_contract()
    orly, ivry = make.make_commune(contract, "Orly", "orly"), make.make_commune(contract, "Ivry", "ivry")
    quartier = make.make_quartier(contract, communes=[orly])
    staff = make.make_account(role=Role.STAFF.value, scope=Scope(ScopeKind.COMMUNE, orly.id))
    make_service(contract, staff, commune=orly)
    make_service(contract, staff, quartier=quartier)
    with pytest.raises(Forbidden):
        make_service(contract, staff, commune=ivry)
    with pytest.raises(Forbidden):
        make_service(contract, staff)
    mine = make_service(contract, staff, service="Ici", commune=orly)
    with pytest.raises(Forbidden):
        operations.change_service(staff, mine, a_service(commune=ivry), version=1)
    theirs = make_service(contract, commune=ivry)
    for act in (operations.withdraw_service, operations.put_back_service):
        with pytest.raises(Forbidden):
            act(staff, theirs)


def test_the_state_and_residents_say_nothing(app: Flask) -> None:
    contract = make.make_contract()
    state = make.make_account(role=Role.STATE.value, scope=Scope(ScopeKind.CONTRACT, contract.id))
    for actor in (state, make.make_account(role=None)):
        with pytest.raises(Forbidden):
            make_service(contract, actor)


def test_a_place_of_another_contract_is_refused_beside_its_field(app: Flask) -> None:
    here, there = make.make_contract(), make.make_contract()
    quartier = make.make_quartier(there)
    commune = make.make_commune(there, "Ailleurs", "ailleurs")
    for draft in ({"quartier": quartier}, {"commune": commune}):
        with pytest.raises(DomainError) as refused:
            make_service(here, **draft)
        assert refused.value.field == "served"


def test_a_form_sent_twice_adds_one_service(app: Flask, session: Session) -> None:
    contract, actor = make.make_contract(), make.make_account(role="administrator")
    first, again = (
        operations.add_service(actor, contract.id, a_service(), client_key="la-meme-cle") for _ in range(2)
    )
    assert first == again
    assert len(session.execute(select(LanguageHelp.id)).all()) == 1


def test_two_people_do_not_overwrite_each_other(app: Flask) -> None:
    service = make_service(make.make_contract())
    actor = make.make_account(role="administrator")
    operations.change_service(actor, service, a_service("Un"), version=1)
    with pytest.raises(Conflict):
        operations.change_service(actor, service, a_service("Deux"), version=1)
    assert names() == ["Un"]


def test_hours_that_are_emptied_leave_no_text_behind(app: Flask, session: Session) -> None:
    service = make_service(make.make_contract())
    operations.change_service(
        make.make_account(role="administrator"), service, a_service(hours={"fr": ""}), version=1
    )
    fields = session.execute(
        select(LocalizedText.field).where(LocalizedText.owner_kind == "language_help")
    ).scalars()
    assert list(fields) == ["what"]


def test_a_service_that_was_taken_off_the_page_can_be_put_back(app: Flask) -> None:
    service, actor = make_service(make.make_contract()), make.make_account(role="administrator")
    assert operations.withdraw_service(actor, service)
    assert not operations.withdraw_service(actor, service)
    assert names() == []
    assert operations.put_back_service(actor, service)
    assert names() == ["Maison inventée"]


def test_a_contract_holds_a_hundred_at_most(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST", 1)
    contract, actor = make.make_contract(), make.make_account(role="administrator")
    first = make_service(contract)
    with pytest.raises(DomainError):
        make_service(contract)
    operations.withdraw_service(actor, first)
    make_service(contract)
    with pytest.raises(DomainError):
        operations.put_back_service(actor, first)


def test_each_act_stands_on_the_trail(app: Flask, session: Session) -> None:
    contract, actor = make.make_contract(), make.make_account(role="administrator")
    service = make_service(contract)
    operations.change_service(actor, service, a_service("Deux"), version=1)
    operations.withdraw_service(actor, service)
    told = session.execute(
        select(AuditEntry.action, AuditEntry.scope).where(AuditEntry.object_kind == "language_help")
    ).all()
    assert [tuple(each) for each in told] == [("language_help.edit", contract.slug)] * 3


def test_the_trail_says_before_and_after_of_the_same_things(app: Flask, session: Session) -> None:
    contract, actor = make.make_contract(), make.make_account(role="administrator")
    orly = make.make_commune(contract, "Orly", "orly")
    service = make_service(contract)
    operations.change_service(actor, service, a_service("Deux", commune=orly), version=1)
    line = session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    assert line.before is not None
    assert line.after is not None
    assert line.before.keys() == line.after.keys()
    assert (line.before["commune"], line.after["commune"]) == (None, orly.id)
    assert line.before["what"] == {"fr": "On lit vos lettres avec vous."}


def test_all_that_is_wrong_with_a_service_is_said_at_once(app: Flask) -> None:
    contract, actor = make.make_contract(), make.make_account(role="administrator")
    draft = a_service(kind="x", spoken=(), phone="appelez", what={"fr": ""}, hours={"fr": "x" * 300})
    with pytest.raises(SeveralRefusals) as refused:
        operations.add_service(actor, contract.id, draft, client_key="une-clef-de-service")
    assert [each.field for each in refused.value.refusals] == [
        "kind",
        "spoken",
        "phone",
        "what_fr",
        "hours_fr",
    ]


def test_a_service_of_a_quartier_that_is_no_more_can_be_taken_off_the_page(app: Flask) -> None:
    contract = make.make_contract()
    quartier = make.make_quartier(contract, slug="ici")
    service = make_service(contract, quartier=quartier)
    with transaction() as session:
        session.execute(update(Quartier).values(retired_at=clock.now()))
    assert names() == ["Maison inventée"]
    administrator = make.make_account(role="administrator")
    browser = app.test_client()
    open_browser(browser, administrator)
    assert "Maison inventée" in browser.get("/fr/bureau/langues").text
    page = browser.get("/fr/bureau/langues/nouveau").text
    assert f'value="quartier:{quartier.id}"' not in page
    assert operations.withdraw_service(administrator, service)


def test_the_database_takes_no_town_of_another_contract(app: Flask) -> None:
    elsewhere = make.make_commune(make.make_contract(), "Orly", "orly")
    service = make_service(make.make_contract())
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            update(LanguageHelp).where(LanguageHelp.id == service).values(commune_id=elsewhere.id)
        )


def test_a_quartier_finds_its_own_services_its_towns_and_its_contracts(app: Flask) -> None:
    contract = make.make_contract()
    orly, ivry = make.make_commune(contract, "Orly", "orly"), make.make_commune(contract, "Ivry", "ivry")
    here = make.make_quartier(contract, communes=[orly], slug="ici")
    there = make.make_quartier(contract, communes=[ivry], slug="la")
    make_service(contract, service="A", quartier=here)
    make_service(contract, service="B", commune=orly)
    make_service(contract, service="C")
    make_service(contract, service="D", quartier=there)
    make_service(make.make_contract(), service="E")
    assert names(place=queries.in_quartier("ici")) == ["A", "B", "C"]
    assert names(place=queries.in_quartier("la")) == ["C", "D"]
    assert names(place=queries.in_commune("orly")) == ["A", "B", "C"]
    assert names() == ["A", "B", "C", "D", "E"]
    assert names(spoken="tr") == ["A", "B", "C", "D", "E"]
    assert names(spoken="zh") == []
