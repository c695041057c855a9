"""Permission is denied by default."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core.errors import Forbidden
from cdv_civic.core.policy.decisions import acting_role, may, may_grant, needs_factor, require
from cdv_civic.core.policy.guard import action_of, policy, policy_of
from cdv_civic.core.policy.model import CommandLine, Extent, Grant, Location, Role, Scope, ScopeKind, Touched
from cdv_civic.core.policy.table import ACTIONS, FACTOR_ROLES, PASSWORD_ROLES, PUBLIC
from tests.factories import make_account
from tests.signing_in import sign_in

pytestmark = pytest.mark.one_database


class Somebody:
    actor_id = 1
    name = "Somebody"
    organisation_name = "An association"

    def __init__(self, *grants: Grant) -> None:
        self.grants = frozenset(grants)


def test_every_route_declares_its_policy(app: Flask) -> None:
    undeclared = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if policy_of(app, rule.endpoint) not in {PUBLIC, *ACTIONS}
    }
    assert undeclared == set()


def test_every_route_of_the_desk_asks_for_an_action(app: Flask) -> None:
    desk = [rule.endpoint for rule in app.url_map.iter_rules() if "/bureau" in rule.rule]
    assert desk
    assert [endpoint for endpoint in desk if policy_of(app, endpoint) == PUBLIC] == []


def test_a_policy_that_no_table_holds_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="unknown action"):
        policy("commitment.destroy")


def test_a_grant_for_one_contract_gives_nothing_on_another() -> None:
    staff = Somebody(Grant(Role.STAFF, Scope(ScopeKind.CONTRACT, 1)))
    assert may(staff, "progress.publish", Touched(contract=1))
    assert not may(staff, "progress.publish", Touched(contract=2))
    with pytest.raises(Forbidden):
        require(staff, "progress.publish", Touched(contract=2))


NORTH, SOUTH = 10, 11
SHARED = Touched(contract=1, places=(Location(communes=frozenset({NORTH, SOUTH}), quartiers=frozenset({5})),))
BOTH_TOWNS = Touched(
    contract=1, places=(Location(communes=frozenset({NORTH})), Location(communes=frozenset({SOUTH})))
)


def staff_of(commune: int) -> Somebody:
    return Somebody(Grant(Role.STAFF, Scope(ScopeKind.COMMUNE, commune)))


def test_staff_of_a_commune_act_on_a_quartier_that_it_shares() -> None:
    assert may(staff_of(NORTH), "progress.publish", SHARED)
    assert may(staff_of(SOUTH), "progress.publish", SHARED)
    assert not may(staff_of(12), "progress.publish", SHARED)


def test_staff_of_one_commune_do_not_act_on_what_lies_in_another_too() -> None:
    assert not may(staff_of(NORTH), "progress.publish", BOTH_TOWNS)
    both = Somebody(*staff_of(NORTH).grants, *staff_of(SOUTH).grants)
    assert may(both, "progress.publish", BOTH_TOWNS)


def test_staff_of_a_commune_do_not_act_on_what_has_no_place() -> None:
    assert not may(staff_of(NORTH), "progress.publish", Touched(contract=1))


def test_a_holder_acts_on_its_own_commitments_alone() -> None:
    holder = Somebody(Grant(Role.HOLDER, Scope(ScopeKind.ORGANISATION, 7)))
    own = Touched(contract=1, organisations=frozenset({7, 8}))
    assert may(holder, "progress.publish", own)
    assert not may(holder, "commitment.edit", own)
    assert not may(holder, "progress.publish", Touched(contract=1, organisations=frozenset({8})))


def test_nobody_gives_what_they_do_not_hold() -> None:
    north = Touched(contract=1, places=(Location(communes=frozenset({NORTH})),))
    commune = Extent((north,))
    body = Extent((Touched(contract=1, places=north.places, bodies=frozenset({3})),))
    assert may_grant(staff_of(NORTH), Role.STAFF, commune)
    assert may_grant(staff_of(NORTH), Role.RELAIS, commune)
    assert may_grant(staff_of(NORTH), Role.MEMBER, body)
    # Staff do not read the words that residents entrust to a body: they cannot make somebody who does.
    assert not may_grant(staff_of(NORTH), Role.MODERATOR, body)
    assert not may_grant(staff_of(NORTH), Role.STAFF, Extent((Touched(contract=1),)))
    assert not may_grant(staff_of(NORTH), Role.ADMINISTRATOR, commune)
    moderator = Somebody(Grant(Role.MODERATOR, Scope(ScopeKind.BODY, 3)))
    assert may_grant(moderator, Role.MODERATOR, body)
    assert may_grant(moderator, Role.MEMBER, body)
    assert not may_grant(moderator, Role.STAFF, body)
    assert not may_grant(moderator, Role.PERSON, body)


def test_a_body_in_two_communes_is_not_one_commune_s_to_give_where_cards_are_handed_out() -> None:
    """A relais of the body closes cards in both quartiers; a member reads the body's own page alone."""
    both = Location(communes=frozenset({NORTH, SOUTH}), quartiers=frozenset({5, 6}))
    quartiers = tuple(
        Touched(1, (Location(frozenset({commune}), frozenset({quartier})),), bodies=frozenset({3}))
        for commune, quartier in ((NORTH, 5), (SOUTH, 6))
    )
    body = Extent((Touched(1, (both,), bodies=frozenset({3})),), quartiers)
    assert may_grant(staff_of(NORTH), Role.MEMBER, body)
    assert not may_grant(staff_of(NORTH), Role.RELAIS, body)
    both_towns = Somebody(*staff_of(NORTH).grants, *staff_of(SOUTH).grants)
    assert may_grant(both_towns, Role.RELAIS, body)


