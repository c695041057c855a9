"""What is wrong with a page as Chromium shows it, and the languages and widths in which pages are looked at."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.browser.conftest import Served, axe_findings
from tests.languages import DIRECTIONS

WIDTHS = (360, 1280)
HEIGHT = 800


@dataclass(frozen=True)
class View:
    """One way to look at a page."""

    width: int
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.language}"


#: Each width, each language and each direction of writing once: what `make test` looks at.
COVERING = (View(360, "fr"), View(360, "ar"), View(1280, "en"))


def _param(view: View) -> Any:
    return pytest.param(view, id=str(view), marks=[] if view in COVERING else [pytest.mark.sweep])


#: Parametrizes a test with all views; those beyond the covering ones are left to `make sweep`.
in_views = pytest.mark.parametrize(
    "view", [_param(View(width, language)) for width in WIDTHS for language in DIRECTIONS]
)


def look(page: Page, site: Served, path: str, language: str, *, expected: int = 200) -> list[str]:
    """What is wrong with a page, in words; an empty list is a good page."""
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((site.address, "data:", "blob:")):
            elsewhere.append(request.url)

    console: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            console.append(message.text)

    page.on("request", note)
    page.on("console", hear)
    answer = page.goto(site.address + path)
    page.wait_for_load_state()
    page.remove_listener("request", note)
    page.remove_listener("console", hear)
    assert isinstance(answer, Response)
    wrong = []
    if answer.status != expected:
        wrong.append(f"status {answer.status}")
    said = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
    if said != [language, DIRECTIONS[language]]:
        wrong.append(f"lang and dir are {said}")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if width[0] > width[1]:
        wrong.append(f"scrolls sideways: {width[0]} px in {width[1]}")
    wrong += [f"asks elsewhere: {url}" for url in elsewhere]
    wrong += [f"console: {text}" for text in console if "404" not in text and "410" not in text]
    wrong += axe_findings(page)
    return wrong


def look_at_all(page: Page, site: Served, paths: list[str], view: View) -> dict[str, list[str]]:
    """What is wrong with each of these pages, given without their language; good ones are left out."""
    page.set_viewport_size({"width": view.width, "height": HEIGHT})
    found = {path: look(page, site, f"/{view.language}{path}", view.language) for path in paths}
    return {path: wrong for path, wrong in found.items() if wrong}
