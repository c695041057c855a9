"""My data: come in, say who one is, choose a quartier, take the data away, erase the account."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext, Served, axe_findings

pytestmark = pytest.mark.xdist_group("journeys")


def come_in(page: Page, site: Served, language: str, email: str) -> None:
    """Ask for a code by e-mail and type it, as somebody who reads the mail elsewhere."""
    page.goto(f"{site.address}/{language}/connexion/e-mail")
    page.fill("[name=email]", email)
    page.click("main form button[type=submit]:not([name=garder])")
    page.wait_for_url("**/connexion/code/*")
    asked = page.url
    page.goto(f"{site.address}/fr/messages-envoyes")
    text = page.locator("section", has_text=email).first.locator(".mail-text").inner_text()
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", text)
    assert found, text
    page.goto(asked)
    page.fill("[name=code]", "".join(found.groups()))
    page.click("main form button[type=submit]:not([name=garder])")
    page.wait_for_url("**/moi/bienvenue*")


def fits(page: Page) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], width
    assert axe_findings(page) == []


def test_a_resident_sees_corrects_takes_away_and_erases(phone: Page, served: Served) -> None:
    come_in(phone, served, "fr", "zoubida@example.org")
    fits(phone)
    phone.get_by_label("Prénom ou pseudonyme").fill("Zoubida")
    phone.locator("#quartier-q").press_sequentially("quartier est", delay=20)
    phone.locator("[data-suggestions] button", has_text="Quartier Est").first.click()
    phone.wait_for_url("**/moi/bienvenue*")
    expect(phone.locator(".my-quartiers")).to_contain_text("Quartier Est")
    expect(phone.get_by_label("Prénom ou pseudonyme")).to_have_value("Zoubida")
    phone.get_by_label("J’ai moins de 18 ans").check()
    fits(phone)
    phone.get_by_label("Prénom ou pseudonyme").press("Enter")
    phone.wait_for_url("**/fr/moi")
    expect(phone.locator(".my-quartiers")).to_contain_text("Quartier Est")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Bonjour Zoubida")
    expect(phone.locator("main")).to_contain_text("z•••@example.org")
    expect(phone.locator("main")).to_contain_text("aucune page publique ne montre votre nom")

    phone.get_by_role("link", name="Changer", exact=True).click()
    phone.get_by_label("Prénom ou pseudonyme").fill("Zou")
    phone.get_by_label("J’ai moins de 18 ans").uncheck()
    phone.get_by_role("button", name="Enregistrer").click()
    phone.wait_for_url("**/fr/moi")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Bonjour Zou")

    phone.get_by_role("link", name="Voir et emporter mes données").click()
    expect(phone.locator("main")).to_contain_text("zoubida@example.org")
    fits(phone)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Emporter mes données").click()
    assert re.fullmatch(r"mes-donnees-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
    content = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert content["parts"]["account"][0]["name"] == "Zou"
    assert content["parts"]["quartiers"][0]["slug"] == "orly-quartier-est"

    phone.goto(f"{served.address}/fr/moi/joindre/email/effacer")
    phone.get_by_role("button", name="Effacer").click()
    expect(phone.locator("main")).to_contain_text("C’est votre seul moyen de vous connecter")
    phone.get_by_role("link", name="Effacer mon compte").click()
    phone.wait_for_url("**/fr/moi/effacer")
    fits(phone)
    phone.get_by_role("button", name="Effacer mon compte maintenant").click()
    phone.wait_for_url("**/fr/compte-efface")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Votre compte est effacé")
    phone.goto(f"{served.address}/fr/moi")
    assert "/fr/connexion" in phone.url
    phone.goto(f"{served.address}/fr/messages-envoyes")
    assert "zoubida@example.org" not in phone.locator("main").inner_text()


def test_it_works_in_arabic_without_script(open_context: OpenContext, served: Served) -> None:
    context = open_context(java_script_enabled=False)
    page = context.new_page()
    come_in(page, served, "ar", "zubayda@example.org")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("main a[href$='/ar/moi']", has_text="تخطّي").click()
    page.wait_for_url("**/ar/moi")
    page.fill("#quartier-q", "quartier est")
    page.click(".search button[type=submit]")
    page.wait_for_url("**/ar/moi/quartiers?*")
    page.locator("main button[name=quartier]", has_text="Quartier Est").first.click()
    page.wait_for_url("**/ar/moi")
    expect(page.locator(".my-quartiers")).to_contain_text("Quartier Est")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]
    page.locator(".my-quartiers button").click()
    expect(page.locator(".my-quartiers")).to_have_count(0)
    page.goto(f"{served.address}/ar/moi/effacer")
    page.locator("main form button[type=submit]:not([name=garder])").click()
    page.wait_for_url("**/ar/compte-efface")
    assert page.locator(".confirmation h1").inner_text() == "تم محو حسابكم"
