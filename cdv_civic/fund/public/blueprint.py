"""What the public pages of funds share: the blueprint, and the fund and the round of an address."""

from flask import Blueprint, abort, g

from cdv_civic.core.web.validity import also_shows, shows_only
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.public.queries.funds import FundFacts, RoundFacts, fund_named, public_round
from cdv_civic.territory.cache_tags import contract_tag

blueprint = Blueprint("funds", __name__, url_prefix="/<lang>/fonds")


def fund_here(slug: str) -> FundFacts:
    """The fund of an address, or a page « not found »; the page shows it and its contract, and nothing else that is
    published. 1 statement."""
    fund = fund_named(slug, g.language.tag, public=True)
    if fund is None:
        abort(404)
    shows_only(contract_tag(fund.contract))
    also_shows(fund_tag(fund.id))
    return fund


def round_here(slug: str, round_slug: str) -> tuple[FundFacts, RoundFacts]:
    """The fund and the round of an address, likewise. 2 statements."""
    fund = fund_here(slug)
    found = public_round(fund.id, round_slug, g.language.tag)
    if found is None:
        abort(404)
    return fund, found
