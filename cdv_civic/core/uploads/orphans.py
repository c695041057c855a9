"""Files that no row names: what uploads cut off left behind.

Whoever looks for them with the wrong database, an empty one say, finds that no file has a row. So they are looked
for only where the store says that it belongs to the site of this database; not where they are many; and what is
found lies in the trash for a month, from where it comes back by itself once a row names it.

A store may hold a million files: they are looked at 500 at a time, and counted before any is touched.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.site_identity import site_id
from cdv_civic.core.uploads.file_store import Store
from cdv_civic.core.uploads.stored_files import StoredFile, store

#: A file is written before the row that names it: a younger one may still get its row.
ORPHAN_AFTER: Final = timedelta(days=1)
TRASH_KEPT: Final = timedelta(days=30)
#: More files than this, and a larger share of all than that, are no leftovers: something is wrong.
HANDFUL: Final = 20
SHARE: Final = 0.2
_AT_ONCE: Final = 500
_log = logging.getLogger(__name__)

Item = TypeVar("Item")


class OrphansRefused(RuntimeError):
    """The files are left as they are, for they may not be orphans; the message says why and what to do."""


def remove_orphans(*, however_many: bool = False) -> int:
    """Put files older than a day that no row names into the trash, and delete what lay there a month; how many left.

    Raises `OrphansRefused` where the store belongs to another site, or where they are too many (not with
    `however_many`), and `StoreUnavailable`. What was done is logged, in counts. One statement for 500 files, two where
    there is any orphan.
    """
    place, today, moment = store(), clock.today(), clock.now() - ORPHAN_AFTER
    found = _count(place, moment)
    _check_owner(place, found)
    back = take_back_named(place)
    if found.orphans > max(HANDFUL, SHARE * found.whole) and not however_many:
        raise _refused(
            f"{found.orphans} of {found.whole} files have no row in this database, and were left alone. Where that is "
            "right, run `flask --app app jobs remove-orphans --however-many`."
        )
    left = discard_unnamed(place, moment) if found.orphans or found.unfinished else Left()
    old = _delete_old(place, today - TRASH_KEPT)
    if left.discarded or left.deleted or back or old:
        _log.warning(
            "orphans: of %d files %d were put into the trash, %d unfinished ones deleted; %d came back from the "
            "trash, %d were deleted for good",
            found.whole + found.unfinished,
            left.discarded,
            left.deleted,
            back,
            old,
        )
    return left.discarded + left.deleted


@dataclass(frozen=True)
class _Found:
    """How many files there are."""

    whole: int
    #: Those of them that a row names.
    named: int
    unfinished: int

    @property
    def orphans(self) -> int:
        return self.whole - self.named


def _count(place: Store, moment: datetime) -> _Found:
    whole = named = unfinished = 0
    for batch in _batches(place.older_than(moment)):
        names = [name for name in batch if not _is_unfinished(name)]
        unfinished += len(batch) - len(names)
        whole += len(names)
        named += len(_named(names))
    return _Found(whole, named, unfinished)


def take_back_named(place: Store) -> int:
    """Put back each file of the trash that a row names; how many. One statement for 500 files."""
    back = 0
    for batch in _batches(place.trash()):
        named = _named(name for name, _day in batch)
        for name, day in batch:
            if name in named:
                place.take_back(name, day)
                back += 1
    return back


@dataclass(frozen=True)
class Left:
    """How many files left: those in the trash, and those deleted as they were never whole."""

    discarded: int = 0
    deleted: int = 0


def discard_unnamed(place: Store, moment: datetime) -> Left:
    """Put the files written before `moment` that no row names into the trash of today. One statement for 500 files."""
    today = clock.today()
    discarded = deleted = 0
    for batch in _batches(place.older_than(moment)):
        named = _named(batch)
        for name in batch:
            if _is_unfinished(name):
                place.delete(name)
                deleted += 1
            elif name not in named:
                place.discard(name, today)
                discarded += 1
    return Left(discarded, deleted)


def _delete_old(place: Store, day: date) -> int:
    """Delete for good what lies in the trash since `day` or longer; how many."""
    old = 0
    for batch in _batches(place.trash()):
        named = _named(name for name, _day in batch)
        for name, since in batch:
            if since <= day and name not in named:
                place.delete_for_good(name, since)
                old += 1
    return old


def _is_unfinished(name: str) -> bool:
    return name.startswith(".")


def _check_owner(place: Store, found: _Found) -> None:
    """Raise `OrphansRefused` where the files are not this site's; claim those that nobody claimed."""
    owner, here = place.owner(), site_id(db.session())
    if owner is None and found.whole and not found.named:
        raise _refused(
            f"none of {found.whole} files has a row in this database: is it that of another site? "
            "They were left alone."
        )
    if owner is None:
        place.claim(here)
    elif owner != here:
        raise _refused(
            f"the files belong to the site {owner}, the database to {here}. {found.whole} files were left alone: set "
            "DATABASE_URL and DATA_DIR (or S3_BUCKET and S3_PREFIX) of one site, or move the files of the other away."
        )


def _refused(reason: str) -> OrphansRefused:
    _log.error("orphans: %s", reason)
    return OrphansRefused(reason)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """All of them, as many at a time as one statement asks for."""
    each = iter(items)
    while batch := list(islice(each, _AT_ONCE)):
        yield batch


def _named(names: Iterable[str]) -> set[str]:
    """Those of the files, 500 at most, that a row names; one statement."""
    keys = {name: name.partition("-")[0].partition(".")[0] for name in names}
    asked = select(StoredFile.key).where(StoredFile.key.in_(sorted(set(keys.values()))))
    found = set(db.session.execute(asked).scalars()) if keys else set()
    return {name for name, key in keys.items() if key in found}
