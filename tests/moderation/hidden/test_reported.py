"""A report by anybody: each page on which everybody reads what a resident wrote has the way to report it."""

from collections.abc import Callable
from typing import Final

import pytest
from flask import Flask, url_for

from tests.moderation.hidden.makers import MARK, Marked
from tests.moderation.hidden.outputs import Reader, saying
from tests.moderation.hidden.test_sweep import SITES

#: Lists, which show the beginning of a text and lead to its page; and the form of a report itself.
LEADS_TO_IT: Final = {"ideas.show", "ideas.show?q", "ideas.group"}
THE_FORM: Final = "reporting.show"


@pytest.mark.parametrize("maker", SITES)
def test_each_text_that_a_page_shows_can_be_reported_there(app: Flask, maker: Callable[[], Marked]) -> None:
    marked = maker()
    pages = Reader(app, marked.world).read(among=marked.shown_in)
    shown = {name: pages[name] for name in saying(pages, MARK) - {THE_FORM} if "</html>" in pages[name]}
    assert shown
    with app.test_request_context("/fr/"):
        report = url_for("reporting.show", text_id=marked.case_id)
        here = marked.world.by_endpoint["ideas.one"]
        idea = url_for("ideas.one", slug=here["slug"], idea_id=here["idea_id"])
    for name, page in shown.items():
        wanted = idea if name in LEADS_TO_IT else report
        assert f'href="{wanted}"' in page, name
