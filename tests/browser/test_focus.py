"""Whoever goes through a page by keyboard sees where they are: nothing that stays on the screen lies over the focus.

WCAG 2.2, 2.4.11 asks that it be seen in part; we ask for all of it (2.4.12), and for its mark (2.4.7, 1.4.11).
"""

import pytest
from playwright.sync_api import Page, expect

from cdv_civic.core.policy.model import Role
from cdv_civic.demo.accounts import ACCOUNTS
from tests.browser.acts import arriving, send
from tests.browser.conftest import OpenContext, Served, SignedIn
from tests.demo_pages import CONTRACT

pytestmark = pytest.mark.looks

SCREENS = ((360, 640), (1280, 800))
#: The bars that stay take the most of a small screen: `make sweep` goes through a large one.
WALKED = (SCREENS[0], pytest.param(*SCREENS[1], marks=pytest.mark.sweep))
SPEAK = f"{CONTRACT}/instances/conseil-de-quartier/parole"
PAGES = (
    "/",
    SPEAK,
    "/engagements?q=écoles",
    "/quartiers/orly-quartier-est",
    "/parole/suivi",
    "/connexion/equipe",
)
DESK_PAGES = ("/bureau", "/bureau/engagements", "/bureau/cartes/nouvelles", "/moi")
#: Where the focus is, and what lies over it; null where it left the page.
COVERED = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body || focused.closest("summary, .skip") === null && !focused.matches("*")) return null;
  window.barsThatStay ??= [...document.querySelectorAll("body *")].filter((each) => /sticky|fixed/.test(getComputedStyle(each).position));
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className} « ${(element.textContent || element.name || "").trim().slice(0, 30)} »`;
  const box = focused.getBoundingClientRect();
  const tall = box.height > 0.4 * innerHeight; // such as a table that scrolls by itself: a part of it is enough
  const found = [];
  if (!tall && (box.top < -1 || box.bottom > innerHeight + 1)) found.push(`${name(focused)} is not on the screen`);
  for (const bar of window.barsThatStay) {
    if (bar.contains(focused) || focused.contains(bar) || !bar.checkVisibility({ visibilityProperty: true })) continue;
    const other = bar.getBoundingClientRect();
    const over = Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1
      && Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 1;
    if (over) found.push(`${name(focused)} is under ${name(bar)}`);
  }
  const { outlineStyle, outlineWidth } = getComputedStyle(focused);
  const marked = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 || getComputedStyle(focused, "::after").outlineStyle !== "none";
  if (!marked && focused.matches(":focus-visible")) found.push(`${name(focused)} has no mark of the focus`);
  return found;
}"""
MOST_STEPS = 160


def covered(page: Page, address: str) -> list[str]:
    """What is hidden, even partly, or left without its mark, as one goes through a page and back."""
    page.goto(address)
    found: list[str] = []
    for key in ("Tab", "Shift+Tab"):
        for _step in range(MOST_STEPS):
            page.keyboard.press(key)
            said = page.evaluate(COVERED)
            if said is None:
                break
            found += said
    return list(dict.fromkeys(found))


def covered_pages(
    page: Page, site: Served, paths: tuple[str, ...], language: str = "fr"
) -> dict[str, list[str]]:
    """What is hidden on each of these pages."""
    found = {path: covered(page, f"{site.address}/{language}{path}") for path in paths}
    return {path: lines for path, lines in found.items() if lines}


def register_and_relais(page: Page, site: Served) -> tuple[str, ...]:
    """The pages with bars that stay: the register of a body, and the form of a relais."""
    page.goto(f"{site.address}/fr/relais")
    href = page.locator(
        "a[href$='/relais/' i], .relais-rows a", has_text="Conseil de Quartier"
    ).first.get_attribute("href")
    assert href is not None
    start = href.removeprefix("/fr")
    return (start, f"{start}/ecrire?accord=spoken")


@pytest.mark.parametrize(("width", "height"), WALKED)
def test_nothing_lies_over_the_focus_of_a_resident(
    open_context: OpenContext, served: Served, width: int, height: int
) -> None:
    page = open_context(width, height).new_page()
    assert covered_pages(page, served, PAGES) == {}
    assert covered_pages(page, served, (SPEAK,), "ar") == {}


@pytest.mark.parametrize(("width", "height"), WALKED)
def test_nothing_lies_over_the_focus_of_staff_and_relais(
    open_context: OpenContext, served: Served, signed_in: SignedIn, width: int, height: int
) -> None:
    page = open_context(width, height, storage_state=signed_in()).new_page()
    paths = (*DESK_PAGES, *register_and_relais(page, served))
    assert covered_pages(page, served, paths) == {}


@pytest.mark.parametrize(("width", "height"), WALKED)
def test_nothing_lies_over_the_focus_of_a_moderator(
    open_context: OpenContext, served: Served, signed_in: SignedIn, width: int, height: int
) -> None:
    moderator = next(each.email for each in ACCOUNTS if each.role is Role.MODERATOR)
    page = open_context(width, height, storage_state=signed_in(moderator)).new_page()
    page.goto(f"{served.address}/fr/bureau")
    with arriving(page):
        page.locator("a[href*='/parole']").first.click(force=True)
    register = page.url.removeprefix(f"{served.address}/fr")
    assert covered_pages(page, served, (register,)) == {}


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_a_summary_of_errors_leads_to_fields_that_are_seen(
    open_context: OpenContext, served: Served, width: int, height: int
) -> None:
    page = open_context(width, height).new_page()
    page.goto(f"{served.address}/fr{SPEAK}")
    send(page)
    links = page.locator(".error-summary a")
    expect(links.first).to_be_visible()
    bar = ".quick-exit"
    for link in links.all():
        link.click()
        target = page.locator(f"[id='{(link.get_attribute('href') or '')[1:]}']")
        box, over = target.bounding_box(), page.locator(bar).bounding_box()
        assert box is not None
        assert over is not None
        assert box["y"] >= over["y"] + over["height"] or over["y"] > 640, link.inner_text()
