"""What pages of other features may ask of commitments: counts, the latest news, the next dates.

Only commitments that stand in their contract are counted. Every function says its number of statements, which
never depends on the number of rows. Several restrictions given together narrow each other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from flask import url_for
from sqlalchemy import bindparam, func, or_, select

from cdv_civic.commitments.models import (
    Commitment,
    Evidence,
    Progress,
    commitment_axis,
    commitment_holder,
    commitment_quartier,
)
from cdv_civic.commitments.queries.listing import OPEN
from cdv_civic.commitments.queries.story import file_url
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import Axis, Contract, Quartier
from cdv_civic.territory.vocabulary import NATURES, STATES, THEMES, CodedTerm, CommitmentState

#: By what commitments are narrowed: "quartier_id", "contract_id", "organisation_id". A statement is made once for each
#: combination and language, with the ids as parameters: to build one costs more than to ask it.
_Names = frozenset[str]


@dataclass(frozen=True)
class StateTally:
    """How many commitments there are, each counted once."""

    total: int
    #: In the order of the vocabulary, zeros left out.
    by_state: tuple[tuple[CommitmentState, int], ...]
    #: In the order of the vocabulary, those without a theme last, zeros left out.
    by_theme: tuple[tuple[CodedTerm | None, int], ...]
    #: How many are promises: the others are ideas, studies, directions.
    promises: int

    def count(self, *codes: str) -> int:
        """How many are in one of these states."""
        return sum(number for state, number in self.by_state if state.code in codes)


@dataclass(frozen=True, slots=True)
class NewsItem:
    """An entry of a commitment's story."""

    commitment_id: int
    #: Slug of the contract.
    contract: str
    code: str
    title: Words
    sentence: Words
    state: CommitmentState
    on: date
    #: Who says so, as residents read it.
    author: str
    #: Where it was told for one quartier alone.
    quartier_name: str | None
    photo_id: int | None
    photo_alt: Words | None

    @property
    def url(self) -> str:
        """The page of the commitment; within a request."""
        return url_for("commitments.show", contract=self.contract, code=self.code)

    @property
    def photo_url(self) -> str | None:
        """The small form of its first photo; within a request."""
        return None if self.photo_id is None else file_url(self.photo_id, "petite")


@dataclass(frozen=True, slots=True)
class NextDeadline:
    """A commitment whose deadline is still to come."""

    commitment_id: int
    contract: str
    code: str
    title: Words
    state: CommitmentState
    #: As the document writes it, in French.
    text: str
    #: Its last day.
    on: date

    @property
    def url(self) -> str:
        """The page of the commitment; within a request."""
        return url_for("commitments.show", contract=self.contract, code=self.code)


def tally(
    *, quartier_id: int | None = None, contract_id: int | None = None, organisation_id: int | None = None
) -> StateTally:
    """Count commitments by state and theme. 1 statement.

    With `quartier_id` a commitment is in the state told for that quartier, where one was.
    """
    ids = _given(quartier_id=quartier_id, contract_id=contract_id, organisation_id=organisation_id)
    return _tally(db.session.execute(_tally_statement(frozenset(ids)), ids))


@lru_cache(maxsize=16)
def _tally_statement(names: _Names) -> Any:
    columns = (_state(names).label("state"), Commitment.theme, Commitment.nature)
    return _within(select(*columns, func.count().label("number")), names).group_by(*columns)


def tallies(
    *,
    quartier_ids: Sequence[int] | None = None,
    contract_ids: Sequence[int] | None = None,
    organisation_ids: Sequence[int] | None = None,
) -> dict[int, StateTally]:
    """The tallies of several quartiers, contracts or organisations, by id. 1 statement.

    Exactly one of the lists is given. An id without commitments has an empty tally.
    """
    state: Any = Commitment.state
    statement: Any
    if quartier_ids is not None:
        ids, owner = quartier_ids, commitment_quartier.c.quartier_id
        state = func.coalesce(commitment_quartier.c.state, Commitment.state)
        table = commitment_quartier
    elif organisation_ids is not None:
        ids, owner, table = organisation_ids, commitment_holder.c.organisation_id, commitment_holder
    else:
        ids, owner, table = contract_ids or (), Commitment.contract_id, None  # type: ignore[assignment]
    columns = (owner.label("owner"), state.label("state"), Commitment.theme, Commitment.nature)
    statement = select(*columns, func.count().label("number"))
    if table is not None:
        statement = statement.join(table, table.c.commitment_id == Commitment.id)
    statement = statement.where(owner.in_(ids), Commitment.retired_at.is_(None)).group_by(*columns)
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement):
        rows[row.owner].append(row)
    return {each: _tally(rows[each]) for each in ids}


