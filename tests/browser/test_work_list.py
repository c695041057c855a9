"""A moderator begins the day: what waits, with the keyboard alone; and how often a mail says so."""

import re

from playwright.sync_api import Page, expect

from tests.browser.acts import enter, go_by, press, send
from tests.browser.conftest import OpenContext, Served, SignedIn, axe_findings
from tests.browser.test_bodies_desk import tab_to


def badge(page: Page) -> int:
    """How much waits, as the menu shows it."""
    return int(page.locator(".desk-menu .badge").inner_text())


def test_a_moderator_finds_what_waits_and_follows_it(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    page = open_context(1280, 800, storage_state=signed_in("animation@demo.invalid")).new_page()
    page.goto(f"{served.address}/fr/bureau")
    expect(page.get_by_role("heading", level=1)).to_have_text("À faire")
    first = page.locator(".work-lines .row-link").first
    expect(first).to_contain_text("en retard de")
    before = badge(page)
    assert before > 1
    expect(page.locator(".desk-menu [aria-current]")).to_contain_text(f"{before} choses vous attendent")
    assert axe_findings(page) == []

    messages = re.compile("messages? du quartier à traiter")
    tab_to(page, page.locator(".work-lines .row-link").filter(has_text=messages))
    enter(page)
    expect(page).to_have_url(re.compile(r"/bureau/instances/\d+/parole$"))
    go_by(page.locator("main tbody a[href*='/parole/']").first)
    go_by(page.locator("main").get_by_role("link", name="Répondre").first)
    page.fill("[name=answer_fr]", "Une salle calme ouvre en janvier, de 18 à 20 heures.")
    send(page)
    expect(page.locator(".notice-success")).to_be_visible()
    assert badge(page) == before - 1

    page.goto(f"{served.address}/fr/bureau")
    tab_to(page, page.get_by_role("link", name="Changer les rappels", exact=True))
    enter(page)
    assert axe_findings(page) == []
    page.get_by_label("Pas d’e-mail").check()
    press(page, "Enregistrer")
    expect(page.locator("main")).to_contain_text("Aucun e-mail ne vous rappelle")


def test_the_list_fits_a_phone_in_arabic(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    page = open_context(
        360, 640, has_touch=True, java_script_enabled=False, storage_state=signed_in("ville@demo.invalid")
    ).new_page()
    for path in ("/ar/bureau", "/ar/bureau/rappels", "/ar/en-ce-moment", "/ar/quartiers/orly-quartier-est"):
        page.goto(f"{served.address}{path}")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.goto(f"{served.address}/ar/bureau")
    for line in page.locator(".work-lines .row-link").all():
        box = line.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
