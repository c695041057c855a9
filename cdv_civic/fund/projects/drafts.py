"""The form of a project keeps drafts, for whoever is signed in: it takes ten minutes, and a bill to look for.

Not the forms of a relais, whose words are somebody else's, nor what stands behind a receipt.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Flask
from sqlalchemy import select

from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Localized
from cdv_civic.core.web.desk import numbers_in
from cdv_civic.drafts.kinds import DraftKind, DraftPlace, register_draft_kind
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.projects.queries.rounds import round_is_public

DEPOSIT: Final = "fund_project.put"


def _described(owners: Sequence[str], language: str) -> Mapping[str, DraftPlace]:
    title = Localized("title", FundRound.title_id, language)
    statement = title.join(
        select(FundRound.id, FundRound.slug, Fund.slug.label("fund"), *title.columns).join(
            Fund, Fund.id == FundRound.fund_id
        )
    ).where(FundRound.id.in_(numbers_in(owners)), round_is_public())
    return {
        str(row.id): DraftPlace(
            title.words(row), "", ("fund_projects.deposit", {"slug": row.fund, "round_slug": row.slug})
        )
        for row in rows_of(statement)
    }


def register(app: Flask) -> None:
    """Declare it."""
    register_draft_kind(app, DraftKind(DEPOSIT, _l("Un projet pour un fonds"), "project.put", _described))
