"""Whoever looks after one contract sees and changes nothing of another: lists, messages, choices of forms."""

from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.reach import GRANTABLE
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.cards.models import CardBatch
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Forbidden, NotFound
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy_of
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.notices.models import Notice
from cdv_civic.notices.operations import try_again
from cdv_civic.notices.queries import given_up, waiting
from cdv_civic.role_desk.operations.invitations import invite
from cdv_civic.role_desk.operations.roles import end_role, give_role
from cdv_civic.seats.models import Seat
from cdv_civic.territory.models import Body, Commune, Contract, Organisation, Quartier
from cdv_civic.voices.models import Voice
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.permissions.world import World, make_world
from tests.signing_in import open_browser, send

#: Stands in all that the other contract holds.
MARK: Final = "zanzibar"
_TEXTS: Final = (
    (LocalizedText, ("original",)),
    (Contract, ("short_title", "territory")),
    (Commune, ("name",)),
    (Quartier, ("name", "search_text")),
    (Body, ("name",)),
    (Organisation, ("name",)),
    (Account, ("name", "organisation_name", "email")),
    (Notice, ("subject",)),
    (CardBatch, ("purpose", "handed_out_by")),
    (Seat, ("first_name", "last_name")),
    (Voice, ("words",)),
)


@pytest.fixture
def two_worlds(app: Flask, session: Session) -> tuple[World, World]:
    """Ours, and another whose every text and name holds `MARK`."""
    home = make_world()
    last = {table: session.execute(select(func.max(table.id))).scalar() or 0 for table, _ in _TEXTS}
    away = make_world()
    with transaction() as writing:
        for table, columns in _TEXTS:
            for column in (getattr(table, name) for name in columns):
                writing.execute(
                    update(table)
                    .where(table.id > last[table], column.is_not(None))
                    .values({column: MARK + column})
                    .execution_options(synchronize_session=False)
                )
    return home, away


def signed(app: Flask, world: World, who: str) -> FlaskClient:
    person = world.people[who]
    assert person is not None
    client = app.test_client()
    open_browser(client, person)
    return client


def lists(app: Flask) -> list[str]:
    """The addresses of all pages for one person that name nothing."""
    routes = app.url_map.bind("localhost")
    return sorted(
        routes.build(rule.endpoint, {"lang": "fr"})
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.arguments <= {"lang"}
        and policy_of(app, rule.endpoint) not in (PUBLIC, None)
        # One's own quartier is looked for among all that the site shows to everybody.
        and rule.endpoint != "my_space.quartiers"
    )


@pytest.mark.long
def test_no_list_and_no_choice_shows_what_another_contract_holds(
    app: Flask, two_worlds: tuple[World, World]
) -> None:
    home, away = two_worlds
    addresses = lists(app)
    addresses += [f"{address}?q={MARK}" for address in addresses]
    addresses += [
        f"/fr/bureau/comptes/inviter?role={role.value}&sorte={kind.value}"
        for role in GRANTABLE
        for kind in ScopeKind
    ]
    other = away.values
    addresses += [f"/fr/bureau/engagements?contrat={number}" for number in range(1, 6)]
    addresses += [f"/fr/bureau/instances?contrat={other['contract']}"]
    seen = []
    for who in ("local", "moderator", "relais", "holder", "state", "commune", "staff"):
        client = signed(app, home, who)
        for address in addresses:
            page = client.get(address)
            # What was looked for stands in the page that found nothing.
            text = page.get_data(as_text=True).lower().replace(f'value="{MARK}"', "").replace(f"q={MARK}", "")
            if MARK in text.replace(f"« {MARK} »", "").replace(f"<bdi>{MARK}</bdi>", ""):
                seen.append((who, address))
    assert seen == []


# --- Messages --------------------------------------------------------------------------------------


@pytest.fixture
def north(app: Flask) -> Contract:
    return make.make_contract()


@pytest.fixture
def south(app: Flask) -> Contract:
    return make.make_contract()


def administrator_of(contract: Contract) -> SignedIn:
    return make.make_account(role="administrator", scope=Scope(ScopeKind.CONTRACT, contract.id))


def test_an_administrator_sees_and_resends_the_messages_of_their_contract_alone(
    app: Flask, session: Session, north: Contract, south: Contract
) -> None:
    lost = {"failed_at": TODAY, "last_error": "451"}
    mine = make.make_notice(contract_id=north.id, subject="Au nord", **lost)
    theirs = make.make_notice(contract_id=south.id, subject="Au sud", **lost)
    nobodys = make.make_notice(subject="Un lien", **lost)
    make.make_notice(contract_id=south.id)
    local, whole = administrator_of(north), make.make_account(role="administrator")
    client = app.test_client()
    open_browser(client, local)
    page = client.get("/fr/bureau/messages").text
    assert "Au nord" in page
    for hidden in ("Au sud", "Un lien", str(theirs.recipient), str(nobodys.recipient)):
        assert hidden not in page
    reach = reach_of(local, "notice.manage")
    assert (waiting(reach), [each.id for each in given_up(reach)]) == (0, [mine.id])
    for notice_id in (theirs.id, nobodys.id, 999_999):
        with pytest.raises(Forbidden):
            try_again(local, notice_id)
        answer = send(client, f"/fr/bureau/messages/{notice_id}/encore", page="/fr/bureau/messages")
        assert answer.status_code == 403
    assert (
        send(client, f"/fr/bureau/messages/{mine.id}/encore", page="/fr/bureau/messages").status_code == 303
    )
    for notice_id in (theirs.id, nobodys.id):
        try_again(whole, notice_id)
    with pytest.raises(NotFound):
        try_again(whole, 999_999)
    session.rollback()
    assert session.execute(select(func.count()).where(Notice.failed_at.is_not(None))).scalar() == 0
    assert waiting(reach_of(CommandLine(), "notice.manage")) == 4


def test_each_message_says_which_contract_it_is_about(
    app: Flask, session: Session, north: Contract, south: Contract
) -> None:
    commune = make.make_commune(north)
    quartier = make.make_quartier(north, communes=[commune])
    body = make_body(north, quartiers=[quartier])
    friend = make.make_account(role=None, email="amie@example.org", password_hash="x")
    scopes = [
        (Role.RELAIS, Scope(ScopeKind.QUARTIER, quartier.id)),
        (Role.RELAIS, Scope(ScopeKind.COMMUNE, commune.id)),
        (Role.MEMBER, Scope(ScopeKind.BODY, body.id)),
        (Role.STATE, Scope(ScopeKind.CONTRACT, south.id)),
        (Role.TRANSLATOR, Scope(ScopeKind.LANGUAGE, "en")),
        (Role.STAFF, Scope()),
    ]
    for role, scope in scopes:
        grant = give_role(CommandLine(), friend.actor_id, role, scope)
    end_role(CommandLine(), friend.actor_id, grant.id)
    invite(
        CommandLine(),
        email="nouveau@example.org",
        name="",
        organisation_name="Ville",
        role=Role.RELAIS,
        scope=Scope(ScopeKind.QUARTIER, quartier.id),
    )
    session.rollback()
    told = session.execute(select(Notice.contract_id).order_by(Notice.id)).scalars().all()
    assert told == [north.id, north.id, north.id, south.id, None, None, None, north.id]
