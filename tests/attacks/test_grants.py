"""Nobody widens what they can do by giving a role: searched for in worlds that are drawn, and tried by hand."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import RoleGrant
from cdv_civic.accounts.reach import GRANTABLE
from cdv_civic.accounts.roles import BadRole, end_role, grant_role, require_grant
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.scopes import touched_commitment
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Forbidden
from cdv_civic.core.policy.decisions import may, may_grant
from cdv_civic.core.policy.model import Grant, Role, Scope, ScopeKind, Touched
from cdv_civic.core.policy.table import ACTIONS, ROLES
from cdv_civic.territory.models import body_quartier
from cdv_civic.territory.scopes import extent_of, touched_body, touched_quartier
from tests import factories as make
from tests.accounts.test_reach import World as Land
from tests.bodies.bodies import make_body
from tests.conftest import TODAY

BODY = ("body.", "meeting.", "publication.", "seat.", "draw.", "voice.")
CONTRACT = ("axis.", "contract.", "account.manage", "notice.")
WORLDS = 3


class World(Land):
    """The same land, with commitments that lie in places of their own contract, as an import makes them."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__(dice)
        session = db.session()
        of_quartiers = {quartier.id: quartier.contract_id for quartier in self.quartiers}
        for contract in self.contracts:
            mine = [each for each in self.quartiers if of_quartiers[each.id] == contract.id]
            holders = [each for each in self.organisations if each.contract_id == contract.id]
            self.own = [
                make.make_commitment(
                    contract,
                    quartiers=dice.sample(mine, min(len(mine), dice.choice((0, 1, 2)))),
                    holders=dice.sample(holders, min(len(holders), dice.choice((0, 1)))),
                )
                for _ in range(6)
            ]
        # As `accounts.roles.require_grant` asks for them, once for all examples.
        self.extents = {scope: extent_of(session, scope) for scope in self.scopes()}
        quartiers = [touched_quartier(session, each.id) for each in self.quartiers]
        bodies = [touched_body(session, each.id) for each in self.bodies]
        own = [touched_commitment(session, each.id, each.contract_id) for each in self.own]
        contracts = [Touched(), *(Touched(contract=each.id) for each in self.contracts)]
        texts = [
            Touched(each.contract, each.places, organisations=each.organisations, languages=frozenset({tag}))
            for each in own
            for tag in ("en", "ar")
        ]
        self.objects = [
            (action, thing)
            for action in ACTIONS
            for thing in (
                quartiers
                if action.startswith("card.")
                else bodies
                if action.startswith(BODY)
                else contracts
                if action.startswith(CONTRACT)
                else texts
                if action.endswith(".translate")
                else own
            )
        ]


@pytest.fixture(params=range(WORLDS))
def world(app: Flask, request: pytest.FixtureRequest) -> World:
    return World(random.Random(f"grants {request.param}"))


def gained(world: World, giver: SignedIn, role: Role, scope: Scope) -> Iterator[tuple[str, Touched]]:
    """What somebody who had nothing can do with the role, and its giver cannot."""
    receiver = SignedIn(2, "", "", "", frozenset({Grant(role, scope)}))
    for action, thing in world.objects:
        if may(receiver, action, thing) and not may(giver, action, thing):
            yield action, thing


@pytest.mark.long
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_no_grant_gives_what_its_giver_does_not_hold(world: World, data: st.DataObject) -> None:
    scopes = world.scopes()

    def a_grant(role: Role) -> Grant:
        fitting = [scope for scope in scopes if scope.kind in ROLES[role].scopes]
        return Grant(role, data.draw(st.sampled_from(fitting)))

    giving = (Role.MODERATOR, Role.STAFF, Role.ADMINISTRATOR)
    grants = [a_grant(data.draw(st.sampled_from(giving)))]
    grants += [a_grant(role) for role in data.draw(st.lists(st.sampled_from(GRANTABLE), max_size=2))]
    giver = SignedIn(1, "", "", "", frozenset(grants))
    for role in GRANTABLE:
        for scope in scopes:
            if scope.kind not in ROLES[role].scopes or not may_grant(giver, role, world.extents[scope]):
                continue
            assert not list(gained(world, giver, role, scope)), (grants, role, scope)


