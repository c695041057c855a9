"""Signing in as staff do, in a browser: address, password, and the code of a telephone."""

import time

from playwright.sync_api import Page

from cdv_civic.accounts.rules import STEP_SECONDS, code_at
from cdv_civic.demo.accounts import EMAIL, PASSWORD
from tests.browser.conftest import Served


def press(page: Page) -> None:
    """Send the form of the page, and wait for what comes."""
    page.locator("main form button[type=submit]:not([name=garder])").last.click()
    page.wait_for_load_state()


def give_password(
    page: Page, site: Served, email: str, password: str = PASSWORD, *, shared: bool = False
) -> None:
    """The first step."""
    page.goto(f"{site.address}/fr/connexion/equipe{'?poste=partage' if shared else ''}")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    press(page)


def telephone_code(secret: str, after: int = 0) -> tuple[str, int]:
    """The code of a telephone and its step: one after the step `after`, waited for where it is not yet right."""
    while (step := max(int(time.time()) // STEP_SECONDS, after + 1)) > int(time.time()) // STEP_SECONDS + 1:
        time.sleep(1)
    return code_at(secret, step), step


def set_up_telephone(page: Page) -> tuple[str, int, list[str]]:
    """Take a telephone on the page that asks for one: its secret, the step of the code, the recovery codes."""
    secret = page.locator(".key").inner_text().replace(" ", "")
    code, step = telephone_code(secret)
    page.fill("[name=code]", code)
    press(page)
    page.wait_for_url("**/compte/codes/nouveaux")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    press(page)
    return secret, step, codes


def sign_in(
    page: Page, site: Served, email: str = EMAIL, password: str = PASSWORD, *, shared: bool = False
) -> None:
    """Come in: with the code that the demonstration shows, or by taking a telephone where there is none yet."""
    give_password(page, site, email, password, shared=shared)
    if page.url.endswith("/connexion/equipe/telephone"):
        set_up_telephone(page)
    for _ in range(3):
        if not page.url.endswith("/connexion/equipe/code"):
            break
        page.fill("[name=code]", page.locator("main .notice-info code").inner_text())
        press(page)
        if page.url.endswith("/connexion/equipe/code"):
            time.sleep(STEP_SECONDS)  # two sign-ins took the codes of this moment
            page.reload()
    page.wait_for_url("**/fr/bureau**")
