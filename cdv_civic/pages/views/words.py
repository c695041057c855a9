"""The page of words."""

from typing import Final

from flask import Blueprint, g, render_template, request

from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.search import typed_search
from cdv_civic.core.web.validity import shows_only
from cdv_civic.glossary import queries as glossary_queries
from cdv_civic.glossary import rules

#: Words found beyond which a page shows their names alone, each opening on its explanation.
MOST_OPEN: Final = 8


@policy("public", reads=("q",))
def glossary() -> str:
    """All words explained, by letter; `?q=` looks for some."""
    shows_only()  # words belong to the whole site
    typed = typed_search(request.args)
    entries = glossary_queries.entries(g.language.tag)
    found = rules.matching(entries, typed)
    letters = [(None, list(found))] if typed else rules.by_letter(found)
    return render_template(
        "pages/glossary.html", q=typed, letters=letters, total=len(found), most_open=MOST_OPEN
    )


def add_routes(blueprint: Blueprint) -> None:
    """Give the page its address."""
    blueprint.add_url_rule("/<lang>/mots", view_func=glossary)
