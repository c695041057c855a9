"""Staff come in with a password and a code of their telephone: set up, used, lost, and everything closed."""

import re

import pytest
from playwright.sync_api import Page, expect

from cdv_civic.accounts.rules import in_fours
from cdv_civic.demo.accounts import PASSWORD
from tests.browser.acts import enter, go_by, send
from tests.browser.conftest import OpenContext, Served
from tests.browser.look import View, in_views_of_the_desk, look
from tests.browser.signing_in import give_password, set_up_telephone, sign_in, telephone_code


def an_account(served: Served, email: str) -> str:
    served.run(
        "staff", "create", email, "--organisation", "Ville d’essai", "--password-stdin", given=f"{PASSWORD}\n"
    )
    return email


def tab_to(page: Page, selector: str) -> None:
    """Go to something with the keyboard alone."""
    for _ in range(60):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def fill_by_keyboard(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)


def give_password_by_keyboard(page: Page, served: Served, email: str) -> None:
    page.goto(f"{served.address}/fr/connexion/equipe")
    fill_by_keyboard(page, "[name=email]", email)
    fill_by_keyboard(page, "[name=password]", PASSWORD)
    enter(page)


def test_staff_come_in_by_keyboard_and_without_script(open_context: OpenContext, served: Served) -> None:
    email = an_account(served, "clavier@example.org")
    first = open_context(java_script_enabled=False).new_page()
    give_password_by_keyboard(first, served, email)
    first.wait_for_url("**/connexion/equipe/telephone")
    secret = first.locator(".key").inner_text().replace(" ", "")
    assert first.goto(f"{served.address}/fr/bureau").url.count("/connexion"), "nothing before the code"  # type: ignore[union-attr]
    first.goto(f"{served.address}/fr/connexion/equipe/telephone")
    code, step = telephone_code(secret)
    fill_by_keyboard(first, "[name=code]", code)
    enter(first)
    first.wait_for_url("**/compte/codes/nouveaux")
    codes = first.locator(".recovery-codes code").all_inner_texts()
    assert len(set(codes)) == 10
    tab_to(first, "main button[type=submit]")
    enter(first)
    first.wait_for_url("**/fr/bureau")

    second = open_context(java_script_enabled=False).new_page()
    give_password_by_keyboard(second, served, email)
    second.wait_for_url("**/connexion/equipe/code")
    fill_by_keyboard(second, "[name=code]", code)
    enter(second)
    expect(second.get_by_role("alert")).to_contain_text("Ce code a déjà servi")
    code, step = telephone_code(secret, after=step)
    fill_by_keyboard(second, "[name=code]", in_fours(code))
    enter(second)
    second.wait_for_url("**/fr/bureau")

    third = open_context(java_script_enabled=False).new_page()
    give_password_by_keyboard(third, served, email)
    third.wait_for_url("**/connexion/equipe/code")
    tab_to(third, "a[href$='/connexion/equipe/secours']")
    enter(third)
    third.wait_for_url("**/connexion/equipe/secours")
    fill_by_keyboard(third, "[name=code]", codes[0].lower())
    enter(third)
    third.wait_for_url("**/fr/bureau")
    expect(third.get_by_role("status")).to_contain_text("Il vous en reste 9.")
    third.goto(f"{served.address}/fr/bureau/compte")
    expect(third.locator(".open-sessions > li")).to_have_count(3)
    expect(third.locator(".open-sessions > li").first).to_contain_text("Cet appareil")
    tab_to(third, "form[action$='/moi/appareils/fermer'] button")
    enter(third)
    third.wait_for_url("**/connexion?fin=partout")
    expect(third.locator("main")).to_contain_text("plus aucun appareil n’est connecté")
    for page in (first, second):
        page.goto(f"{served.address}/fr/bureau")
        expect(page).to_have_url(re.compile("/connexion"))

    give_password_by_keyboard(third, served, email)
    third.wait_for_url("**/connexion/equipe/code")
    third.goto(f"{served.address}/fr/connexion/equipe/secours")
    fill_by_keyboard(third, "[name=code]", codes[0])
    enter(third)
    expect(third.get_by_role("alert")).to_contain_text("il a déjà servi")


def test_a_lost_telephone_is_replaced_after_an_administrator_helped(
    phone: Page, open_context: OpenContext, served: Served
) -> None:
    email = an_account(served, "perdu@example.org")
    give_password(phone, served, email)
    lost, _step, _codes = set_up_telephone(phone)
    phone.wait_for_url("**/fr/bureau")
    served.run("staff", "reset-factor", email)
    phone.reload()
    expect(phone).to_have_url(re.compile("/connexion"))
    give_password(phone, served, email)
    phone.wait_for_url("**/connexion/equipe/telephone")
    phone.fill("[name=code]", telephone_code(lost)[0])
    send(phone)
    expect(phone.get_by_role("alert")).to_contain_text("Ce n’est pas le bon code")
    found, _step, _codes = set_up_telephone(phone)
    assert found != lost
    phone.wait_for_url("**/fr/bureau")


@pytest.mark.looks
@in_views_of_the_desk
def test_the_pages_between_are_in_order(open_context: OpenContext, served: Served, view: View) -> None:
    page = open_context(view.width).new_page()
    email = an_account(served, f"entre-{view}@example.org")
    wrong: dict[str, list[str]] = {}

    def sweep(*paths: str) -> None:
        for path in paths:
            wrong[path] = look(page, served, f"/{view.language}{path}", view.language)

    give_password(page, served, email)
    sweep("/connexion/equipe/telephone")
    page.goto(f"{served.address}/fr/connexion/equipe/telephone")
    page.fill("[name=code]", "12345")
    send(page)
    page.fill("[name=code]", telephone_code(page.locator(".key").inner_text().replace(" ", ""))[0])
    send(page)
    page.wait_for_url("**/compte/codes/nouveaux")
    sweep("/bureau/compte/codes/nouveaux", "/bureau/compte/telephone/retirer")
    page.goto(f"{served.address}/fr/bureau/compte/telephone")
    page.fill("[name=current]", PASSWORD)
    send(page)
    expect(page.locator(".key")).to_be_visible()
    sweep("/bureau/compte/telephone")
    page.context.clear_cookies()
    give_password(page, served, email)
    sweep("/connexion/equipe/code", "/connexion/equipe/secours")
    assert {path: found for path, found in wrong.items() if found} == {}


def test_the_demonstration_is_entered_on_a_shared_device_and_left_without_a_trace(
    phone: Page, served: Served
) -> None:
    sign_in(phone, served, shared=True)
    expect(phone.locator(".shared-device")).to_contain_text("Appareil partagé")
    button = phone.locator(".shared-device").get_by_role("button", name="Me déconnecter")
    assert button.bounding_box()["height"] >= 44  # type: ignore[index]
    assert all(cookie["expires"] == -1 for cookie in phone.context.cookies()), "they end with the browser"
    phone.evaluate("localStorage.setItem('a', 'b')")
    go_by(button)
    phone.wait_for_url("**/connexion?poste=partage&fin=partage")
    expect(phone.locator("main")).to_contain_text("Rien de vous ne reste sur cet appareil.")
    assert phone.evaluate("localStorage.length") == 0
    phone.go_back()
    expect(phone).to_have_url(re.compile("/connexion"))
