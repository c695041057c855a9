"""Signing in, in a browser: as staff do (address, password, and the code of a telephone), and by the code of a mail."""

import re
import time
from typing import TYPE_CHECKING

from playwright.sync_api import Page

from cdv_civic.accounts.rules import STEP_SECONDS, code_at
from cdv_civic.demo.accounts import EMAIL, PASSWORD
from tests.browser.acts import send

if TYPE_CHECKING:
    from tests.browser.conftest import Served


def give_password(
    page: Page, site: "Served", email: str, password: str = PASSWORD, *, shared: bool = False
) -> None:
    """The first step."""
    page.goto(f"{site.address}/fr/connexion/equipe{'?poste=partage' if shared else ''}")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    send(page)


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
    send(page)
    page.wait_for_url("**/compte/codes/nouveaux")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    send(page)
    return secret, step, codes


def sign_in(
    page: Page, site: "Served", email: str = EMAIL, password: str = PASSWORD, *, shared: bool = False
) -> None:
    """Come in: with the code that the demonstration shows, or by taking a telephone where there is none yet."""
    site.forget_codes(email)
    give_password(page, site, email, password, shared=shared)
    if page.url.endswith("/connexion/equipe/telephone"):
        set_up_telephone(page)
    elif page.url.endswith("/connexion/equipe/code"):
        page.fill("[name=code]", page.locator("main .notice-info code").inner_text())
        send(page)
    page.wait_for_url("**/fr/bureau**")


def come_in_by_mail(
    page: Page, site: "Served", language: str, email: str, *, then: str = "**/moi/bienvenue*"
) -> None:
    """Ask for a code by e-mail and type it, as somebody who reads the mail elsewhere; `then`: where one arrives, by
    itself for the first time."""
    page.goto(f"{site.address}/{language}/connexion/e-mail")
    page.fill("[name=email]", email)
    send(page)
    page.wait_for_url("**/connexion/code/*")
    asked = page.url
    page.goto(f"{site.address}/fr/messages-envoyes")
    text = page.locator("section", has_text=email).first.locator(".mail-text").inner_text()
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", text)
    assert found, text
    page.goto(asked)
    page.fill("[name=code]", "".join(found.groups()))
    send(page)
    page.wait_for_url(then)
