"""Lists agree with the rule: what SQL finds within somebody's reach is what `Touched` says of each row."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import RoleGrant
from cdv_civic.accounts.reach import (
    GRANTABLE,
    ActionReach,
    contained,
    grants_to_end,
    grants_within,
    reaches_to_grant,
)
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.models import (
    Commitment,
    commitment_commune,
    commitment_holder,
    commitment_quartier,
)
from cdv_civic.commitments.scopes import commitments_within, touched_commitment
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.decisions import may_grant, reach_of
from cdv_civic.core.policy.model import Grant, Reach, Role, Scope, ScopeKind, Touched
from cdv_civic.core.policy.table import ROLES
from cdv_civic.territory.models import (
    Body,
    Commune,
    Contract,
    ContractCommune,
    Organisation,
    Quartier,
    quartier_commune,
)
from cdv_civic.territory.scopes import (
    bodies_within,
    extent_of,
    quartiers_within,
    touched_body,
    touched_quartier,
    touched_scope,
)
from tests import factories as make
from tests.bodies.bodies import make_body

#: Worlds that are drawn, and reaches that are tried in each.
WORLDS, REACHES = 4, 40


def draw(number: int) -> random.Random:
    return random.Random(f"reach {number}")


class World:
    """Two contracts, communes that one or both hold, quartiers that communes share, bodies, commitments."""

    def __init__(self, dice: random.Random) -> None:
        self.contracts = [make.make_contract() for _ in range(2)]
        self.communes = [make.make_commune(dice.choice(self.contracts)) for _ in range(4)]
        shared = make.make_commune(self.contracts[0])
        with transaction() as session:
            session.add(
                ContractCommune(
                    contract_id=self.contracts[1].id,
                    commune_id=shared.id,
                    department=None,
                    position=1,
                    retired_at=None,
                    source_row={},
                )
            )
        self.communes.append(shared)
        self.quartiers = [
            make.make_quartier(
                dice.choice(self.contracts), communes=dice.sample(self.communes, dice.randint(0, 3))
            )
            for _ in range(6)
        ]
        self.bodies = [
            make_body(
                dice.choice(self.contracts),
                quartiers=dice.sample(self.quartiers, dice.randint(0, 2)),
                communes=dice.sample(self.communes, dice.choice((0, 0, 1, 2))),
            )
            for _ in range(6)
        ]
        self.organisations = [make.make_organisation(dice.choice(self.contracts)) for _ in range(3)]
        self.commitments = [
            make.make_commitment(
                dice.choice(self.contracts),
                quartiers=dice.sample(self.quartiers, dice.choice((0, 1, 1, 2, 3))),
                communes=dice.sample(self.communes, dice.choice((0, 0, 1, 2))),
                holders=dice.sample(self.organisations, dice.choice((0, 1, 2))),
            )
            for _ in range(20)
        ]

    def scopes(self) -> list[Scope]:
        """All that a role can be for here."""
        rows = (
            (ScopeKind.CONTRACT, self.contracts),
            (ScopeKind.COMMUNE, self.communes),
            (ScopeKind.QUARTIER, self.quartiers),
            (ScopeKind.BODY, self.bodies),
            (ScopeKind.ORGANISATION, self.organisations),
        )
        return [
            Scope(),
            *(Scope(ScopeKind.LANGUAGE, tag) for tag in ("en", "ar")),
            *(Scope(kind, row.id) for kind, table in rows for row in table),
        ]

    def somebody(self, dice: random.Random) -> SignedIn:
        """With one to three roles, for things that they can be given for."""
        grants = set()
        for _ in range(dice.randint(1, 3)):
            role = dice.choice(GRANTABLE)
            fitting = [scope for scope in self.scopes() if scope.kind in ROLES[role].scopes]
            if len(fitting) > 1 and dice.random() < 0.8:
                fitting = [scope for scope in fitting if scope.kind is not ScopeKind.SITE]
            grants.add(Grant(role, dice.choice(fitting)))
        return SignedIn(1, "", "", "", frozenset(grants))

    def reach(self, dice: random.Random) -> Reach:
        """Any reach at all, of kinds that no role has today too."""

        def some(rows: list[Any]) -> frozenset[int]:
            return frozenset(row.id for row in dice.sample(rows, dice.choice((0, 0, 1, 2))))

        return Reach(
            contracts=some(self.contracts) if dice.random() < 0.3 else frozenset(),
            communes=some(self.communes),
            quartiers=some(self.quartiers),
            bodies=some(self.bodies),
            organisations=some(self.organisations),
        )


def compare(
    session: Session,
    table: type,
    condition: Callable[[Reach], object],
    touched: Callable[[int], Touched],
    reaches: list[Reach],
) -> None:
    rows = list(session.execute(select(table.id)).scalars())  # type: ignore[attr-defined]
    known = {number: touched(number) for number in rows}
    for reach in reaches:
        found = set(session.execute(select(table.id).where(condition(reach))).scalars())  # type: ignore[attr-defined, arg-type]
        assert found == {number for number in rows if reach.touches(known[number])}, reach


@pytest.mark.parametrize("number", range(WORLDS))
def test_lists_and_rows_agree_on_what_lies_within_reach(app: Flask, session: Session, number: int) -> None:
    dice = draw(number)
    world = World(dice)
    reaches = [world.reach(dice) for _ in range(REACHES)]
    reaches += [reach_of(world.somebody(dice), "progress.publish") for _ in range(REACHES)]
    reaches += [Reach(), Reach(everywhere=True)]
    contract_of = dict.fromkeys(session.execute(select(Commitment.id)).scalars(), 0)
    contract_of.update(
        {row[0]: row[1] for row in session.execute(select(Commitment.id, Commitment.contract_id))}
    )

    def commitment(row: int) -> Touched:
        return touched_commitment(session, row, contract_of[row])

    compare(session, Commitment, commitments_within, commitment, reaches)
    compare(session, Quartier, quartiers_within, lambda row: touched_quartier(session, row), reaches)
    compare(session, Body, bodies_within, lambda row: touched_body(session, row), reaches)
    for kind, table in (
        (ScopeKind.CONTRACT, Contract),
        (ScopeKind.COMMUNE, Commune),
        (ScopeKind.QUARTIER, Quartier),
        (ScopeKind.BODY, Body),
        (ScopeKind.ORGANISATION, Organisation),
    ):
        rows = list(session.execute(select(table.id)).scalars())
        extents = {row: extent_of(session, Scope(kind, row)) for row in rows}
        for reach in reaches:
            for quartiers in (False, True):
                condition = contained(kind, ActionReach(reach, quartiers))
                found = set(session.execute(select(table.id).where(condition)).scalars())
                held = {row for row in rows if reach.contains(extents[row], quartiers=quartiers)}
                assert found == held, (kind, reach, quartiers)


@pytest.mark.parametrize("number", range(2))
def test_the_desk_offers_to_end_what_the_rule_lets_somebody_end(
    app: Flask, session: Session, number: int
) -> None:
    dice = draw(100 + number)
    world = World(dice)
    holder = make.make_account(role=None)
    with transaction() as writing:
        for role in GRANTABLE:
            for scope in world.scopes():
                if scope.kind in ROLES[role].scopes:
                    writing.add(
                        RoleGrant.of(
                            holder.actor_id,
                            role,
                            scope,
                            starts_at=clock.now(),
                            ends_at=None,
                            granted_at=clock.now(),
                            granted_by=None,
                            ended_by=None,
                        )
                    )
    grants = list(session.execute(select(RoleGrant)).scalars())
    touched = {grant.id: touched_scope(session, grant.scope) for grant in grants}
    extents = {grant.id: extent_of(session, grant.scope) for grant in grants}
    for _ in range(REACHES):
        actor = world.somebody(dice)
        found = set(session.execute(select(RoleGrant.id).where(grants_to_end(actor))).scalars())
        expected = {grant.id for grant in grants if may_grant(actor, Role(grant.role), extents[grant.id])}
        assert found == expected, actor.grants
        reach = reach_of(actor, "role.grant")
        seen = set(session.execute(select(RoleGrant.id).where(grants_within(reach))).scalars())
        assert seen == {grant.id for grant in grants if reach.touches(touched[grant.id])}, actor.grants
        for role in Role:
            everywhere = reaches_to_grant(actor, role)
            assert (everywhere is not None) or not any(
                may_grant(actor, role, extent) for extent in extents.values()
            )


IDS = st.frozensets(st.integers(1, 4), max_size=2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.frozensets(st.integers(1, 4), max_size=3),
    towns=IDS,
    holders=IDS,
    communes=IDS,
    quartiers=IDS,
    organisations=IDS,
    lies=st.tuples(*[st.frozensets(st.integers(1, 4), max_size=2)] * 4),
)
def test_any_commitment_lies_within_reach_in_lists_as_alone(
    four: tuple[list[int], list[int], list[int], int, int],
    places: frozenset[int],
    towns: frozenset[int],
    holders: frozenset[int],
    communes: frozenset[int],
    quartiers: frozenset[int],
    organisations: frozenset[int],
    lies: tuple[frozenset[int], ...],
) -> None:
    known_communes, known_quartiers, known_organisations, contract_id, commitment_id = four
    session = db.session()
    with transaction() as writing:
        for table in (commitment_quartier, commitment_commune, commitment_holder, quartier_commune):
            writing.execute(table.delete())
        for index, found in enumerate(lies):
            for each in found:
                writing.execute(
                    insert(quartier_commune).values(
                        quartier_id=known_quartiers[index], commune_id=known_communes[each - 1], position=0
                    )
                )
        for table, column, chosen, known in (
            (commitment_quartier, "quartier_id", places, known_quartiers),
            (commitment_commune, "commune_id", towns, known_communes),
            (commitment_holder, "organisation_id", holders, known_organisations),
        ):
            for each in chosen:
                row = {"commitment_id": commitment_id, column: known[each - 1], "position": 0}
                writing.execute(insert(table).values(row))
    reach = Reach(
        communes=frozenset(known_communes[each - 1] for each in communes),
        quartiers=frozenset(known_quartiers[each - 1] for each in quartiers),
        organisations=frozenset(known_organisations[each - 1] for each in organisations),
    )
    listed = session.execute(select(Commitment.id).where(commitments_within(reach))).scalars().all()
    alone = reach.touches(touched_commitment(session, commitment_id, contract_id))
    assert (commitment_id in listed) is alone


@pytest.fixture
def four(app: Flask) -> tuple[list[int], list[int], list[int], int, int]:
    """Four communes, quartiers and organisations, and one commitment."""
    contract = make.make_contract()
    return (
        [make.make_commune(contract).id for _ in range(4)],
        [make.make_quartier(contract).id for _ in range(4)],
        [make.make_organisation(contract).id for _ in range(4)],
        contract.id,
        make.make_commitment(contract).id,
    )