def test_a_grant_for_the_site_gives_every_contract() -> None:
    assert may(Somebody(Grant(Role.STAFF)), "progress.publish", Touched(contract=2))


def test_somebody_without_a_role_may_do_nothing() -> None:
    may_do = {name for name in ACTIONS if may(Somebody(), name)}
    assert may_do == {name for name in ACTIONS if may(None, name)}
    assert may_do == {name for name, action in ACTIONS.items() if action.anybody}


def test_a_visitor_may_do_what_is_open_to_anybody_and_nothing_else(app: Flask) -> None:
    require(None, "voice.say", Touched(contract=1))
    with pytest.raises(Forbidden):
        require(None, "part.take")
    assert policy_of(app, "voices.speak") == PUBLIC
    assert action_of(app, "voices.speak") == "voice.say"
    assert (policy_of(app, "relais.start"), action_of(app, "relais.start")) == (
        "voice.assist",
        "voice.assist",
    )
    assert action_of(app, "pages.home") == PUBLIC
    assert action_of(app, "nowhere") is None


def test_the_command_line_may_do_everything() -> None:
    assert all(may(CommandLine(), action, Touched(contract=3)) for action in ACTIONS)


def test_visitors_are_sent_to_sign_in_from_every_page_of_the_desk(app: Flask) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if policy_of(app, rule.endpoint) == PUBLIC:
            continue
        values = {name: "1" if name != "lang" else "fr" for name in rule.arguments}
        address = app.url_map.bind("localhost").build(rule.endpoint, values)
        method = "POST" if "POST" in (rule.methods or ()) and "GET" not in (rule.methods or ()) else "GET"
        answer = client.open(address, method=method)
        assert answer.status_code in (302, 400), (address, answer.status_code)
        if answer.status_code == 302:
            assert answer.location.split("?")[0] == "/fr/connexion"


def test_a_number_too_large_for_an_id_is_no_page(client: FlaskClient) -> None:
    sign_in(client, make_account(role="administrator"))
    for address in ("/fr/bureau/instances/99999999999999999999", "/fr/bureau/engagements/2147483648"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("roles", "moderators", "needed"),
    [
        ({Role.STAFF}, False, True),
        ({Role.PERSON, Role.ADMINISTRATOR}, False, True),
        ({Role.MODERATOR}, False, False),
        ({Role.MODERATOR}, True, True),
        ({Role.HOLDER, Role.STATE, Role.TRANSLATOR}, True, False),
        (set(), True, False),
    ],
)
def test_who_must_have_a_second_factor(roles: set[Role], moderators: bool, needed: bool) -> None:
    assert needs_factor(roles, moderators=moderators) is needed


def test_a_second_factor_is_asked_of_roles_that_a_password_opens() -> None:
    """A session without a password carries none of the others away: a factor there would guard nothing."""
    assert FACTOR_ROLES < PASSWORD_ROLES
    assert needs_factor(PASSWORD_ROLES - FACTOR_ROLES, moderators=True)


@pytest.mark.parametrize(
    ("action", "role"), [(name, role) for name, action in ACTIONS.items() for role in sorted(action.roles)]
)
def test_somebody_with_one_role_acts_in_it(action: str, role: Role) -> None:
    assert acting_role(Somebody(Grant(role), Grant(Role.PERSON), Grant(Role.RESIDENT)), action) == (
        Role.PERSON if Role.PERSON in ACTIONS[action].roles else role
    )


@pytest.mark.parametrize(
    ("action", "roles", "acting"),
    [
        ("card.replace", (Role.STAFF, Role.ADMINISTRATOR), Role.STAFF),
        ("card.replace", (Role.ADMINISTRATOR, Role.MODERATOR, Role.STAFF), Role.MODERATOR),
        ("card.replace", (Role.MODERATOR, Role.RELAIS), Role.RELAIS),
        ("card.print", (Role.MODERATOR, Role.RELAIS), Role.MODERATOR),
        ("card.replace", (Role.STATE, Role.MEMBER, Role.ADMINISTRATOR), Role.ADMINISTRATOR),
    ],
)
def test_somebody_acts_in_the_narrowest_of_the_roles_that_allow_it(
    action: str, roles: tuple[Role, ...], acting: Role
) -> None:
    assert acting_role(Somebody(*map(Grant, roles)), action) is acting


def test_no_two_roles_are_equally_narrow_where_somebody_is_told_in_which_one_was_acted() -> None:
    for action in ("card.replace", "card.print"):
        counts = [sum(role in each.roles for each in ACTIONS.values()) for role in ACTIONS[action].roles]
        assert len(set(counts)) == len(counts)
