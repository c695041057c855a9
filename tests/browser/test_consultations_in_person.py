"""A relais in the street and staff at a workshop, on a small phone: nothing is wider than it, and all of it is sent."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import go_by, send
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings
from tests.browser.look import BUILT_AS_ANOTHER
from tests.browser.test_consultations_paper import make_consultation


def fits(page: Page) -> None:
    """Nothing is wider than the phone, and nothing stands in anybody’s way."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
    if f"/{BUILT_AS_ANOTHER.language}/" not in page.url:
        assert axe_findings(page) == [], page.url


def answer_first(page: Page) -> None:
    """Choose the first answer of the first question; nobody has to answer the others."""
    page.locator("main fieldset input[type=radio][name^=q]").first.check()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_relais_reads_aloud_writes_and_hands_the_receipt_over(
    open_context: OpenContext, served: Served, signed_in: SignedIn, language: str
) -> None:
    slug = f"rue-{language}"
    make_consultation(served, slug)
    page = open_context(width=360, height=640, storage_state=signed_in()).new_page()
    page.goto(f"{served.address}/{language}/relais/consultations")
    fits(page)
    go_by(page.locator(f"main a[href$='/relais/consultations/{slug}']"))
    expect(page.locator("#accord p").first).to_be_visible()
    fits(page)
    go_by(page.locator(".thumb a"))
    answer_first(page)
    fits(page)
    page.locator("input[name=channel][value=marche]").check()
    send(page)
    expect(page.locator(".receipt")).to_be_visible()
    fits(page)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_staff_note_a_workshop_and_a_table(
    open_context: OpenContext, served: Served, signed_in: SignedIn, language: str
) -> None:
    slug = f"atelier-{language}"
    make_consultation(served, slug)
    page = open_context(width=360, height=640, storage_state=signed_in()).new_page()
    page.goto(f"{served.address}/{language}/bureau/consultations/{slug}/rencontres")
    fits(page)
    go_by(page.locator("main a[href$='/rencontres/atelier']"))
    page.locator("[name=place]").fill("Maison du projet")
    page.locator("[name=present]").fill("12")
    fits(page)
    send(page)
    go_by(page.locator("main a[href$='/table']"))
    page.locator("[name=people]").fill("8")
    answer_first(page)
    fits(page)
    send(page)
    expect(page.locator("table")).to_contain_text("8")
    fits(page)
