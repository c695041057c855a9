"""Heads are low on a phone, and the menu of the desk opens there.

That what is pressed is large enough is looked at with the pages themselves: `test_pages.py`.
"""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.acts import follow
from tests.browser.conftest import OpenContext, Served, SignedIn
from tests.browser.look import TWICE

pytestmark = pytest.mark.looks

HIGHEST_HEAD = 96  # pixels, at 360 px


@pytest.fixture
def staff(open_context: OpenContext, signed_in: SignedIn) -> BrowserContext:
    return open_context(has_touch=True, storage_state=signed_in())


def head(page: Page) -> float:
    """How high the head of a page is: what stands before its content and is no notice."""
    return float(
        page.evaluate(
            "['.site-header', '.desk-person'].map(each => document.querySelector(each)?.getBoundingClientRect().height ?? 0)"
            ".reduce((all, one) => all + one, 0)"
        )
    )


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_a_head_leaves_the_phone_to_the_page(
    open_context: OpenContext, staff: BrowserContext, served: Served, language: str
) -> None:
    for page, path in (
        (open_context().new_page(), "/"),
        (staff.new_page(), "/bureau"),
        (staff.new_page(), "/relais"),
    ):
        page.goto(f"{served.address}/{language}{path}")
        assert head(page) <= HIGHEST_HEAD, path
        page.evaluate(TWICE, page.locator("html").element_handle())
        assert head(page) <= 640 * 0.4, f"{path} with twice the text"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


@pytest.mark.parametrize("script", [True, False])
def test_the_menu_of_the_desk_opens_on_a_phone(
    open_context: OpenContext, served: Served, signed_in: SignedIn, script: bool
) -> None:
    page = open_context(storage_state=signed_in(), java_script_enabled=script).new_page()
    page.goto(f"{served.address}/fr/bureau")
    page.locator(".desk-menu-folded summary").click()
    follow(page, "Cartes")
    page.wait_for_url("**/fr/bureau/cartes")


def test_a_password_is_pasted_and_filled_in_by_what_keeps_passwords(
    open_context: OpenContext, served: Served
) -> None:
    """WCAG 2.2, 3.3.8: nothing to remember, nothing to copy letter by letter."""
    context = open_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.address)
    page = context.new_page()
    page.goto(f"{served.address}/fr/connexion/equipe")
    page.evaluate("navigator.clipboard.writeText('quatre chaises vertes')")
    for name, purpose in (("email", "username"), ("password", "current-password")):
        field = page.locator(f"[name={name}]")
        assert field.get_attribute("autocomplete") == purpose
        field.press("Control+v")
        expect(field).to_have_value("quatre chaises vertes")
