"""Every page of the demonstration in every language, over HTTP: status, language, direction, cookies, other hosts.

`tests/browser/test_pages.py` looks at the same pages in Chromium, in a covering choice of languages and widths.
"""

import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from typing import Final

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from cdv_civic.core.policy.model import Role
from cdv_civic.core.settings import ROOT
from cdv_civic.demo.accounts import ACCOUNTS, EMAIL, PASSWORD
from tests.conftest import Site
from tests.demo_pages import (
    ADMINISTRATORS_PAGES,
    DESK_PAGES,
    PUBLIC_PAGES,
    Read,
    expected_status,
    may_set_cookie,
    pages_of_members_and_draws,
    pages_of_moderation,
    pages_of_one_body,
    pages_of_one_commitment,
)
from tests.demo_site import copy_demo
from tests.languages import DIRECTIONS
from tests.signing_in import sign_in

pytestmark = pytest.mark.one_database

ADMINISTRATOR: Final = next(each.email for each in ACCOUNTS if each.role is Role.ADMINISTRATOR)
#: What a browser loads or sends by itself; a link that a person follows may lead elsewhere.
LOADED: Final = {
    "script": "src", "img": "src", "source": "srcset", "iframe": "src", "form": "action", "use": "href"
}  # fmt: skip
#: A placeholder that nothing was put into.
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]")
#: A thing of the program where its words should stand: « CodedTerm(code=… ».
UNWORDED: Final = re.compile(r"\b[A-Z]\w*\(\w+=| object at 0x")
HELP: Final = 'class="help-strip"'
VOID: Final = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)


class Reader(HTMLParser):
    """Reads a page: its language and direction, what it loads, and what it says in that language."""

    def __init__(self) -> None:
        super().__init__()
        self.language: str | None = None
        self.direction: str | None = None
        self.loaded: list[str] = []
        self.said: list[str] = []
        #: The open elements, each with the language of its text; silent ones have none.
        self._open: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        if tag == "html":
            self.language, self.direction = named.get("lang"), named.get("dir")
        if tag in LOADED or (tag == "link" and named.get("rel") not in ("alternate", "canonical")):
            self.loaded.append(named.get(LOADED.get(tag, "href")) or "")
        if tag not in VOID:
            outer = self._open[-1][1] if self._open else self.language
            silent = tag in ("script", "style", "template", "pre")
            self._open.append((tag, None if silent else named.get("lang") or outer))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][1] == self.language:
            self.said.append(" ".join(data.split()))


@cache
def french_only(language: str) -> frozenset[str]:
    """The source sentences that read differently in a language, without those of up to three words: a name in the
    data may be the same."""
    with (ROOT / "translations" / language / "messages.po").open("rb") as file:
        messages = list(read_po(file, locale=language))
    sources = ((m.id if isinstance(m.id, str) else m.id[-1], m.string) for m in messages if m.id)
    return frozenset(source for source, string in sources if source != string and source.count(" ") > 2)


def wrong_with(html: str, language: str, untranslated: frozenset[str]) -> list[str]:
    """What is wrong with the source of a page, in words."""
    page = Reader()
    page.feed(html)
    wrong = []
    if (page.language, page.direction) != (language, DIRECTIONS[language]):
        wrong.append(f"lang and dir are {page.language} and {page.direction}")
    wrong += [f"loads from another host: {url}" for url in page.loaded if re.match(r"\w+://|//", url)]
    wrong += [f"not translated: {text}" for text in page.said if text in untranslated]
    wrong += [f"a placeholder: {text}" for text in page.said if PLACEHOLDER.search(text)]
    wrong += [f"no words: {text}" for text in page.said if UNWORDED.search(text)]
    # WCAG 2.2, 3.2.6: at one place, on pages of the desk and of errors too.
    parts = [html.find(each) for each in ("</main>", HELP, "<footer")]
    if -1 in parts or parts != sorted(parts) or html.count(HELP) != 1:
        wrong.append("help does not stand once, after the content and before the foot")
    return wrong


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with the demonstration, for the tests of this module."""
    folder = tmp_path_factory.mktemp("demo")
    copy_demo(folder, tmp_path_factory)
    return Site(folder, None, environment="development", demo=True)


@pytest.fixture(scope="module")
def signed_in(demo: Site) -> Callable[[str], FlaskClient]:
    """`signed_in(email)`: a browser where this account of the demonstration came in."""
    clients: dict[str, FlaskClient] = {}

    def come_in(email: str) -> FlaskClient:
        if email not in clients:
            clients[email] = demo.app.test_client()
            with demo.app.app_context():
                assert sign_in(clients[email], email, PASSWORD).status_code == 303
        return clients[email]

    return come_in


def faults(client: FlaskClient, paths: list[str], language: str) -> dict[str, list[str]]:
    """What is wrong with each of these pages; good ones are left out."""
    untranslated = frozenset() if language == "fr" else french_only(language)
    found = {}
    for path in paths:
        answer = client.get(f"/{language}{path}")
        wrong = wrong_with(answer.text, language, untranslated)
        if answer.status_code != expected_status(path):
            wrong.append(f"status {answer.status_code}")
        if path in PUBLIC_PAGES and not may_set_cookie(path) and "Set-Cookie" in answer.headers:
            wrong.append("sets a cookie")
        found[path] = wrong
    return {path: wrong for path, wrong in found.items() if wrong}


def reading(client: FlaskClient) -> Read:
    return lambda path: client.get(path).text


@pytest.mark.parametrize("language", DIRECTIONS)
def test_public_pages_are_in_order(demo: Site, language: str) -> None:
    """And set no cookie: each is asked for by a browser that holds none."""
    assert faults(demo.app.test_client(use_cookies=False), list(PUBLIC_PAGES), language) == {}


@pytest.mark.parametrize("language", DIRECTIONS)
def test_pages_of_the_desk_are_in_order(signed_in: Callable[[str], FlaskClient], language: str) -> None:
    client = signed_in(EMAIL)
    read = reading(client)
    paths = [
        *DESK_PAGES,
        *pages_of_one_body(read),
        *pages_of_members_and_draws(read),
        *pages_of_one_commitment(read),
        *pages_of_moderation(read),
    ]
    assert faults(client, paths, language) == {}


@pytest.mark.parametrize("language", DIRECTIONS)
def test_pages_of_administrators_are_in_order(signed_in: Callable[[str], FlaskClient], language: str) -> None:
    assert faults(signed_in(ADMINISTRATOR), list(ADMINISTRATORS_PAGES), language) == {}


def test_the_check_sees_each_fault() -> None:
    bad = (
        '<html lang="fr" dir="ltr"><body><img src="https://example.org/a.png"><p>Rien à voir ici</p>'
        '<p lang="en">Rien à voir ici</p><p>Il y en a %(num)s</p></body></html>'
    )
    assert wrong_with(bad, "ar", frozenset({"Rien à voir ici"})) == [
        "lang and dir are fr and ltr",
        "loads from another host: https://example.org/a.png",
        "not translated: Rien à voir ici",
        "a placeholder: Il y en a %(num)s",
        "help does not stand once, after the content and before the foot",
    ]