def _tally(rows: Iterable[Any]) -> StateTally:
    states: Counter[str] = Counter()
    themes: Counter[str | None] = Counter()
    promises = 0
    for row in rows:
        states[row.state] += row.number
        themes[row.theme] += row.number
        promises += row.number if NATURES[row.nature].is_promise else 0
    by_theme: list[tuple[CodedTerm | None, int]] = [
        (word, themes[code]) for code, word in THEMES.items() if themes[code]
    ]
    if themes[None]:
        by_theme.append((None, themes[None]))
    return StateTally(
        total=sum(states.values()),
        by_state=tuple((state, states[code]) for code, state in STATES.items() if states[code]),
        by_theme=tuple(by_theme),
        promises=promises,
    )


def _given(**ids: int | None) -> dict[str, int]:
    return {name: value for name, value in ids.items() if value is not None}


def _state(names: _Names) -> Any:
    """The column of the state: the quartier's own, where one was told."""
    if "quartier_id" in names:
        return func.coalesce(commitment_quartier.c.state, Commitment.state)
    return Commitment.state


def _within(statement: Any, names: _Names) -> Any:
    """`statement` over commitments that stand in their contract, narrowed by the parameters `names`."""
    statement = statement.where(Commitment.retired_at.is_(None))
    if "contract_id" in names:
        statement = statement.where(Commitment.contract_id == bindparam("contract_id"))
    if "quartier_id" in names:
        covers = commitment_quartier.c
        statement = statement.join(
            commitment_quartier,
            (covers.commitment_id == Commitment.id) & (covers.quartier_id == bindparam("quartier_id")),
        )
    if "organisation_id" in names:
        holds = commitment_holder.c
        statement = statement.join(
            commitment_holder,
            (holds.commitment_id == Commitment.id) & (holds.organisation_id == bindparam("organisation_id")),
        )
    return statement


