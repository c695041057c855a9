"""As long as when a kept page, or a part of pages, is right: what it shows, and the moment at which time changes it.

Views and queries say both while a page is made:

    shows_only(contract_tag(slug))  # nothing that is published but this, beside what the whole site shares
    also_shows(consultation_tag(7))  # and this, whatever else: said by what does not know the whole page
    valid_until(end_of_the_meeting)  # from then on the page says something else

A page whose view says nothing of what it shows is dropped at any publication: to forget it is slow, never wrong.
Midnight where the territory lives ends every page. The same queries serve desks, commands and jobs, where no page is
made that could be kept: there, saying so does nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from flask import g

from cdv_civic.core import clock
from cdv_civic.core.db import SITE, TagName, db

#: Stands for all tags there are: its number is the sum of theirs, so that no publication leaves it as it was, and none
#: waits for another because of it.
ANY: Final = TagName("*")


class TagNumbers:
    """The numbers of cache tags, as they stood at one moment."""

    def __init__(self, known: Mapping[TagName, int], *, whole: bool) -> None:
        self._known = known
        #: Whether all tags were read: one that is not among them was never raised.
        self._whole = whole

    def of(self, tag: TagName) -> int | None:
        """The number of a tag; None where it was not read."""
        number = self._known.get(tag)
        return 0 if number is None and self._whole else number

    def know(self, tags: Collection[TagName] | None) -> bool:
        """Whether all of `tags` (None: all there are) were read."""
        return self._whole or (tags is not None and all(tag in self._known for tag in tags))

    def __iter__(self) -> Iterator[tuple[TagName, int]]:
        return iter(self._known.items())


@lru_cache(maxsize=64)
def _statement(mark: str, named: int, *, with_sum: bool) -> str:
    marks = ", ".join([mark] * named)
    found = f"SELECT name, number FROM cache_tag WHERE name IN ({marks})"
    if not with_sum:
        return found
    return f"{found} UNION ALL SELECT '{ANY}', CAST(coalesce(sum(number), 0) AS BIGINT) FROM cache_tag"


def read_numbers(tags: Collection[TagName] | None) -> TagNumbers:
    """The numbers of some tags, or (None) of all; 1 statement, and a plain one: every request for a page asks it."""
    connection = db.session.connection()
    if tags is None:
        rows = connection.exec_driver_sql("SELECT name, number FROM cache_tag").all()
        known: dict[TagName, int] = dict(rows)
        known[ANY] = sum(known.values())
        return TagNumbers(known, whole=True)
    with_sum = ANY in tags
    named = tuple(tag for tag in tags if tag != ANY) if with_sum else tuple(tags)
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = _statement(mark, len(named), with_sum=with_sum)
    known = dict.fromkeys(tags, 0)
    known.update(connection.exec_driver_sql(statement, named).all())
    return TagNumbers(known, whole=False)


class Validity(NamedTuple):
    """When something that is kept may be shown: while its tags stand where they stood before it was made, and between
    two moments. Before the first the clock was set back, and it may tell what has not happened yet.
    """

    numbers: Mapping[TagName, int]
    since: datetime
    until: datetime

    def holds(self, numbers: TagNumbers, now: datetime) -> bool:
        """Whether it may be shown at `now`, the tags standing at `numbers`."""
        if not self.since <= now < self.until:
            return False
        for tag, number in self.numbers.items():  # noqa: SIM110  (each request for a page comes by here)
            if numbers.of(tag) != number:
                return False
        return True


class Making:
    """A page, or a part of pages, that is being made, and what was said of it so far.

    `numbers` were read before anything that it shows: a publication meanwhile is not missed.
    """

    def __init__(self, numbers: TagNumbers) -> None:
        self._numbers = numbers
        self._tags: set[TagName] | None = None
        self._parts: set[TagName] = {SITE}
        self._since = clock.now()
        self._until = clock.next_midnight()

    def shows_only(self, tags: Collection[TagName]) -> None:
        """See `shows_only`."""
        self._tags = {*(self._tags or ()), *tags}

    def valid_until(self, moment: datetime) -> None:
        """See `valid_until`."""
        self._until = min(self._until, moment)

    def also_shows(self, tags: Collection[TagName]) -> None:
        """See `also_shows`."""
        self._parts.update(tags)

    def holds_part(self, tags: Collection[TagName], until: datetime) -> None:
        """Say that a part with these tags stands in it."""
        self.also_shows(tags)
        self.valid_until(until)

    @property
    def tags(self) -> frozenset[TagName]:
        """All that it shows."""
        return frozenset(self._parts | ({ANY} if self._tags is None else self._tags))

    @property
    def until(self) -> datetime:
        """The moment from which on it is not right."""
        return self._until

    def validity(self) -> Validity | None:
        """When it may be shown; None where the number of a tag was not read before it was made."""
        numbers = {tag: self._numbers.of(tag) for tag in self.tags}
        read = {tag: number for tag, number in numbers.items() if number is not None}
        return Validity(read, self._since, self._until) if len(read) == len(numbers) else None


@contextmanager
def making(numbers: TagNumbers) -> Iterator[Making]:
    """A part of pages is made inside: what is said there is said of it. Whoever shows it hears of it at the end."""
    outer: Making | None = g.get("making")
    g.making = inner = Making(numbers)
    try:
        yield inner
    finally:
        g.making = outer


def shows_only(*tags: TagName) -> None:
    """Say that the page being made shows nothing that is published but what these tags name, and what all pages share.

    Called by whoever knows all of it: the view of a page, the function that makes a part for `kept`. Parts that are
    shown besides say it of themselves. A second call adds to the first.
    """
    present: Making | None = g.get("making")
    if present is not None:
        present.shows_only(tags)


def also_shows(*tags: TagName) -> None:
    """Say that the page being made shows what these tags name besides, whatever its view says, or forgets, of the rest.

    Called by whoever adds something to the pages of others: links between things, an activity. `shows_only` there would
    speak for a view that said nothing.
    """
    present: Making | None = g.get("making")
    if present is not None:
        present.also_shows(tags)


def valid_until(moment: datetime) -> None:
    """Say that the page being made is right before `moment` (aware) alone; the earliest that is said wins."""
    present: Making | None = g.get("making")
    if present is not None:
        present.valid_until(moment)
