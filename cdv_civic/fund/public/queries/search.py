"""Funds and projects that speak of what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import and_, select

from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized
from cdv_civic.core.stemming import holds, search_document, search_words
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.public.queries.funds import fund_is_public, project_is_public, within
from cdv_civic.territory.models import Contract

#: So many projects are looked through, the newest of the site.
MOST_SEARCHED: Final = 1000
MOST_FOUND: Final = 50


@dataclass(frozen=True)
class FoundProject:
    """A project that speaks of what was typed."""

    fund: str
    round: str
    number: int
    title: str
    summary: str
    lang: str | None


@dataclass(frozen=True)
class FoundFunds:
    """What was found: ids of funds whose name or words hold it, and projects."""

    funds: frozenset[int] = frozenset()
    projects: Sequence[FoundProject] = ()


@lru_cache(maxsize=4 * MOST_SEARCHED)
def _document(text: str) -> str:
    """The stems of a text: worked out once while it says the same, as they cost more than the search."""
    return search_document(text)


def found_funds(
    typed: str, language: str, *, contract: str = "", commune: str = "", quartier: str = ""
) -> FoundFunds:
    """The public funds of a place that hold all words that were typed, and the public projects that do in their title
    or sentence; nothing where no word was. 1 statement, or none."""
    if not search_words(typed):
        return FoundFunds()
    name = Localized("fund_name", Fund.name_id, language)
    words = Localized("fund_words", Fund.words_id, language)
    statement: Any = (
        select(
            Fund.id,
            Fund.slug.label("fund"),
            FundRound.slug.label("round"),
            FundProject.number,
            FundProject.title,
            FundProject.summary,
            FundProject.lang,
            *name.columns,
            *words.columns,
        )
        .join(Contract, Contract.id == Fund.contract_id)
        .outerjoin(FundRound, and_(FundRound.fund_id == Fund.id, FundRound.published_at.is_not(None)))
        .outerjoin(FundProject, and_(FundProject.round_id == FundRound.id, project_is_public()))
        .where(fund_is_public(), within(contract, commune, quartier))
        .order_by(FundProject.id.desc(), Fund.id.desc())
        .limit(MOST_SEARCHED)
    )
    rows = rows_of(words.join(name.join(statement))).all()
    funds = {
        row.id
        for row in {row.id: row for row in rows}.values()
        if holds(f"{_document(row.fund_name)} {_document(row.fund_words)}", typed)
    }
    projects = [
        FoundProject(row.fund, row.round, row.number, row.title, row.summary, row.lang)
        for row in rows
        if row.number is not None and holds(f"{_document(row.title)} {_document(row.summary)}", typed)
    ]
    return FoundFunds(frozenset(funds), projects[:MOST_FOUND])
