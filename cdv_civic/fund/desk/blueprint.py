"""The blueprint of the desk of funds, and what its pages share."""

from typing import Final

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.web.desk import actor, desk_blueprint
from cdv_civic.fund.desk.queries import round_at_desk
from cdv_civic.fund.public.queries.funds import FundFacts, RoundFacts, fund_named
from cdv_civic.fund.scopes import EDIT, touched_fund

blueprint: Final = desk_blueprint("funds_desk", __name__, "/fonds")


def fund_at_desk(slug: str) -> FundFacts:
    """The fund of a page, for whoever runs it; 404 or `Forbidden` otherwise. 1 statement."""
    fund = fund_named(slug, current_language().tag, public=False)
    if fund is None:
        abort(404)
    require(actor(), EDIT, touched_fund(fund))
    return fund


def round_here(slug: str, round_slug: str) -> tuple[FundFacts, RoundFacts]:
    """The fund and the round of a page, likewise; 2 statements."""
    fund = fund_at_desk(slug)
    found = round_at_desk(fund.id, round_slug, current_language().tag)
    if found is None:
        abort(404)
    return fund, found


def back_to(slug: str, said: object = None) -> AnyResponse:
    """To the page of a fund, which says what was done."""
    if said is not None:
        flash(str(said), "success")
    return redirect(url_for("funds_desk.show", slug=slug), 303)


def back_to_round(slug: str, round_slug: str, said: object = None) -> AnyResponse:
    """To the page of a round, likewise."""
    if said is not None:
        flash(str(said), "success")
    return redirect(url_for("funds_desk.show_round", slug=slug, round_slug=round_slug), 303)
