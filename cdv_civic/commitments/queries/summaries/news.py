"""The newest entries of the stories of commitments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Date, bindparam, func, or_, select, tuple_

from cdv_civic.commitments.models import Commitment, Evidence, Progress, commitment_quartier
from cdv_civic.commitments.queries.summaries.narrowing import Names, given, within
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Key, Page, page_of
from cdv_civic.territory.models import Contract, Quartier
from cdv_civic.territory.vocabulary import NATURES, STATES, CommitmentState, Nature

PER_PAGE: Final = 20
#: What a place within all the news is: a day, and the number of an entry.
KEY_PARTS: Final = 2


@dataclass(frozen=True, slots=True)
class NewsItem:
    """An entry of a commitment's story."""

    id: int
    commitment_id: int
    #: Slug of the contract.
    contract: str
    code: str
    title: Words
    sentence: Words
    nature: Nature
    state: CommitmentState
    on: date
    #: Who says so, as residents read it.
    author: str
    #: Where it was told for one quartier alone.
    quartier_name: str | None
    photo_id: int | None
    photo_alt: Words | None


def latest_news(
    *,
    limit: int,
    language: str,
    quartier_id: int | None = None,
    contract_id: int | None = None,
    organisation_id: int | None = None,
) -> list[NewsItem]:
    """The newest entries of stories, withdrawn ones left out. 2 statements, 1 where there are none.

    With `quartier_id`: what was told for that quartier, or for the whole of a commitment that covers it.
    """
    ids = given(quartier_id=quartier_id, contract_id=contract_id, organisation_id=organisation_id)
    return _read(_news_statement(frozenset(ids), limit, language), ids, language)


def news_page(
    quartier_id: int, language: str, place: Cursor | None = None, size: int = PER_PAGE
) -> Page[NewsItem]:
    """One page of the news of a quartier, the newest first; 2 statements, 1 where there are none."""
    values: dict[str, Any] = {"quartier_id": quartier_id}
    if place is not None:
        ordinal, number = place.key
        if not 1 <= ordinal <= date.max.toordinal():
            return Page((), None, None)
        values |= {"day": date.fromordinal(ordinal), "number": number}
    beside = None if place is None else "before" if place.before else "after"
    found = _news_statement(frozenset({"quartier_id"}), size + 1, language, beside)
    return page_of(_read(found, values, language), place, size, _key_of)


def _key_of(item: NewsItem) -> Key:
    return (item.on.toordinal(), item.id)


def _read(
    found: tuple[Localized, Localized, Any], values: Mapping[str, Any], language: str
) -> list[NewsItem]:
    title, sentence, statement = found
    rows = rows_of(statement, values).all()
    photos = _first_photos([row.id for row in rows], language) if rows else {}
    return [
        NewsItem(
            id=row.id,
            commitment_id=row.commitment_id,
            contract=row.contract,
            code=row.code,
            title=title.words(row),
            sentence=sentence.words(row),
            nature=NATURES[row.nature],
            state=STATES[row.state],
            on=row.happened_on,
            author=row.organisation_name,
            quartier_name=row.quartier,
            photo_id=photos[row.id][0] if row.id in photos else None,
            photo_alt=photos[row.id][1] if row.id in photos else None,
        )
        for row in rows
    ]


@lru_cache(maxsize=64)
def _news_statement(
    names: Names, limit: int, language: str, beside: str | None = None
) -> tuple[Localized, Localized, Any]:
    """`beside`: only what comes "after" the entry `number` of the `day`, or "before" it, from there backwards."""
    title = Localized("title", Commitment.title_id, language)
    sentence = Localized("sentence", Progress.sentence_id, language)
    statement: Any = (
        select(
            Progress.id,
            Progress.commitment_id,
            Progress.state,
            Progress.happened_on,
            Progress.organisation_name,
            Commitment.code,
            Commitment.nature,
            Contract.slug.label("contract"),
            Quartier.name.label("quartier"),
            *title.columns,
            *sentence.columns,
        )
        .join(Commitment, Commitment.id == Progress.commitment_id)
        .join(Contract, Contract.id == Commitment.contract_id)
        .outerjoin(Quartier, Quartier.id == Progress.quartier_id)
        .where(Progress.withdrawn_at.is_(None))
        .limit(limit)
    )
    newest = (Progress.happened_on.desc(), Progress.id.desc())
    if "quartier_id" not in names:
        statement = within(statement, names).order_by(*newest)
    else:
        # From the quartier's commitments to their news, sorted without the index of all news by date: walking back
        # through everybody's until a few of this quartier are found took half of the time of its page.
        here: Any = bindparam("quartier_id")
        day = func.coalesce(Progress.happened_on, Progress.happened_on)
        covering = select(commitment_quartier.c.commitment_id).where(
            commitment_quartier.c.quartier_id == here
        )
        statement = (
            within(statement, names - {"quartier_id"})
            .where(Progress.commitment_id.in_(covering))
            .where(or_(Progress.quartier_id.is_(None), Progress.quartier_id == here))
        )
        if beside is not None:
            entry = tuple_(bindparam("day", type_=Date()), bindparam("number"))
            here = tuple_(day, Progress.id)
            statement = statement.where(here > entry if beside == "before" else here < entry)
        order = (day.asc(), Progress.id.asc()) if beside == "before" else (day.desc(), Progress.id.desc())
        statement = statement.order_by(*order)
    return title, sentence, sentence.join(title.join(statement))


def _first_photos(progress_ids: Sequence[int], language: str) -> dict[int, tuple[int, Words]]:
    """File and caption of the first photo of each entry that has one."""
    caption, statement = _photos_statement(language)
    return {
        row.progress_id: (row.file_id, caption.words(row))
        for row in rows_of(statement, {"ids": list(progress_ids)})
    }


@lru_cache(maxsize=16)
def _photos_statement(language: str) -> tuple[Localized, Any]:
    caption = Localized("caption", Evidence.caption_id, language)
    statement: Any = (
        select(Evidence.progress_id, Evidence.file_id, *caption.columns)
        .where(Evidence.progress_id.in_(bindparam("ids", expanding=True)), Evidence.kind == "photo")
        .order_by(Evidence.position.desc(), Evidence.id.desc())
    )
    return caption, caption.join(statement)