def test_a_moderator_of_one_body_makes_no_relais_of_the_quartier(app: Flask, session: Session) -> None:
    """The relais would reach the other body of the quartier, whose words the moderator never wrote down."""
    contract = make.make_contract()
    quartier = make.make_quartier(contract)
    mine = make_body(contract, quartiers=[quartier])
    other = make_body(contract, quartiers=[quartier])
    moderator = make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, mine.id))
    friend = make.make_account(role=None)
    with pytest.raises(Forbidden):
        grant_role(moderator, friend.actor_id, Role.RELAIS, Scope(ScopeKind.QUARTIER, quartier.id))
    grant_role(moderator, friend.actor_id, Role.RELAIS, Scope(ScopeKind.BODY, mine.id))
    relais = make.load_actor(friend.actor_id)
    assert may(relais, "voice.assist", touched_body(session, mine.id))
    assert not may(relais, "voice.assist", touched_body(session, other.id))


def test_the_only_body_of_today_is_not_the_only_one_of_tomorrow(app: Flask) -> None:
    contract = make.make_contract()
    quartier = make.make_quartier(contract)
    body = make_body(contract, quartiers=[quartier])
    moderator = make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    with pytest.raises(Forbidden):
        require_grant(db.session(), moderator, Role.RELAIS, Scope(ScopeKind.QUARTIER, quartier.id))


def test_a_role_that_grew_is_ended_by_who_gave_it_and_by_nobody_below(app: Flask, session: Session) -> None:
    contract = make.make_contract()
    north, south = make.make_commune(contract), make.make_commune(contract)
    here, there = (
        make.make_quartier(contract, communes=[north]),
        make.make_quartier(contract, communes=[south]),
    )
    body = make_body(contract, quartiers=[here])
    scope = Scope(ScopeKind.BODY, body.id)
    giver = make.make_account(scope=Scope(ScopeKind.COMMUNE, north.id))
    colleague = make.make_account(scope=Scope(ScopeKind.COMMUNE, north.id))
    friend = make.make_account(role=None)
    grant = grant_role(giver, friend.actor_id, Role.RELAIS, scope)
    # An import says that the body is the other quartier's too.
    with transaction() as writing:
        writing.execute(body_quartier.insert().values(body_id=body.id, quartier_id=there.id, position=1))
    assert may(make.load_actor(friend.actor_id), "card.replace", touched_quartier(session, there.id))
    with pytest.raises(Forbidden):
        require_grant(session, giver, Role.RELAIS, scope)
    with pytest.raises(Forbidden):
        end_role(colleague, grant.id)
    assert end_role(giver, grant.id).ends_at == TODAY


def test_nobody_ends_a_role_that_reaches_beyond_them(app: Flask) -> None:
    contract = make.make_contract()
    quartier = make.make_quartier(contract)
    body = make_body(contract, quartiers=[quartier])
    moderator = make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    relais = make.make_account(role=None)
    staff = make.make_account(contract=contract)
    grant = grant_role(staff, relais.actor_id, Role.RELAIS, Scope(ScopeKind.QUARTIER, quartier.id))
    with pytest.raises(Forbidden):
        end_role(moderator, grant.id)


def test_nobody_prolongs_their_own_role(app: Flask) -> None:
    contract = make.make_contract()
    body = make_body(contract)
    scope = Scope(ScopeKind.BODY, body.id)
    moderator = make.make_account(role="moderator", scope=scope)
    end = TODAY + timedelta(days=3)
    with transaction() as session:
        session.execute(
            update(RoleGrant).where(RoleGrant.account_id == moderator.actor_id).values(ends_at=end)
        )
    with pytest.raises(BadRole):
        grant_role(moderator, moderator.actor_id, Role.MODERATOR, scope, starts_at=end)
    with pytest.raises(BadRole):
        grant_role(moderator, moderator.actor_id, Role.MEMBER, scope)
    grant_role(moderator, moderator.actor_id, Role.MEMBER, scope, ends_at=end)
