"""Consultations found by words of their title and their purpose."""

from functools import lru_cache
from typing import Final

from sqlalchemy import select

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.public.queries.cards import Where, within
from cdv_civic.consultations.queries.moments import consultation_is_public
from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import Localized
from cdv_civic.core.stemming import holds, search_document, search_words
from cdv_civic.territory.models import Contract

#: The newest of the whole site are looked through: they are few, and no index of their words is kept.
MOST_SEARCHED: Final = 300


@lru_cache(maxsize=4 * MOST_SEARCHED)
def _document(text: str) -> str:
    """The stems of a text: worked out once while it says the same, as they cost more than the search."""
    return search_document(text)


def found_by(typed: str, language: str, where: Where) -> list[int]:
    """The ids of the public consultations of a place whose title and purpose hold all words that were typed, in a
    language or in French; none where no word was. 1 statement, or none.
    """
    if not search_words(typed):
        return []
    texts = [
        (f"{field}_{tag}", Localized(f"{field}_{tag}", text_id, tag))
        for tag in dict.fromkeys((language, SOURCE_LANGUAGE))
        for field, text_id in (("title", Consultation.title_id), ("purpose", Consultation.purpose_id))
    ]
    columns = [text.columns[0] for _name, text in texts]
    statement = select(Consultation.id, *columns).join(Contract, Contract.id == Consultation.contract_id)
    for _name, text in texts:
        statement = text.join(statement, optional=True)
    rows = rows_of(
        statement.where(consultation_is_public(), within(where))
        .order_by(Consultation.opens_at.desc(), Consultation.id.desc())
        .limit(MOST_SEARCHED)
    )
    return [row.id for row in rows if holds(" ".join(_document(text) for text in row[1:] if text), typed)]
