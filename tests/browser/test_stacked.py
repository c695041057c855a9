"""A table that is a stack of cards on a phone: nothing lies over its words, and the name of a column stands first."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenContext, Served, SignedIn

#: How far each title reaches over the box that chooses its row, and out of its card; positive is too far.
OVER = """rows => rows.flatMap(row => {
    const title = row.querySelector('th').getBoundingClientRect();
    const words = row.querySelector('th a').getBoundingClientRect();
    const box = row.querySelector('.select input').getBoundingClientRect();
    return [words.right - box.left, title.right - row.getBoundingClientRect().right];
}).filter(over => over > 0)"""


def test_a_title_stays_in_its_card_and_beside_its_box(
    open_context: OpenContext, served: Served, signed_in: SignedIn
) -> None:
    page = open_context(320, 640, has_touch=True, storage_state=signed_in()).new_page()
    page.goto(f"{served.address}/fr/bureau/engagements")
    rows = page.locator(".stacked tbody tr")
    expect(rows.nth(9)).to_be_attached()
    assert rows.evaluate_all(OVER) == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert rows.evaluate_all(OVER) == [], "also with twice the text"
