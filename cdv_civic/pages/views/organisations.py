"""Who promises: the organisations of a contract."""

from typing import Any

from flask import Blueprint, abort, g, render_template, request, url_for

from cdv_civic.core.paging import Key, read_cursor, write_key
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.search import typed_search
from cdv_civic.core.web.validity import shows_only
from cdv_civic.pages.presentation import promised
from cdv_civic.pages.queries.organisations import organisation_page, organisations_page
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.queries import contracts as contract_queries

PARTNER = "partenaire"


@policy("public", reads=("q",))
def organisations(contract: str) -> str:
    """The organisations of a contract by kind; `?q=` looks for one."""
    facts = contract_queries.contract(contract, g.language.tag)
    if facts is None:
        abort(404)
    shows_only(contract_tag(contract))
    typed = typed_search(request.args)
    page = organisations_page(facts, typed)
    return render_template("pages/organisations.html", page=page, q=typed)


@policy("public", reads=("role", "apres", "avant"))
def organisation(contract: str, slug: str) -> str:
    """What an organisation has promised and where each promise stands; what it takes part in, apart."""
    facts = contract_queries.contract(contract, g.language.tag)
    cursor = read_cursor(request.args.get("apres"), request.args.get("avant"), parts=2)
    page = facts and organisation_page(
        facts,
        slug,
        g.language.tag,
        as_partner=request.args.get("role") == PARTNER,
        cursor=cursor,
    )
    if not page:
        abort(404)
    shows_only(contract_tag(contract))

    def address(name: str, key: Key | None) -> str | None:
        if key is None:
            return None
        arguments: dict[str, Any] = {
            "contract": contract,
            "slug": slug,
            "role": PARTNER if page.as_partner else None,
            name: write_key(key),
        }
        return url_for("pages.organisation", **arguments)

    return render_template(
        "pages/organisation.html",
        page=page,
        promised=promised(page.tally, contrat=contract, porteur=slug),
        first_page=cursor is None,
        previous_url=address("avant", page.previous_key),
        next_url=address("apres", page.next_key),
    )


def add_routes(blueprint: Blueprint) -> None:
    """Give these pages their addresses."""
    blueprint.add_url_rule("/<lang>/contrats/<contract>/organisations", view_func=organisations)
    blueprint.add_url_rule("/<lang>/contrats/<contract>/organisations/<slug>", view_func=organisation)
