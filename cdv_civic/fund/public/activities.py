"""Rounds that take projects, for « En ce moment »."""

from collections.abc import Sequence
from typing import Final

from flask import Flask, url_for
from sqlalchemy import select

from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Localized
from cdv_civic.core.web.validity import also_shows
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.public.queries.funds import for_any_of, round_is_public
from cdv_civic.territory.activities.registry import Activity, Asked, register_activities
from cdv_civic.territory.activities.rules import Span

FUNDS: Final = "funds"


def open_rounds(asked: Asked) -> Sequence[Activity]:
    """Each round of the place that takes projects, now or soon; 1 statement. Of the whole site, those alone that have
    an end. None for a body: a round is that of its quartiers, whose pages show it."""
    if asked.body is not None:
        return []
    title = Localized("round_title", FundRound.title_id, asked.language)
    name = Localized("fund_name", Fund.name_id, asked.language)
    statement = (
        select(
            Fund.id,
            Fund.slug,
            FundRound.slug.label("round"),
            FundRound.opens_at,
            FundRound.closes_at,
            *title.columns,
            *name.columns,
        )
        .join(Fund, Fund.id == FundRound.fund_id)
        .where(round_is_public(), FundRound.closed_at.is_(None))
        .order_by(FundRound.id)
    )
    if asked.everywhere:
        statement = statement.where(FundRound.closes_at > asked.now)
    else:
        statement = statement.where((FundRound.closes_at.is_(None)) | (FundRound.closes_at > asked.now))
    if asked.quartiers:
        statement = statement.where(for_any_of(asked.quartiers))
    rows = rows_of(name.join(title.join(statement))).all()
    also_shows(*(fund_tag(row.id) for row in rows))
    return [
        Activity(
            _l("Un projet à proposer"),
            "coin",
            title.words(row),
            url_for("funds.round", slug=row.slug, round_slug=row.round),
            Span(row.opens_at, row.closes_at),
            name.words(row).text,
        )
        for row in rows
    ]


def register(app: Flask) -> None:
    """Declare them."""
    register_activities(app, FUNDS, open_rounds)