def latest_news(
    *,
    limit: int,
    language: str,
    quartier_id: int | None = None,
    contract_id: int | None = None,
    organisation_id: int | None = None,
) -> list[NewsItem]:
    """The newest entries of stories, withdrawn ones left out. 2 statements.

    With `quartier_id`: what was told for that quartier, or for the whole of a commitment that covers it.
    """
    ids = _given(quartier_id=quartier_id, contract_id=contract_id, organisation_id=organisation_id)
    title, sentence, statement = _news_statement(frozenset(ids), limit, language)
    rows = db.session.execute(statement, ids).all()
    photos = _first_photos([row.id for row in rows], language)
    return [
        NewsItem(
            commitment_id=row.commitment_id,
            contract=row.contract,
            code=row.code,
            title=title.words(row),
            sentence=sentence.words(row),
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
def _news_statement(names: _Names, limit: int, language: str) -> tuple[Localized, Localized, Any]:
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
        statement = _within(statement, names).order_by(*newest)
    else:
        # From the quartier's commitments to their news, sorted without the index of all news by date: walking back
        # through everybody's until a few of this quartier are found took half of the time of its page.
        here: Any = bindparam("quartier_id")
        day = func.coalesce(Progress.happened_on, Progress.happened_on)
        covering = select(commitment_quartier.c.commitment_id).where(
            commitment_quartier.c.quartier_id == here
        )
        statement = (
            _within(statement, names - {"quartier_id"})
            .where(Progress.commitment_id.in_(covering))
            .where(or_(Progress.quartier_id.is_(None), Progress.quartier_id == here))
            .order_by(day.desc(), Progress.id.desc())
        )
    return title, sentence, sentence.join(title.join(statement))


def _first_photos(progress_ids: Sequence[int], language: str) -> dict[int, tuple[int, Words]]:
    """File and caption of the first photo of each entry that has one."""
    caption, statement = _photos_statement(language)
    return {
        row.progress_id: (row.file_id, caption.words(row))
        for row in db.session.execute(statement, {"ids": list(progress_ids)})
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


def next_deadlines(
    *,
    limit: int,
    today: date,
    language: str,
    quartier_id: int | None = None,
    contract_id: int | None = None,
    organisation_id: int | None = None,
) -> list[NextDeadline]:
    """What is promised for today or later, soonest first; without what is done, put off or given up. 1 statement."""
    ids = _given(quartier_id=quartier_id, contract_id=contract_id, organisation_id=organisation_id)
    title, statement = _deadlines_statement(frozenset(ids), limit, language)
    return [
        NextDeadline(
            commitment_id=row.id,
            contract=row.contract,
            code=row.code,
            title=title.words(row),
            state=STATES[row.state],
            text=row.deadline_text or "",
            on=row.deadline_date,
        )
        for row in db.session.execute(statement, {**ids, "today": today})
    ]


@lru_cache(maxsize=64)
def _deadlines_statement(names: _Names, limit: int, language: str) -> tuple[Localized, Any]:
    title = Localized("title", Commitment.title_id, language)
    state = _state(names)
    statement: Any = (
        select(
            Commitment.id,
            Commitment.code,
            Commitment.deadline_text,
            Commitment.deadline_date,
            state.label("state"),
            Contract.slug.label("contract"),
            *title.columns,
        )
        .join(Contract, Contract.id == Commitment.contract_id)
        .where(Commitment.deadline_date >= bindparam("today"), state.in_(OPEN))
        .order_by(Commitment.deadline_date, Commitment.id)
        .limit(limit)
    )
    return title, title.join(_within(statement, names))


def axis_counts(contract_id: int) -> dict[int, int]:
    """For each axis of a contract, how many commitments hang in its subtree. 3 statements.

    A commitment under several axes is counted once in each node above them, and once in their common ones.
    """
    parents: dict[int, int | None] = {
        row.id: row.parent_id
        for row in db.session.execute(select(Axis.id, Axis.parent_id).where(Axis.contract_id == contract_id))
    }
    hung = (
        select(
            commitment_axis.c.commitment_id,
            func.min(commitment_axis.c.axis_id).label("axis_id"),
            func.count().label("axes"),
        )
        .join(Commitment, Commitment.id == commitment_axis.c.commitment_id)
        .where(Commitment.contract_id == contract_id, Commitment.retired_at.is_(None))
        .group_by(commitment_axis.c.commitment_id)
        .subquery()
    )
    # Nearly all hang under one axis: the database counts those, and only the others are looked at one by one.
    counts: Counter[int] = Counter()
    for row in db.session.execute(
        select(hung.c.axis_id, func.count().label("number")).where(hung.c.axes == 1).group_by(hung.c.axis_id)
    ):
        for axis in _up(row.axis_id, parents):
            counts[axis] += row.number
    several: dict[int, set[int]] = defaultdict(set)
    for row in db.session.execute(
        select(commitment_axis.c.commitment_id, commitment_axis.c.axis_id)
        .join(hung, hung.c.commitment_id == commitment_axis.c.commitment_id)
        .where(hung.c.axes > 1)
    ):
        several[row.commitment_id].update(_up(row.axis_id, parents))
    for axes in several.values():
        counts.update(axes)
    return {axis: counts[axis] for axis in parents}


def _up(axis_id: int, parents: dict[int, int | None]) -> list[int]:
    """An axis and all above it."""
    way: list[int] = []
    at: int | None = axis_id
    while at is not None and at in parents and at not in way:
        way.append(at)
        at = parents[at]
    return way


def first_commitments(
    *,
    limit: int,
    quartier_id: int | None = None,
    contract_id: int | None = None,
    organisation_id: int | None = None,
) -> list[int]:
    """Ids of the first commitments in the document's order. 1 statement."""
    ids = _given(quartier_id=quartier_id, contract_id=contract_id, organisation_id=organisation_id)
    statement = _within(select(Commitment.id), frozenset(ids)).order_by(Commitment.id).limit(limit)
    return list(db.session.execute(statement, ids).scalars())
