"""A quartier of a contract that is over has a twin of the same name in the next: no choice confuses the two."""

from collections.abc import Callable, Sequence

import pytest
from flask import Flask

from cdv_civic.accounts.models import ResidentQuartier
from cdv_civic.cards.queries import quartier_choices
from cdv_civic.commitments.queries.filters import AskedFilters, understand
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import Reach, Role, Scope, ScopeKind
from cdv_civic.my_space.queries import my_quartiers
from cdv_civic.role_desk.queries.scope_choices import scope_choices
from cdv_civic.territory.models import Quartier
from cdv_civic.territory.queries.directory import directory
from cdv_civic.territory.scopes import scope_names
from cdv_civic.voices.queries.listening import quartiers_heard
from tests.bodies.bodies import make_body
from tests.factories import make_account, make_commune, make_contract, make_quartier

NAME = "Orly Quartier Est"
OLD = f"{NAME} (2015-2020)"


@pytest.fixture
def twins(app: Flask) -> tuple[Quartier, Quartier]:
    """The quartier of the contract that runs, and that of the one before; the older one was written first."""
    before = make_contract("seine-amont-2015-2020", period_start="2015", period_end="2020")
    now = make_contract("grand-orly-2024-2030")
    orly = make_commune(before, "Orly")
    old = make_quartier(before, NAME, [orly])
    new = make_quartier(now, NAME, [make_commune(now, "Orly Ville")])
    return new, old


def _of_roles() -> Sequence[str]:
    administrator = make_account(role="administrator")
    rows = scope_choices(administrator, Role.RELAIS, ScopeKind.QUARTIER).rows
    return [each.name for each in rows]


def _of_cards() -> Sequence[str]:
    return [label.partition(" · ")[0] for _id, label in quartier_choices(Reach(everywhere=True))]


@pytest.mark.parametrize("choices", [_of_roles, _of_cards])
def test_the_twin_of_a_contract_that_is_over_comes_last_and_says_its_years(
    twins: tuple[Quartier, Quartier], choices: Callable[[], Sequence[str]]
) -> None:
    assert list(choices()) == [NAME, OLD]


def test_the_filter_of_commitments_tells_twins_apart(twins: tuple[Quartier, Quartier]) -> None:
    labels = [each.label for each in understand(AskedFilters(), today=clock.today(), soon_days=30).quartiers]
    assert len(labels) == len(set(labels))
    assert all("2015-2020" not in each for each in labels[:-1])


def test_the_scope_of_a_role_says_the_years_of_a_contract_that_is_over(
    twins: tuple[Quartier, Quartier],
) -> None:
    new, old = (Scope(ScopeKind.QUARTIER, each.id) for each in twins)
    assert scope_names(db.session(), [old, new]) == {new: NAME, old: OLD}


def test_my_quartiers_say_which_is_of_a_contract_that_is_over(twins: tuple[Quartier, Quartier]) -> None:
    resident = make_account(role=None)
    assert resident.actor_id is not None
    with transaction() as session:
        for each in twins:
            session.add(
                ResidentQuartier(
                    account_id=resident.actor_id,
                    quartier_id=each.id,
                    chosen_at=clock.now(),
                    verified_at=None,
                )
            )
    assert sorted(each.name for each in my_quartiers(resident.actor_id)) == [NAME, OLD]


def test_the_search_for_ones_quartier_proposes_the_twin_of_today(twins: tuple[Quartier, Quartier]) -> None:
    now, older = directory().look_for(NAME)
    assert ([each.quartier.slug for each in now], [each.quartier.slug for each in older]) == (
        [twins[0].slug],
        [twins[1].slug],
    )


def test_a_body_of_a_whole_town_hears_the_quartiers_of_its_own_contract(app: Flask) -> None:
    before = make_contract("seine-amont-2015-2020", period_start="2015", period_end="2020")
    now = make_contract("grand-orly-2024-2030")
    orly = make_commune(before, "Orly")
    make_quartier(before, NAME, [orly])
    new = make_quartier(now, NAME, [orly])
    body = make_body(now, communes=[orly])
    assert [each.id for each in quartiers_heard(body.id)] == [new.id]
