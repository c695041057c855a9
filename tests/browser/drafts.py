"""What a browser keeps of what was typed (`static/src/js/draft-store.js`)."""

from typing import Final

from playwright.sync_api import Page

from tests.browser.conftest import until

#: Longer than the scripts wait without a key, in milliseconds: what is not kept by then never will be.
PAUSE: Final = 900
_ALL: Final = "Object.keys(localStorage).filter((key) => key.startsWith('draft '))"
_HELD: Final = f"{_ALL}.some((key) => localStorage.getItem(key).includes(words))"


def drafts(page: Page) -> list[str]:
    """The names of what the device keeps."""
    found: list[str] = page.evaluate(_ALL)
    return found


def until_kept(page: Page, words: str) -> None:
    """Wait until a draft holds these words."""
    until(page, f"words => {_HELD}", words)


def until_forgotten(page: Page, words: str) -> None:
    """Wait until no draft holds these words."""
    until(page, f"words => !{_HELD}", words)
