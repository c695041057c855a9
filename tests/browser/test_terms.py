"""A hard word explained where it stands: its meaning covers neither the word nor the screen's edge, and closes (1.4.13)."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acts import go_by
from tests.browser.conftest import OpenContext, Served, until
from tests.browser.look import TWICE
from tests.demo_pages import CONTRACT

pytestmark = pytest.mark.looks

PAGE = f"{CONTRACT}/engagements/ETAT.O1.1"
#: What is wrong with where the open meaning of a term stands.
MISPLACED = """term => {
  const word = term.querySelector("button").getBoundingClientRect();
  const box = term.querySelector(".term-meaning").getBoundingClientRect();
  const found = [];
  if (box.left < 0 || box.right > document.documentElement.clientWidth + 0.5) found.push("sideways");
  if (box.top < -0.5 || box.bottom > innerHeight + 0.5) found.push(`up or down: ${box.top} to ${box.bottom}`);
  if (Math.min(box.bottom, word.bottom) - Math.max(box.top, word.top) > 0) found.push("over its word");
  const close = term.querySelector(".term-close").getBoundingClientRect();
  if (close.width < 44 || close.height < 44) found.push(`its button is ${close.width} by ${close.height}`);
  if (close.bottom > box.bottom + 0.5) found.push("its button is cut off");
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) found.push("the page scrolls sideways");
  return found;
}"""


def opened(page: Page, which: int = 0) -> Locator:
    """Open the meaning of a term; the term."""
    term = page.locator(".term").nth(which)
    term.locator("> button").click()
    expect(term.locator(".term-meaning")).to_be_visible()
    return term


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("width", "height", "twice"), [(320, 640, True), (360, 640, False), (1280, 800, False)]
)
def test_a_meaning_stands_beside_its_word_and_within_the_screen(
    open_context: OpenContext, served: Served, language: str, width: int, height: int, twice: bool
) -> None:
    page = open_context(width, height).new_page()
    page.goto(f"{served.address}/{language}{PAGE}")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    if twice:
        page.evaluate(TWICE, page.locator("html").element_handle())
    terms = page.locator(".term")
    assert terms.count() > 0
    wrong = {}
    for which in range(min(terms.count(), 6)):
        # At the head of the screen, in its middle, and at its foot.
        for block in ("start", "center", "end"):
            terms.nth(which).evaluate("(term, block) => term.scrollIntoView({ block })", block)
            term = opened(page, which)
            if found := term.evaluate(MISPLACED):
                wrong[which, block] = found
            page.keyboard.press("Escape")
    assert wrong == {}


def test_a_meaning_closes_by_its_button_by_escape_by_a_touch_elsewhere_and_as_one_goes_on(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context().new_page()
    page.goto(f"{served.address}/fr{PAGE}")
    term = opened(page)
    word, meaning = term.locator("> button"), term.locator(".term-meaning")
    expect(word).to_have_attribute("aria-expanded", "true")

    meaning.get_by_role("button", name="Fermer").click()
    expect(meaning).to_be_hidden()
    expect(word).to_be_focused()
    expect(word).to_have_attribute("aria-expanded", "false")

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(meaning.get_by_role("link")).to_be_focused()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    expect(word).to_be_focused()

    page.keyboard.press("Enter")
    for _step in range(3):
        expect(meaning).to_be_visible()
        page.keyboard.press("Tab")
    expect(meaning).to_be_hidden()

    opened(page)
    page.get_by_role("heading", level=1).click()
    expect(meaning).to_be_hidden()


def test_the_pointer_may_go_over_a_meaning_and_the_page_may_move_under_it(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context(1280, 800).new_page()
    page.goto(f"{served.address}/fr{PAGE}")
    term = opened(page)
    term.locator(".term-text").hover()
    expect(term.locator(".term-meaning")).to_be_visible()
    page.mouse.wheel(0, 60)
    until(page, "scrollY > 0")
    assert term.evaluate(MISPLACED) == []


def test_without_script_a_word_leads_to_its_place_in_the_glossary(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{served.address}/fr{PAGE}")
    expect(page.locator(".term-meaning").first).to_be_hidden()
    go_by(page.locator(".term > a").first)
    page.wait_for_url("**/fr/mots#*")
    expect(page.locator(":target")).to_be_visible()
