"""Votes of the past: a command is copied as it stands, and paper tears no project."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenContext, Served

VOTE = "/votes/toulouse-2019"
#: The words of a command that take more than one line.
BROKEN = """words => words.filter(word => {
    const range = document.createRange();
    range.selectNodeContents(word);
    return new Set([...range.getClientRects()].map(it => it.top)).size > 1;
}).map(word => word.textContent)"""
#: What a reader would paste elsewhere.
COPIED = """command => {
    getSelection().selectAllChildren(command);
    return getSelection().toString();
}"""


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_word_of_a_command_breaks_on_a_small_phone(
    open_context: OpenContext, served: Served, language: str
) -> None:
    page = open_context(320, 640).new_page()
    page.goto(f"{served.address}/{language}{VOTE}/parts-egales")
    page.locator("summary", has=page.locator("use[href$='#circle-check']")).click()
    words = page.locator(".vote-command span")
    expect(words.nth(9)).to_be_visible()
    for width in range(320, 420, 10):
        page.set_viewport_size({"width": width, "height": 640})
        assert words.evaluate_all(BROKEN) == [], width
    assert page.locator(".vote-command code").evaluate(COPIED) == " ".join(words.all_inner_texts())


def test_paper_tears_no_project_and_says_where_to_download(open_context: OpenContext, served: Served) -> None:
    page = open_context(360, 640).new_page()
    for path, rows in ((f"{VOTE}/parts-egales", ".vote-projects > li"), (VOTE, ".vote-names > li")):
        page.goto(f"{served.address}/fr{path}")
        page.emulate_media(media="print")
        projects = page.locator(rows)
        expect(projects).to_have_count(30)
        assert set(projects.evaluate_all("all => all.map(it => getComputedStyle(it).breakInside)")) == {
            "avoid"
        }
        expect(page.get_by_text("Télécharger le dossier")).to_be_hidden()
        expect(page.get_by_text(f"/fr{path}")).to_be_visible()
