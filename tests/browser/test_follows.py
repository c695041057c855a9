"""Following: from the page of a quartier to the news of it, on a small phone and without a script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext, Served
from tests.browser.test_my_data import come_in, fits

pytestmark = pytest.mark.xdist_group("journeys")
QUARTIER = "quartiers/orly-quartier-est"


def test_a_resident_follows_a_quartier_and_says_how_to_hear_of_it(phone: Page, served: Served) -> None:
    come_in(phone, served, "ar", "samira@example.org")
    phone.goto(f"{served.address}/ar/{QUARTIER}")
    phone.locator("main a[href*='/suivre/']").click()
    fits(phone)
    phone.locator("main a[href*='/moi/suivre/']").click()
    fits(phone)
    phone.locator("main form button[type=submit]:not([name=garder])").click()
    phone.wait_for_url("**/ar/moi/suivis")
    expect(phone.locator("main")).to_contain_text("Quartier Est")
    fits(phone)
    phone.locator("input[value=e-mail-jour]").check()
    phone.locator("main form[novalidate] button[type=submit]").click()
    phone.wait_for_load_state()
    expect(phone.locator("input[value=e-mail-jour]")).to_be_checked()
    phone.locator("button[name=target]").first.click()
    phone.wait_for_load_state()
    expect(phone.locator("button[name=target]")).to_have_count(0)
    fits(phone)


def test_a_visitor_without_a_script_finds_the_feed_and_the_calendar(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{served.address}/fr/{QUARTIER}")
    page.locator("main a[href*='/suivre/']").click()
    for ending in (".atom", ".ics"):
        link = page.locator(f"main a[href$='{ending}']")
        expect(link).to_have_count(1)
        answer = page.request.get(f"{served.address}{link.get_attribute('href')}")
        assert answer.status == 200
        assert "set-cookie" not in answer.headers
    page.locator("main a[href*='/moi/suivre/']").click()
    expect(page).to_have_url(re.compile(r"/fr/connexion\?retour="))
