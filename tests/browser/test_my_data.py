"""My data: come in, say who one is, choose a quartier, take the data away, erase the account."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.acts import enter, follow, go_by, press, send
from tests.browser.conftest import OpenContext, Served, axe_findings
from tests.browser.signing_in import come_in_by_mail
from tests.browser.suggestions import suggestions


def fits(page: Page, *, script: bool = True) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], width
    if script:
        # axe-core waits for timers, which no page without a script has.
        assert axe_findings(page) == []


def test_a_resident_sees_corrects_takes_away_and_erases(phone: Page, served: Served) -> None:
    come_in_by_mail(phone, served, "fr", "zoubida@example.org")
    fits(phone)
    phone.get_by_label("Prénom ou pseudonyme").fill("Zoubida")
    offered = suggestions(phone.locator("#quartier-q"), "quartier est")
    go_by(offered.filter(has_text="Quartier Est").first)
    phone.wait_for_url("**/moi/bienvenue*")
    expect(phone.locator(".my-quartiers")).to_contain_text("Quartier Est")
    expect(phone.get_by_label("Prénom ou pseudonyme")).to_have_value("Zoubida")
    phone.get_by_label("J’ai moins de 18 ans").check()
    fits(phone)
    phone.get_by_label("Prénom ou pseudonyme").focus()
    enter(phone)
    phone.wait_for_url("**/fr/moi")
    expect(phone.locator(".my-quartiers")).to_contain_text("Quartier Est")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Bonjour Zoubida")
    fits(phone)
    go_by(phone.get_by_role("link", name="Réglages"))
    phone.wait_for_url("**/fr/moi/reglages")
    fits(phone)
    expect(phone.locator("main")).to_contain_text("z•••@example.org")
    expect(phone.locator("main")).to_contain_text("aucune page publique ne montre votre nom")

    follow(phone, "Changer")
    phone.get_by_label("Prénom ou pseudonyme").fill("Zou")
    phone.get_by_label("J’ai moins de 18 ans").uncheck()
    press(phone, "Enregistrer")
    phone.wait_for_url("**/fr/moi/reglages")
    expect(phone.locator("main")).to_contain_text("18 ans ou plus")

    go_by(phone.get_by_role("link", name="Voir et emporter mes données"))
    expect(phone.locator("main")).to_contain_text("zoubida@example.org")
    fits(phone)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Emporter mes données").click()
    assert re.fullmatch(r"mes-donnees-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
    content = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert content["parts"]["account"][0]["name"] == "Zou"
    assert content["parts"]["quartiers"][0]["slug"] == "orly-quartier-est"

    phone.goto(f"{served.address}/fr/moi/joindre/email/effacer")
    press(phone, "Effacer")
    expect(phone.locator("main")).to_contain_text("C’est votre seul moyen de vous connecter")
    go_by(phone.get_by_role("link", name="Effacer mon compte"))
    phone.wait_for_url("**/fr/moi/effacer")
    fits(phone)
    press(phone, "Effacer mon compte maintenant")
    phone.wait_for_url("**/fr/compte-efface")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Votre compte est effacé")
    phone.goto(f"{served.address}/fr/moi")
    assert "/fr/connexion" in phone.url
    phone.goto(f"{served.address}/fr/messages-envoyes")
    assert "zoubida@example.org" not in phone.locator("main").inner_text()


def test_it_works_in_arabic_without_script(open_context: OpenContext, served: Served) -> None:
    context = open_context(java_script_enabled=False)
    page = context.new_page()
    come_in_by_mail(page, served, "ar", "zubayda@example.org")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    go_by(page.locator("main a[href$='/ar/moi']", has_text="تخطّي"))
    page.wait_for_url("**/ar/moi")
    page.fill("#quartier-q", "quartier est")
    go_by(page.locator(".search button[type=submit]"))
    page.wait_for_url("**/ar/moi/quartiers?*")
    go_by(page.locator("main button[name=quartier]", has_text="Quartier Est").first)
    page.wait_for_url("**/ar/moi")
    expect(page.locator(".my-quartiers")).to_contain_text("Quartier Est")
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]
    go_by(page.locator("main a[href$='/ar/moi/quartiers']"))
    go_by(page.locator(".my-quartiers a[href*='/quartiers/enlever']"))
    page.wait_for_url(re.compile("/ar/moi/quartiers/enlever"))  # asked first
    send(page)
    page.wait_for_url("**/ar/moi/quartiers")
    expect(page.locator(".my-quartiers")).to_have_count(0)
    page.goto(f"{served.address}/ar/moi/effacer")
    send(page)
    page.wait_for_url("**/ar/compte-efface")
    assert page.locator(".confirmation h1").inner_text() == "تم محو حسابكم"
