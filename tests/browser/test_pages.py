"""Every page on a phone and on a desk: open, right way round, accessible, nothing cut off.

`make test` looks at the covering views, `make sweep` at all. `tests/pages/test_every_language.py` asks for the same
pages in all languages, without a browser.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from cdv_civic.demo.accounts import PASSWORD
from tests.browser.acts import send
from tests.browser.conftest import Served, SignedIn
from tests.browser.look import (
    COVERING,
    HEIGHT,
    PHONE,
    View,
    in_views,
    in_views_of_the_desk,
    look,
    look_at_all,
    small_targets,
    too_wide_at_twice_the_text,
)
from tests.browser.signing_in import sign_in
from tests.demo_pages import (
    ADMINISTRATORS_PAGES,
    DESK_PAGES,
    PUBLIC_PAGES,
    Read,
    expected_status,
    may_set_cookie,
    pages_of_members_and_draws,
    pages_of_moderation,
    pages_of_one_body,
    pages_of_one_commitment,
)

pytestmark = pytest.mark.looks


def only_page(context: BrowserContext, view: View) -> Page:
    """The one page of a context, made once: a new one for each test is a new process of the browser."""
    page = context.pages[0] if context.pages else context.new_page()
    page.set_viewport_size({"width": view.width, "height": HEIGHT})
    return page


def reading(context: BrowserContext, site: Served) -> Read:
    """Reads pages with the cookies of a context."""
    return lambda path: context.request.get(site.address + path).text()


@pytest.fixture(scope="module")
def visitor(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture(scope="module")
def staff(browser: Browser, signed_in: SignedIn) -> Iterator[BrowserContext]:
    context = browser.new_context(storage_state=signed_in())
    yield context
    context.close()


@pytest.fixture(scope="module")
def administrator(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """Somebody invited: the link of the mail, a password, and the desk."""
    context = browser.new_context()
    email = "administratrice@example.org"
    served.run("staff", "invite", email, "--administrator", "--organisation", "Ville d’essai")
    page = context.new_page()
    page.goto(f"{served.address}/fr/messages-envoyes")
    href = (
        page.locator("section", has_text=email)
        .first.locator("a[href*='/mot-de-passe/']")
        .get_attribute("href")
    )
    assert href is not None
    path = urlsplit(href).path
    for view in COVERING:
        assert look_at_all(page, served, [path.removeprefix("/fr")], view) == {}
    page.goto(served.address + path)
    for name in ("password", "again"):
        page.fill(f"[name={name}]", PASSWORD)
    send(page)
    page.wait_for_url("**/fr/connexion/equipe")
    sign_in(page, served, email)
    assert page.goto(served.address + path).status == 410  # type: ignore[union-attr]
    page.close()
    yield context
    context.close()


@in_views
@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_a_public_page_is_in_order(visitor: BrowserContext, served: Served, path: str, view: View) -> None:
    page = only_page(visitor, view)
    address = f"/{view.language}{path}"
    wrong = look(page, served, address, view.language, expected=expected_status(path))
    if view.width < PHONE:
        wrong += [*small_targets(page), *too_wide_at_twice_the_text(page)]
    assert wrong == []
    if may_set_cookie(path):
        visitor.clear_cookies()
    assert visitor.cookies() == []


@in_views_of_the_desk
@pytest.mark.parametrize("path", DESK_PAGES)
def test_a_page_of_the_desk_is_in_order(staff: BrowserContext, served: Served, path: str, view: View) -> None:
    page = only_page(staff, view)
    wrong = look(page, served, f"/{view.language}{path}", view.language)
    if view == View(360, "fr"):
        wrong += small_targets(page)
    assert wrong == []


@in_views_of_the_desk
@pytest.mark.parametrize("path", ADMINISTRATORS_PAGES)
def test_a_page_of_administrators_is_in_order(
    administrator: BrowserContext, served: Served, path: str, view: View
) -> None:
    assert look(only_page(administrator, view), served, f"/{view.language}{path}", view.language) == []


@in_views_of_the_desk
def test_the_pages_of_one_body_at_the_desk_are_in_order(
    staff: BrowserContext, served: Served, view: View
) -> None:
    paths = pages_of_one_body(reading(staff, served))
    assert look_at_all(only_page(staff, view), served, paths, view) == {}


@in_views_of_the_desk
def test_the_pages_of_members_and_draws_are_in_order(
    staff: BrowserContext, served: Served, view: View
) -> None:
    paths = pages_of_members_and_draws(reading(staff, served))
    assert look_at_all(only_page(staff, view), served, paths, view) == {}


@in_views_of_the_desk
def test_the_pages_of_one_commitment_at_the_desk_are_in_order(
    staff: BrowserContext, served: Served, view: View
) -> None:
    paths = pages_of_one_commitment(reading(staff, served))
    assert look_at_all(only_page(staff, view), served, paths, view) == {}


@in_views_of_the_desk
def test_the_pages_of_moderation_are_in_order(staff: BrowserContext, served: Served, view: View) -> None:
    paths = pages_of_moderation(reading(staff, served))
    assert look_at_all(only_page(staff, view), served, paths, view) == {}
