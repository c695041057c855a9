"""What people wrote, a page at a time, for whoever may read it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select

from cdv_civic.consultations.models import ConsultationAnswer, ConsultationWords
from cdv_civic.consultations.words_models import ConsultationCoding
from cdv_civic.core.db import rows_of
from cdv_civic.core.paging import Cursor, Page, page_of, window

PER_PAGE: Final = 50


@dataclass(frozen=True)
class WrittenText:
    """What somebody wrote to a question, and for which options it stands."""

    id: int
    words: str
    lang: str
    speaker: str
    channel: str
    options: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """Its first words, by which a box that chooses it is named."""
        return self.words[:60]


def texts_of_question(
    consultation_id: int,
    question_id: int,
    *,
    q: str = "",
    uncoded: bool = False,
    cursor: Cursor | None = None,
) -> Page[WrittenText]:
    """A page of the texts of a question, in the order in which they came; 2 statements.

    `q`: characters that they hold. `uncoded`: those alone that stand for no option yet.
    """
    words, answer, coding = ConsultationWords, ConsultationAnswer, ConsultationCoding
    statement = (
        select(words.id, words.words, words.lang, answer.speaker, answer.channel)
        .join(answer, answer.id == words.answer_id)
        .where(words.consultation_id == consultation_id, words.question_id == question_id)
    )
    if q:
        statement = statement.where(words.words.icontains(q, autoescape=True))
    if uncoded:
        statement = statement.where(~select(coding.words_id).where(coding.words_id == words.id).exists())
    found = [WrittenText(*row) for row in rows_of(window(statement, (words.id,), cursor, PER_PAGE))]
    page = page_of(found, cursor, PER_PAGE, lambda row: (row.id,))
    options = _codings([row.id for row in page.rows])
    return replace(page, rows=tuple(replace(row, options=options.get(row.id, ())) for row in page.rows))


def _codings(words_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    coding = ConsultationCoding
    found: dict[int, tuple[int, ...]] = {}
    statement = (
        select(coding.words_id, coding.option_id)
        .where(coding.words_id.in_(words_ids))
        .order_by(coding.words_id, coding.option_id)
    )
    for words_id, option_id in rows_of(statement):
        found[words_id] = (*found.get(words_id, ()), option_id)
    return found
