"""How tall pages are on a small phone, and what is folded in them: one sees in ten seconds what a place is about.

A screen is 640 px high; the demonstration's fullest pages stand for those of a real site.
"""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext, Served, serve_demo
from tests.demo_pages import CONTRACT

SCREEN: Final = 640
MOST_SCREENS: Final = 6
QUARTIER: Final = "/quartiers/orly-quartier-est"
BODY: Final = f"{CONTRACT}/instances/conseil-de-quartier"
COMMITMENT: Final = f"{CONTRACT}/engagements/ORL-EST-EMA-07"
VOTE: Final = "/votes/toulouse-2019"
#: The pages that residents meet first.
FIRST_MET: Final = (
    "/",
    QUARTIER,
    "/quartiers/valenton-villeneuve-saint-georges-polognes-le-plateau",
    "/quartiers/ivry-sur-seine-monmousseau",
    BODY,
    f"{CONTRACT}/instances/conseil-des-seniors",
    f"{CONTRACT}/instances/clspd-orly",
    COMMITMENT,
    f"{CONTRACT}/engagements/OT.D7",
    f"{BODY}/rencontres/1",
    f"{BODY}/rencontres/2",
    f"{BODY}/rencontres/3",
    "/consultations",
    "/consultations/vivre-a-grand-paris-sud-2027",
    "/consultations/vivre-a-grand-paris-sud-2027/repondre",
    "/consultations/grigny-2-devant-l-ecole/resultats",
    "/consultations/grigny-2-devant-l-ecole/reponse",
    VOTE,
    f"{VOTE}/plus-de-voix",
    f"{VOTE}/parts-egales",
)
#: What one looks through to find something.
LOOKED_THROUGH: Final = (
    "/mots",
    "/mots#qpv",
    "/engagements",
    "/engagements?quartier=orly-quartier-est",
    "/engagements?quartier=orly-quartier-est&etat=realise",
    "/engagements?q=emploi",
    CONTRACT,
    f"{CONTRACT}?arbre=communes",
    f"{CONTRACT}?arbre=communes&commune=orly",
    f"{CONTRACT}?arbre=partenaires",
    f"{CONTRACT}?arbre=annexe",
    f"{CONTRACT}/instances",
    f"{CONTRACT}/organisations",
    f"{CONTRACT}/organisations/commune-d-orly",
    f"{CONTRACT}/organisations/commune-d-orly?role=partenaire",
    f"{CONTRACT}/organisations/departement-du-val-de-marne",
)
#: What is folded on them: the page, and what its summary leads to.
FOLDED: Final = {
    "the themes of a quartier": (QUARTIER, ".theme-row"),
    "the other bodies of a quartier": (QUARTIER, "#represente-plus"),
    "the names of who sits": (BODY, ".members"),
    "how to reach a body": (BODY, "#joindre"),
    "how to enter a body": (BODY, "#entrer"),
    "the numbers of a body": (BODY, ".numbers-said"),
    "the older news of a commitment": (COMMITMENT, "#commitment-older"),
    "the place of a commitment in its contract": (COMMITMENT, ".axis-path"),
    "how a vote is checked": (VOTE, ".vote-command"),
    "why a project is not selected": (f"{VOTE}/parts-egales", "#projet-4"),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demonstration in which no other test published."""
    with serve_demo(tmp_path_factory) as site:
        yield site


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_pages_are_six_screens_at_most(phone: Page, served: Served, language: str) -> None:
    tall = {}
    for path in (*FIRST_MET, *LOOKED_THROUGH):
        answer = phone.goto(f"{served.address}/{language}{path}")
        assert answer is None or answer.status == 200, path
        height = phone.evaluate("document.documentElement.scrollHeight")
        if height > MOST_SCREENS * SCREEN:
            tall[path] = round(height / SCREEN, 1)
    assert tall == {}


@pytest.mark.parametrize(("path", "inside"), FOLDED.values(), ids=FOLDED)
def test_what_is_folded_opens_without_script_and_is_printed(
    open_context: OpenContext, served: Served, path: str, inside: str
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{served.address}/fr{path}")
    content = page.locator(inside).first
    expect(content).to_be_hidden()
    page.emulate_media(media="print")
    expect(content).to_be_visible()
    page.emulate_media(media="screen")
    page.locator("details", has=page.locator(inside)).first.locator("summary").click()
    expect(content).to_be_visible()


@pytest.mark.parametrize("path", [QUARTIER, BODY])
def test_the_two_first_screens_offer_to_say_something_once(phone: Page, served: Served, path: str) -> None:
    phone.goto(f"{served.address}/fr{path}")
    offers = phone.locator("main a[href*='/parole'], main a[href*='/dire']").evaluate_all(
        "all => all.map(it => it.getBoundingClientRect().top)"
    )
    assert len([top for top in offers if top < 2 * SCREEN]) == 1
    assert offers[0] < SCREEN
