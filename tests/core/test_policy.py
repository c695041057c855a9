"""Permission is denied by default."""

import pytest
from flask import Flask

from cdv_civic.core.errors import Forbidden
from cdv_civic.core.policy import ACTIONS, PUBLIC, CommandLine, Grant, Role, may, policy, policy_of, require


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
    staff = Somebody(Grant(Role.STAFF, contract_id=1))
    assert may(staff, "progress.publish", 1)
    assert not may(staff, "progress.publish", 2)
    with pytest.raises(Forbidden):
        require(staff, "progress.publish", 2)


def test_a_grant_for_the_site_gives_every_contract() -> None:
    assert may(Somebody(Grant(Role.STAFF)), "progress.publish", 2)


def test_somebody_without_a_role_may_do_nothing() -> None:
    assert not any(may(Somebody(), action) for action in ACTIONS)


def test_the_command_line_may_do_everything() -> None:
    assert all(may(CommandLine(), action, 3) for action in ACTIONS)


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
            assert "/fr/connexion" in answer.location
