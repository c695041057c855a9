"""The page of words."""

from flask import Blueprint, g, render_template, request

from cdv_civic.core.policy.guard import policy
from cdv_civic.glossary import queries as glossary_queries
from cdv_civic.glossary import rules
from cdv_civic.pages.views.places import LONGEST_QUESTION


@policy("public", reads=("q",))
def glossary() -> str:
    """All words explained, by letter; `?q=` looks for some."""
    typed = " ".join(request.args.get("q", "").split())[:LONGEST_QUESTION]
    entries = glossary_queries.entries(g.language.tag)
    found = rules.matching(entries, typed)
    letters = [(None, list(found))] if typed else rules.by_letter(found)
    return render_template("pages/glossary.html", q=typed, letters=letters, total=len(found))


def add_routes(blueprint: Blueprint) -> None:
    """Give the page its address."""
    blueprint.add_url_rule("/<lang>/mots", view_func=glossary)
