"""Every route × every role, against the table `who_may.txt`: a change of permission is a line of a diff.

To write the table anew after a change that is meant: `WHO_MAY=write make test`, or this file alone by pytest.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import jinja2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.db import db
from cdv_civic.core.policy.guard import action_of, policy_of
from cdv_civic.core.policy.table import ACTIONS, PUBLIC, ROLES
from tests.permissions.world import PEOPLE, World, make_world
from tests.signing_in import open_browser

TABLE: Final = Path(__file__).with_name("who_may.txt")
METHODS: Final = ("GET", "POST")


class WouldChange(Exception):
    """The act passed every check and was about to be kept."""


@contextmanager
def nothing_is_kept() -> Iterator[None]:
    """Each change is stopped at its commit, so that the world is the same for the next request."""

    def refuse(session: Session) -> None:
        if session.info.get("writing") is not None:
            raise WouldChange

    event.listen(Session, "before_commit", refuse)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", refuse)


def routes(app: Flask) -> list[tuple[Rule, str]]:
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))
    return [(rule, method) for rule in rules for method in METHODS if method in (rule.methods or ())]


class Doors:
    """Everybody's browser at the routes of a site; a browser that came in once is as it was at each of them."""

    def __init__(self, app: Flask, people: Mapping[str, SignedIn | None]) -> None:
        self._app = app
        self._cookies = {who: self._came_in(person) for who, person in people.items() if person is not None}

    def _came_in(self, person: SignedIn) -> str:
        client = self._app.test_client()
        open_browser(client, person)
        cookie = client.get_cookie(self._app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return cookie.value

    def _browser(self, who: str) -> FlaskClient:
        client = self._app.test_client()
        if who in self._cookies:
            client.set_cookie(self._app.config["SESSION_COOKIE_NAME"], self._cookies[who])
        return client

    def let_in(self, world: World, who: str, rule: Rule, method: str) -> bool:
        """Whether a person gets past all permissions of a route; what else is wrong with the request does not count."""
        address = self._app.url_map.bind("localhost").build(
            rule.endpoint, world.arguments(rule.endpoint, rule.arguments)
        )
        with nothing_is_kept():
            try:
                answer = self._browser(who).open(address, method=method)
            except WouldChange:
                return True
            finally:
                db.session.rollback()
        return not (
            answer.status_code == 403
            or (answer.status_code == 302 and "/fr/connexion" in (answer.location or ""))
        )


@pytest.fixture
def no_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permissions are looked at, not forged forms: those have tests of their own."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def nothing_drawn(no_tokens: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page shows to whom it lets in is looked at by `test_links.py`."""
    monkeypatch.setattr(jinja2.Template, "render", lambda *_given, **_values: "")


def test_every_role_of_the_permission_table_has_a_column(app: Flask) -> None:
    people = make_world().people
    assert tuple(people) == PEOPLE
    held = {grant.role for person in people.values() if person is not None for grant in person.grants}
    allowed_somewhere = {role for action in ACTIONS.values() for role in action.roles}
    granted = {role for role, words in ROLES.items() if words.scopes}
    assert allowed_somewhere | granted <= held


def test_every_route_lets_in_whom_the_table_says(app: Flask, nothing_drawn: None) -> None:
    world = make_world()
    doors = Doors(app, world.people)
    names = [f"{rule.endpoint} {method} {rule.rule}" for rule, method in routes(app)]
    # The route comes last: a longer one leaves the other lines as they are.
    lines = [" ".join(PEOPLE) + f" {'action':20} route"]
    for (rule, method), name in zip(routes(app), names, strict=True):
        marks = [f"{'yes' if doors.let_in(world, who, rule, method) else '-':^{len(who)}}" for who in PEOPLE]
        lines.append(" ".join(marks) + f" {action_of(app, rule.endpoint):20} {name}")
    found = "\n".join(line.rstrip() for line in lines) + "\n"
    if os.environ.get("WHO_MAY") == "write":
        TABLE.write_text(found, encoding="utf-8")
    assert found.splitlines() == TABLE.read_text(encoding="utf-8").splitlines()


@pytest.mark.one_database
def test_nobody_reaches_what_lies_outside_their_scope(app: Flask, nothing_drawn: None) -> None:
    home, away = make_world(), make_world()
    doors = Doors(app, home.people)
    everywhere = {"visitor", "administrator"}
    reached = []
    for rule, method in routes(app):
        action = policy_of(app, rule.endpoint)
        named = rule.arguments - {"lang"}
        # Who sits in a commission is told by its members: a test of commissions says what others meet there.
        if action in (PUBLIC, "account.self", "glossary.translate", "jury.sit") or not named:
            continue
        elsewhere = World(home.people, away.values, away.by_endpoint)
        reached += [
            (rule.endpoint, method, who)
            for who in PEOPLE
            if who not in everywhere and doors.let_in(elsewhere, who, rule, method)
        ]
    # A translator's language is that of the whole site.
    assert [each for each in reached if each[2] != "translator"] == []
    assert {each[0] for each in reached} <= {
        "commitments_desk.show",
        "commitments_desk.trail",
        "commitments_desk.translations",
    }
