"""What is wrong with a page as Chromium shows it, and the languages and widths in which pages are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.browser.conftest import Served, axe_findings
from tests.languages import DIRECTIONS

WIDTHS = (360, 1280)
HEIGHT = 800


#: Narrower than this, lists are cards (static/src/css/components/stacked.css).
PHONE = 768
#: What scrolls sideways within a page, in words: on a phone nobody finds what stands there. Text that is copied as it
#: is (a published list, code) may.
SCROLLING_INSIDE = """
[...document.querySelectorAll("body *:not(pre, code, textarea, input, .list-text)")]
    .filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className}: ${one.scrollWidth} px in ${one.clientWidth}`)
"""


#: The target of a control is its label too. A link within a sentence is bounded by its line.
SMALL = """least => {
  const found = new Set();
  const shown = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !each.closest(".visually-hidden");
  const inSentence = (each) => getComputedStyle(each).display === "inline" && each.closest("p, li, dd, td, th, span, small, h1, h2, h3, label") !== null;
  for (const each of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(each) || each.disabled) continue;
    if (each.matches(".term > button") || (each.matches("a") && inSentence(each))) continue;
    if (each.closest("svg, .skip, .mail-text")) continue;
    const boxes = [each, ...(each.labels ?? [])].map((part) => part.getBoundingClientRect());
    if (each.matches(".card-title a")) boxes.push(each.closest(".card").getBoundingClientRect());
    const width = Math.max(...boxes.map((box) => box.width));
    const height = Math.max(...boxes.map((box) => box.height));
    if (width < least - 0.5 || height < least - 0.5) {
      found.add(`${each.tagName.toLowerCase()}.${each.className} « ${each.textContent.trim().slice(0, 30) || each.name} »: ${Math.round(width)} by ${Math.round(height)}`);
    }
  }
  return [...found];
}"""
#: WCAG 2.2, 2.5.8: 24 px; ours.
SMALLEST_TARGET = 44
#: Twice the text.
TWICE = "it => { it.style.fontSize = `${2 * parseFloat(getComputedStyle(it).fontSize)}px` }"
NARROWEST = 320


@dataclass(frozen=True)
class View:
    """One way to look at a page."""

    width: int
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.language}"


#: Each width, each language and each direction of writing once: what `make test` looks at.
COVERING = (View(360, "fr"), View(360, "ar"), View(1280, "en"))
#: What axe-core judges is how a page of that width is built, and its colours: those of the same page in Arabic. What
#: French does to a narrow page, whose words are longer, is how wide it gets.
BUILT_AS_ANOTHER = View(360, "fr")


def _views(covering: Sequence[View]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "view",
        [
            pytest.param(view, id=str(view), marks=[] if view in covering else [pytest.mark.sweep])
            for view in (View(width, language) for width in WIDTHS for language in DIRECTIONS)
        ],
    )


#: Parametrizes a test with all views; those beyond the covering ones are left to `make sweep`.
in_views = _views(COVERING)
#: The same for pages of the desk, which are narrow on a phone alone: what staff do on a wide screen is looked at as they
#: do it, in the tests of each feature.
in_views_of_the_desk = _views([view for view in COVERING if view.width < PHONE])


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
    if page.viewport_size and page.viewport_size["width"] < PHONE:
        wrong += [f"scrolls sideways inside: {found}" for found in page.evaluate(SCROLLING_INSIDE)]
    wrong += [f"asks elsewhere: {url}" for url in elsewhere]
    wrong += [f"console: {text}" for text in console if "404" not in text and "410" not in text]
    if View(page.viewport_size["width"] if page.viewport_size else 0, language) != BUILT_AS_ANOTHER:
        wrong += axe_findings(page)
    return wrong


def small_targets(page: Page) -> list[str]:
    """What is pressed on a page and is too small, with all that opens open."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    small: list[str] = page.evaluate(SMALL, SMALLEST_TARGET)
    return small


def too_wide_at_twice_the_text(page: Page) -> list[str]:
    """How wide a page gets where somebody with poor sight opens it on the narrowest phone (WCAG 1.4.4, 1.4.10)."""
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    page.evaluate(TWICE, page.locator("html").element_handle())
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"with twice the text: {width} px in {NARROWEST}"] if width > NARROWEST else []


def look_at_all(page: Page, site: Served, paths: list[str], view: View) -> dict[str, list[str]]:
    """What is wrong with each of these pages, given without their language; good ones are left out."""
    page.set_viewport_size({"width": view.width, "height": HEIGHT})
    found = {path: look(page, site, f"/{view.language}{path}", view.language) for path in paths}
    return {path: wrong for path, wrong in found.items() if wrong}
