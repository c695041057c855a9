"""A search as one types, in a browser."""

from typing import Final

from playwright.sync_api import Locator

from tests.browser.conftest import until

#: Notes for which words the list that is shown was asked: a machine that is busy shows those of a few letters first.
_NOTE: Final = """() => {
  const ask = window.fetch;
  window.fetch = (address, options) => {
    window.lastAsked = new URL(address).searchParams.get("q");
    return ask(address, options);
  };
  const note = () => { window.listedFor = window.lastAsked; };
  new MutationObserver(note).observe(document.querySelector("[data-suggestions]"), { childList: true });
}"""


def suggestions(field: Locator, words: str) -> Locator:
    """Type words letter by letter; the links or buttons that the list offers for all of them."""
    page = field.page
    page.evaluate(_NOTE)
    field.press_sequentially(words, delay=20)
    until(page, "words => window.listedFor === words", words.strip())
    return page.locator("[data-suggestions] :is(a, button)")
