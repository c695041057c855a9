"""The contracts and their trees."""

from flask import Blueprint, abort, g, render_template, request

from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.validity import shows_only
from cdv_civic.pages.presentation import promised
from cdv_civic.pages.queries.contracts import axis_page, contract_page, contract_summaries
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tag, contract_tags
from cdv_civic.territory.queries import contracts as contract_queries


@policy("public")
def contracts() -> str:
    """The contracts of the site."""
    lines = contract_summaries(g.language.tag)
    shows_only(DIRECTORY, *contract_tags(line.facts.slug for line in lines))
    return render_template(
        "pages/contracts.html",
        running=[line for line in lines if not line.facts.older],
        older=[line for line in lines if line.facts.older],
    )


@policy("public", reads=("axe", "arbre", "commune"))
def contract(contract: str) -> str:
    """A contract: what it promises in figures, and one of its trees; or one node of a tree (`?axe=`)."""
    facts = contract_queries.contract(contract, g.language.tag)
    if facts is None:
        abort(404)
    shows_only(contract_tag(facts.slug))
    code = request.args.get("axe", "")
    if code:
        axis = axis_page(facts, code, g.language.tag)
        if axis is None:
            abort(404)
        return render_template("pages/axis.html", page=axis)
    page = contract_page(facts, g.language.tag, request.args.get("arbre"), request.args.get("commune"))
    return render_template(
        "pages/contract.html", page=page, promised=promised(page.tally, contrat=facts.slug)
    )


def add_routes(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    blueprint.add_url_rule("/<lang>/contrats", view_func=contracts)
    blueprint.add_url_rule("/<lang>/contrats/<contract>", view_func=contract)
