"""What waits for somebody's work: each feature says at start which of its rows do; one statement counts them all.

    register_work(app, WorkSource("minutes", "publication.edit", rows=…, words=…, url=…, icon="news", by_place=True))

A source gives a statement that finds a row for each thing that waits for an actor, within what they may act on, with
the columns of `waiting`. All sources together are one statement, however many features there are: the badge in the
menu of the desk, the list « À faire » and the mail that sums it up ask the same rows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import Flask
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.core.registry import Registry

#: The badge counts no further in any source: beyond, it says « plus de … ».
BADGE_STOPS_AT: Final = 100


@dataclass(frozen=True)
class WorkSource:
    """One reason why things wait for somebody."""

    name: str
    #: Asked of whoever may do this somewhere; `rows` is given what they may do it on.
    action: str
    #: None where nothing can wait for this actor.
    rows: Callable[[Actor, Reach], Select[Any] | None]
    #: So many of them, in the language at hand: « 3 messages à lire ».
    words: Callable[[int], str]
    #: Where the work is done; it is given the id of the place where `by_place`, else None. Within a request.
    url: Callable[[int | None], str]
    icon: str
    #: Whether each place is a line of its own in the list.
    by_place: bool = False


@dataclass(frozen=True)
class WorkItem:
    """What waits for one actor, from one source (and one place)."""

    source: WorkSource
    count: int
    #: Since which day the oldest waits; None where the source does not say.
    since_on: date | None
    #: The first day that something of it is due, which may be past; None: never.
    due_on: date | None
    place_id: int | None = None
    place: str | None = None

    @property
    def words(self) -> str:
        """How many of what, in the language at hand."""
        return self.source.words(self.count)

    @property
    def url(self) -> str:
        """Where the work is done; within a request."""
        return self.source.url(self.place_id)


_SOURCES: Final = Registry[WorkSource]("work_sources")


def register_work(app: Flask, source: WorkSource) -> None:
    """Declare what waits in a feature; raises `RegisteredTwice`."""
    _SOURCES.add(app, source.name, source)


def waiting(
    *,
    since: Any = None,
    due: Any = None,
    place_id: Any = None,
    place: Any = None,
) -> tuple[ColumnElement[Any], ...]:
    """The columns of one thing that waits: two days, and the id and the name of its place."""
    return (
        (cast(null(), Date) if since is None else since).label("since_on"),
        (cast(null(), Date) if due is None else due).label("due_on"),
        (cast(null(), Integer) if place_id is None else place_id).label("place_id"),
        (cast(null(), Text) if place is None else place).label("place"),
    )


def day_of(moment: Any) -> ColumnElement[date | None]:
    """The day of a moment, as `waiting` wants it: where the database's clock lives, a day off at most."""
    return func.date(moment, type_=Date)


def _asked(actor: Actor) -> Iterator[tuple[WorkSource, Select[Any]]]:
    for source in _SOURCES.entries().values():
        reach = reach_of(actor, source.action)
        rows = source.rows(actor, reach) if reach.anywhere else None
        if rows is not None:
            yield source, rows


def work_of(session: Session, actor: Actor) -> tuple[WorkItem, ...]:
    """All that waits for `actor`, source by source; 1 statement, or none where no source asks them."""
    sources = dict(enumerate(_asked(actor)))
    if not sources:
        return ()
    found = session.execute(union_all(*(_counted(number, *asked) for number, asked in sources.items()))).all()
    return tuple(
        WorkItem(sources[row.source][0], row.how_many, row.since_on, row.due_on, row.place_id, row.place)
        for row in found
        if row.how_many
    )


def _counted(number: int, source: WorkSource, rows: Select[Any]) -> Select[Any]:
    one = rows.subquery(f"waiting_{number}").c
    places: tuple[Any, ...] = (one.place_id, one.place)
    if not source.by_place:
        places = (cast(null(), Integer).label("place_id"), cast(null(), Text).label("place"))
    counted = select(
        literal(number, Integer).label("source"),
        func.count().label("how_many"),
        func.min(one.since_on).label("since_on"),
        func.min(one.due_on).label("due_on"),
        *places,
    ).select_from(one.since_on.table)
    return counted.group_by(*places) if source.by_place else counted


def how_much_waits(session: Session, actor: Actor) -> int:
    """How many things wait for `actor`, each source counted up to `BADGE_STOPS_AT`; 1 statement, or none."""
    counts = [
        select(func.count()).select_from(rows.limit(BADGE_STOPS_AT).subquery()).scalar_subquery()
        for _source, rows in _asked(actor)
    ]
    if not counts:
        return 0
    total: Any = sum(counts[1:], start=counts[0])
    return int(session.execute(select(total)).scalar_one())
