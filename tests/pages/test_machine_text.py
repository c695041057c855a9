"""Nothing that a machine wrote for itself is shown to residents: file names, slugs, codes, notes of who read a document."""

import re
from html.parser import HTMLParser
from typing import Final

import pytest
from flask.testing import FlaskClient

from tests.conftest import Site
from tests.demo_pages import PUBLIC_PAGES, expected_status
from tests.demo_site import copy_demo
from tests.languages import DIRECTIONS

pytestmark = pytest.mark.one_database

#: Pages for those who build the site, or that show an address as it was typed.
NOT_FOR_RESIDENTS: Final = ("/composants", "/messages-envoyes")
MACHINE: Final = re.compile(
    r"\b[\w-]+\.(?:txt|pdf|json|csv|xlsx|docx)\b"  # a file
    r"|\b[a-z]+_[a-z_]+\b"  # a code
    r"|\b[0-9a-f]{12,}\b"  # a hash
    r"|\b[a-z]+(?:-[a-z0-9]+){3,}\b"  # a slug
    r"|dans les deux fiches"
    r"|\b(?:None|True|False|undefined)\b|%\("
)
#: The address of the page, which its printed sheet shows.
_ADDRESS: Final = re.compile(r"\S+/\S+")
#: What looks so and is said on purpose.
SAID: Final = {"cdv_civic", "pied-d-immeuble"}


class Shown(HTMLParser):
    """The texts of a page that somebody sees or hears; what a block of code shows is meant for machines."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style", "pre", "code", "head")
        self.texts += [value for name, value in attrs if name in ("aria-label", "alt", "title") and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style", "pre", "code", "head")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


def machine_text(page: str) -> set[str]:
    """What a page shows that no person wrote for another."""
    return {
        found[0] for text in Shown(page).texts for found in MACHINE.finditer(_ADDRESS.sub("", text))
    } - SAID


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("demo")
    copy_demo(folder, tmp_path_factory)
    return Site(folder, None, environment="development", demo=True).app.test_client()


@pytest.mark.parametrize("language", DIRECTIONS)
def test_no_page_shows_what_a_machine_wrote(demo: FlaskClient, language: str) -> None:
    found: dict[str, set[str]] = {}
    for path in PUBLIC_PAGES:
        if path.startswith(NOT_FOR_RESIDENTS):
            continue
        answer = demo.get(f"/{language}{path}")
        assert answer.status_code == expected_status(path), path
        if shown := machine_text(answer.text):
            found[path] = shown
    assert found == {}


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>Source : 002_bab8f4bef7cd232a.txt</p>", {"002_bab8f4bef7cd232a.txt"}),
        ("<p>objectif_strategique</p>", {"objectif_strategique"}),
        ("<p>2 833 habitants pour le QPV entier, dans les deux fiches</p>", {"dans les deux fiches"}),
        ('<p title="orly-quartier-est-2019">Vitry-sur-Seine</p>', {"orly-quartier-est-2019"}),
        ("<pre>flask body draw tirage-1.txt</pre><p>Fontenay-sous-Bois</p>", set()),
    ],
)
def test_the_check_sees_what_a_machine_wrote_and_no_name_of_a_town(page: str, found: set[str]) -> None:
    assert machine_text(page) == found
