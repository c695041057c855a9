"""Acts that lead to another page; each returns once that page is there.

A click, or Enter, only asks for the next page. What fills, reads at once or goes elsewhere right after it would meet the
page before, or cut off what is being sent; and "load", or an address that fits already, is true of the page before too.
"""

from contextlib import AbstractContextManager

from playwright.sync_api import Locator, Page


def arriving(page: Page) -> AbstractContextManager[object]:
    """`with arriving(page):` ends once what is done in it has led to another page, and that has loaded."""
    return page.expect_navigation()


def go_by(target: Locator) -> None:
    """Click what leads to another page."""
    with arriving(target.page):
        target.click()


def enter(page: Page) -> None:
    """Press Enter where the focus is: on a link, on a button, in a field of a form."""
    with arriving(page):
        page.keyboard.press("Enter")


def follow(page: Page, name: str) -> None:
    """Click the first link of this name."""
    go_by(page.get_by_role("link", name=name, exact=True).first)


def press(page: Page, name: str) -> None:
    """Click the button of this name."""
    go_by(page.get_by_role("button", name=name, exact=True))


def send(page: Page) -> None:
    """Send the form of the page by its last button, but the one that keeps it for later."""
    go_by(page.locator("main form button[type=submit]:not([name=garder])").last)
