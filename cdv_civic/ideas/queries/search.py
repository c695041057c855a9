"""Ideas and boxes that speak of what was typed."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import Localized
from cdv_civic.core.stemming import holds, search_document, search_words
from cdv_civic.ideas.models import Idea, IdeaBox
from cdv_civic.ideas.queries.boxes import box_is_public
from cdv_civic.ideas.queries.public import found_in
from cdv_civic.ideas.scopes import quartiers_of_its_own
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public
from cdv_civic.territory.models import Commune, Contract, Quartier, quartier_commune

#: The newest boxes of the site are looked through: they are few.
MOST_SEARCHED: Final = 300


@dataclass(frozen=True)
class FoundBox:
    """A box that speaks of what was typed, or in which public ideas do."""

    id: int
    ideas: int


@lru_cache(maxsize=4 * MOST_SEARCHED)
def _document(text: str) -> str:
    """The stems of a text: worked out once while it says the same, as they cost more than the search."""
    return search_document(text)


def _within(contract: str, commune: str, quartier: str) -> ColumnElement[bool]:
    """The condition that an `IdeaBox` is for the places of some slugs."""
    conditions: list[ColumnElement[bool]] = []
    if contract:
        conditions.append(Contract.slug == contract)
    its = select(Quartier.id).where(quartiers_of_its_own())
    if quartier:
        conditions.append(its.where(Quartier.slug == quartier).exists())
    if commune:
        lies = quartier_commune.c
        conditions.append(
            its.join(quartier_commune, lies.quartier_id == Quartier.id)
            .join(Commune, Commune.id == lies.commune_id)
            .where(Commune.slug == commune)
            .exists()
        )
    return and_(True, *conditions)


def found_boxes(
    typed: str, language: str, *, contract: str = "", commune: str = "", quartier: str = ""
) -> list[FoundBox]:
    """The boxes of a place that hold all words that were typed in their title or question, in a language or in French,
    or that hold public ideas which do; none where no word was. 1 statement, or none."""
    terms = search_words(typed)
    if not terms:
        return []
    ideas: Any = (
        select(func.count(Idea.id))
        .join(ModeratedText, ModeratedText.id == Idea.case_id)
        .where(Idea.box_id == IdeaBox.id, is_public(), *(or_(*map(found_in, each)) for each in terms))
        .correlate(IdeaBox)
        .scalar_subquery()
    )
    texts = [
        Localized(f"{field}_{tag}", text_id, tag)
        for tag in dict.fromkeys((language, SOURCE_LANGUAGE))
        for field, text_id in (("title", IdeaBox.title_id), ("question", IdeaBox.question_id))
    ]
    statement: Any = select(IdeaBox.id, ideas.label("ideas"), *(text.columns[0] for text in texts)).join(
        Contract, Contract.id == IdeaBox.contract_id
    )
    for text in texts:
        statement = text.join(statement, optional=True)
    rows = rows_of(
        statement.where(box_is_public(), _within(contract, commune, quartier))
        .order_by(IdeaBox.id.desc())
        .limit(MOST_SEARCHED)
    )
    return [
        FoundBox(row.id, row.ideas)
        for row in rows
        if row.ideas or holds(" ".join(_document(text) for text in row[2:] if text), typed)
    ]
