"""What stands below a form, a notice, a list or a part that opens does not touch it: a thumb and an eye tell them
apart."""

from playwright.sync_api import Page

from tests.browser.conftest import OpenContext, Served, SignedIn
from tests.demo_pages import CONTRACT

BOX = "/idees/vos-idees-pour-le-quartier-est-exemple"
GROUPED = "/idees/la-place-de-grigny-2-exemple"
DESK_BOX = f"/bureau{BOX}"
READ = (
    BOX,
    f"{BOX}/1",
    f"{BOX}/proposer",
    GROUPED,
    f"{GROUPED}/groupes/3",
    "/signaler/1",
    "/consultations/grigny-2-vos-idees",
    "/consultations/grigny-2-vos-idees/resultats",
    "/consultations/corbeil-vivre-ensemble/resultats",
    "/consultations/orly-des-arbres-et-des-regles/avis",
    "/consultations/orly-des-arbres-et-des-regles/resultats",
    f"{CONTRACT}/instances/conseil-de-quartier",
)
WORKED_AT = (
    DESK_BOX,
    f"{DESK_BOX}/reglages",
    f"{DESK_BOX}/groupes/nouveau",
    f"{DESK_BOX}/1/repondre",
    f"/bureau{GROUPED}/choix",
    f"/relais{BOX}/papier",
    "/bureau/idees/nouvelle",
    "/bureau/compte",
    "/bureau/engagements?q=médiathèque",
    "/bureau/recours/2",
)
#: Each pair of neighbours, one above the other, of which one has an edge or ends in a button, and too little between.
#: The line of a part that opens is tall enough by itself to stand below a list; its own neighbours share their line.
TOUCHING = """least => {
  const EDGED = ".notice, .disclosure, .button, button, .cards, .rows, .card, .search, form, .field, .empty, .promises, blockquote, .row, .bulk-bar, .receipt";
  const found = new Set();
  const name = (each) => [each.tagName.toLowerCase(), ...each.classList].join(".");
  const stands = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && each.getBoundingClientRect().height > 0
    && !["absolute", "fixed", "sticky"].includes(getComputedStyle(each).position);
  for (const parent of document.querySelectorAll("main, main :is(section, form, article, div, li)")) {
    if (parent.closest(".field, table, .choices, summary, svg")) continue;
    const inside = [...parent.children].filter(stands);
    for (const [above, below] of inside.slice(1).map((each, before) => [inside[before], each])) {
      if (!above.matches(EDGED) && !below.matches(EDGED)) continue;
      if (below.matches(".disclosure") && !above.matches(".card, .notice, .button, form")) continue;
      const gap = below.getBoundingClientRect().top - above.getBoundingClientRect().bottom;
      if (gap > -1 && gap < least - 0.5) found.add(`${name(above)} + ${name(below)}: ${Math.round(gap)} px`);
    }
  }
  return [...found];
}"""
LEAST = 8


def touching(page: Page, address: str) -> list[str]:
    """What touches on a page, each with the page."""
    page.goto(address)
    return [f"{address}: {each}" for each in page.evaluate(TOUCHING, LEAST)]


def test_nothing_touches_what_stands_above_it_on_pages_of_residents(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context().new_page()
    assert [each for path in READ for each in touching(page, f"{served.address}/fr{path}")] == []


def test_nothing_touches_what_stands_above_it_at_the_desk(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    page = open_context(storage_state=signed_in()).new_page()
    assert [each for path in WORKED_AT for each in touching(page, f"{served.address}/fr{path}")] == []


def test_the_check_sees_a_button_that_touches_a_sentence(open_context: OpenContext, served: Served) -> None:
    page = open_context().new_page()
    page.goto(f"{served.address}/fr{BOX}/1")
    page.evaluate("document.querySelector('main form + p').style.marginBlockStart = '0'")
    assert page.evaluate(TOUCHING, LEAST) == ["form + p.muted: 0 px"]
