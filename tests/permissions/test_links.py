"""Each role follows every link and presses every button of the pages that it may open: none leads to a refusal."""

import re
from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from cdv_civic.core.db import db
from tests.permissions.test_permissions import WouldChange, nothing_is_kept, routes
from tests.permissions.world import PEOPLE, World, make_world
from tests.signing_in import open_browser

pytestmark = pytest.mark.one_database

#: Pages that are read for what they lead to: the desks and what is one person's.
_DESKS: Final = re.compile(r"/fr/(bureau|relais|moi)(/|$)")
#: How many pages of a route are opened with the same parameters.
_OF_A_KIND: Final = 2
#: What an act answers that the person may not do, or that is not there.
_REFUSED: Final = frozenset({401, 403, 404, 405, 410})


class Leads(HTMLParser):
    """Where a page leads to: its links, and its forms with the fields that they hold already."""

    def __init__(self, address: str, page: str) -> None:
        super().__init__()
        self._address = address
        self.links: list[str] = []
        self.posts: list[tuple[str, list[tuple[str, str]]]] = []
        self._form: tuple[str, list[tuple[str, str]]] | None = None
        self._posts = False
        self.feed(page)

    def _target(self, link: str) -> str:
        return urldefrag(urljoin(self._address, link)).url

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(self._target(given["href"]))
        elif tag == "form":
            self._form = (self._target(given.get("action") or self._address), [])
            self._posts = given.get("method", "get").lower() == "post"
        elif tag == "button" and self._form and given.get("type", "submit") == "submit":
            # A form is sent by its button; one without is drawn around what it may hold.
            if not self._posts:
                self.links.append(self._form[0])
            elif self._form not in self.posts:
                self.posts.append(self._form)
        elif tag == "input" and self._form and given.get("type") == "hidden" and given.get("name"):
            self._form[1].append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def _same_site(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and parts.hostname == "localhost"


class Walk:
    """One person's walk through every page that they are led to."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self._map = app.url_map.bind("localhost")
        self._client = client
        self._opened: Counter[tuple[str, ...]] = Counter()
        self._answers: dict[str, int] = {}
        self._pressed: dict[str, int] = {}
        self.refused: set[tuple[str, str, int]] = set()

    def _enough(self, address: str) -> bool:
        """Whether as many pages like this one were opened as tell something: filters and pages of lists do not."""
        parts = urlsplit(address)
        try:
            endpoint, _values = self._map.match(parts.path, method="GET")
        except HTTPException:
            return False
        kind = (endpoint, *sorted(dict(parse_qsl(parts.query))))
        self._opened[kind] += 1
        # Of public pages, one of each: here it matters only that desks lead to them.
        return self._opened[kind] > (_OF_A_KIND if _DESKS.match(parts.path) else 1)

    def _status(self, address: str) -> tuple[int, str]:
        answer = self._client.get(address)
        is_page = answer.mimetype == "text/html" and answer.status_code == 200
        return answer.status_code, answer.text if is_page else ""

    def _press(self, address: str, fields: list[tuple[str, str]]) -> int:
        sent: dict[str, list[str]] = {}
        for name, value in fields:
            sent.setdefault(name, []).append(value)
        try:
            return self._client.post(address, data=sent).status_code
        except WouldChange:
            return 303
        finally:
            db.session.rollback()

    def follow(self, starts: Iterable[str]) -> None:
        """Open pages, what they lead to, and so on; a page that refuses is not where one starts."""
        waiting: list[tuple[str, str]] = [("", urljoin("http://localhost", start)) for start in starts]
        while waiting:
            came_from, address = waiting.pop(0)
            if address in self._answers:
                if came_from and self._answers[address] in _REFUSED:
                    self.refused.add((_short(came_from), _short(address), self._answers[address]))
                continue
            if came_from and self._enough(address):
                continue
            status, page = self._status(address)
            self._answers[address] = status
            if status in _REFUSED and came_from:
                self.refused.add((_short(came_from), _short(address), status))
            if not page or not _DESKS.match(urlsplit(address).path):
                continue
            leads = Leads(address, page)
            waiting += [(address, link) for link in leads.links if _same_site(link)]
            for target, fields in leads.posts:
                if target not in self._pressed:
                    self._pressed[target] = self._press(target, fields)
                if self._pressed[target] in _REFUSED:
                    self.refused.add((_short(address), f"POST {_short(target)}", self._pressed[target]))


def _short(address: str) -> str:
    return address.removeprefix("http://localhost")


def desks_of(app: Flask, world: World) -> list[str]:
    """The address of every page of the desks, of what the world holds."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule, method in routes(app):
        if method == "GET" and rule.rule.startswith(("/<lang>/bureau", "/<lang>/relais", "/<lang>/moi")):
            found.append(adapter.build(rule.endpoint, world.arguments(rule.endpoint, rule.arguments)))
    return found


#: Who sees most of what another one sees: looked at with the tests that take long.
_LIKE_OTHERS: Final = {"administrator", "commune", "elsewhere", "local", "member"}


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(each, marks=[pytest.mark.long] if each in _LIKE_OTHERS else [])
        for each in PEOPLE
        if each != "visitor"
    ],
)
def test_no_link_and_no_button_of_a_desk_is_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    world = make_world()
    client = app.test_client()
    person = world.people[who]
    assert person is not None
    open_browser(client, person)
    walk = Walk(app, client)
    with nothing_is_kept():
        walk.follow(desks_of(app, world))
    refused = "\n".join(
        f"{page} leads to {target}: {status}" for page, target, status in sorted(walk.refused)
    )
    assert refused == ""
