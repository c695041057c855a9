"""An administrator invites a relais for a town, with the keyboard alone; the relais opens the mail."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from cdv_civic.demo.accounts import PASSWORD
from tests.browser.acts import enter
from tests.browser.conftest import OpenContext, Served, axe_findings
from tests.browser.signing_in import sign_in

CHIEF = "cheffe-des-roles@example.org"
RELAIS = "relais-orly@example.org"


def go_to(page: Page, words: str, *, most: int = 80) -> None:
    """Tab until the focus stands on something that says `words`."""
    for _ in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const on = document.activeElement; const label = on.labels && on.labels[0];"
            " return (label ? label.innerText : on.innerText || on.value || '').trim() }"
        )
        if said.startswith(words):
            outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"the focus cannot be seen on {words}"
            return
    raise AssertionError(f"no way to « {words} » with the keyboard")


def press(page: Page, words: str) -> None:
    go_to(page, words)
    enter(page)


def fill(page: Page, words: str, typed: str) -> None:
    go_to(page, words)
    page.keyboard.type(typed)


def test_an_administrator_invites_a_relais_for_a_town(open_context: OpenContext, served: Served) -> None:
    served.run("staff", "create", CHIEF, "--administrator", "--password-stdin", given=f"{PASSWORD}\n")
    page = open_context(width=1280, height=800).new_page()
    sign_in(page, served, CHIEF)
    page.goto(f"{served.address}/fr/bureau")
    press(page, "Comptes")
    press(page, "Inviter une personne")
    press(page, "Personne qui aide (médiation, adulte-relais)")
    press(page, "Une ville")
    fill(page, "Chercher par le nom", "orly")
    enter(page)
    press(page, "Orly")
    expect(page.locator("main")).to_contain_text("Personne qui aide (médiation, adulte-relais)")
    press(page, "Envoyer l’invitation")
    expect(page.locator(".error-summary")).to_contain_text("Écrivez l’adresse e-mail de la personne.")
    assert axe_findings(page) == []
    page.locator("[name=email]").focus()
    page.keyboard.type(RELAIS)
    fill(page, "Nom, pour les collègues", "Fatou")
    press(page, "Envoyer l’invitation")
    expect(page.locator("main, [role=status]").first).to_be_visible()
    expect(page.locator(".notice-success")).to_contain_text(RELAIS)
    expect(page.locator("#comptes tbody tr").first).to_contain_text("invitation envoyée")

    relais = open_context(has_touch=True).new_page()
    relais.goto(f"{served.address}/fr/messages-envoyes")
    letter = relais.locator("section", has_text=RELAIS).first
    expect(letter).to_contain_text("pas de mot de passe à retenir")
    href = letter.locator("a[href$='/fr/connexion']").first.get_attribute("href")
    assert href is not None
    relais.goto(served.address + urlsplit(href).path)
    expect(relais.get_by_role("heading", level=1)).to_be_visible()
    assert urlsplit(relais.url).path == "/fr/connexion"

    press(page, "Fatou")
    press(page, "Mettre fin")
    press(page, "Mettre fin à ce rôle")
    page.goto(f"{served.address}/fr/messages-envoyes")
    expect(page.locator("section", has_text=RELAIS).first).to_contain_text("est fini")
