"""Following: from the page of a quartier to the news of it, on a small phone and without a script."""

import re

from playwright.sync_api import Page, expect

from tests.browser.acts import go_by, send
from tests.browser.conftest import OpenContext, Served
from tests.browser.signing_in import come_in_by_mail
from tests.browser.test_my_data import fits

QUARTIER = "quartiers/orly-quartier-est"


def test_a_resident_follows_a_quartier_and_says_how_to_hear_of_it(phone: Page, served: Served) -> None:
    come_in_by_mail(phone, served, "ar", "samira@example.org")
    phone.goto(f"{served.address}/ar/{QUARTIER}")
    go_by(phone.locator("main a[href*='/suivre/']"))
    fits(phone)
    go_by(phone.locator("main a[href*='/moi/suivre/']"))
    fits(phone)
    send(phone)
    phone.wait_for_url("**/ar/moi/suivre/quartier/*")
    expect(phone.locator("main")).to_contain_text("Quartier Est")
    fits(phone)
    go_by(phone.locator("main a[href$='/moi/suivis']"))
    phone.wait_for_url("**/ar/moi/suivis")
    expect(phone.locator("main")).to_contain_text("Quartier Est")
    fits(phone)
    phone.locator("input[value=e-mail-jour]").check()
    go_by(phone.locator("main form[novalidate] button[type=submit]"))
    expect(phone.locator("input[value=e-mail-jour]")).to_be_checked()
    go_by(phone.locator("button[name=target]").first)
    expect(phone.locator("button[name=target]")).to_have_count(0)
    fits(phone)


def test_a_visitor_without_a_script_finds_the_feed_and_the_calendar(
    open_context: OpenContext, served: Served
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"{served.address}/fr/{QUARTIER}")
    go_by(page.locator("main a[href*='/suivre/']"))
    for ending in (".atom", ".ics"):
        link = page.locator(f"main a[href$='{ending}']")
        expect(link).to_have_count(1)
        answer = page.request.get(f"{served.address}{link.get_attribute('href')}")
        assert answer.status == 200
        assert "set-cookie" not in answer.headers
    go_by(page.locator("main a[href*='/moi/suivre/']"))
    expect(page).to_have_url(re.compile(r"/fr/connexion\?retour="))
