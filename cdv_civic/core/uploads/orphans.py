"""Files that no row names: what uploads cut off left behind.

Whoever looks for them with the wrong database, an empty one say, finds that no file has a row. So they are looked
for only where the store says that it belongs to the site of this database; not where they are many; and what is
found lies in the trash for a month, from where it comes back by itself once a row names it.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

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


class OrphansRefused(RuntimeError):
    """The files are left as they are, for they may not be orphans; the message says why and what to do."""


def remove_orphans(*, however_many: bool = False) -> int:
    """Put files older than a day that no row names into the trash, and delete what lay there a month; how many left.

    Raises `OrphansRefused` where the store belongs to another site, or where they are too many (not with
    `however_many`). What was done is logged, in counts. One statement for 500 files.
    """
    place, today = store(), clock.today()
    names = list(place.older_than(clock.now() - ORPHAN_AFTER))
    unfinished = [name for name in names if name.startswith(".")]
    whole = [name for name in names if not name.startswith(".")]
    named = _named(whole)
    _check_owner(place, whole, named)
    trash = list(place.trash())
    wanted = _named(name for name, _day in trash)
    for name, day in trash:
        if name in wanted:
            place.take_back(name, day)
    orphans = [name for name in whole if name not in named]
    if len(orphans) > max(HANDFUL, SHARE * len(whole)) and not however_many:
        raise _refused(
            f"{len(orphans)} of {len(whole)} files have no row in this database, and were left alone. Where that is "
            "right, run `flask --app app jobs remove-orphans --however-many`."
        )
    for name in orphans:
        place.discard(name, today)
    for name in unfinished:
        place.delete(name)
    old = [(name, day) for name, day in trash if name not in wanted and day <= today - TRASH_KEPT]
    for name, day in old:
        place.delete_for_good(name, day)
    if orphans or unfinished or wanted or old:
        _log.warning(
            "orphans: of %d files %d were put into the trash, %d unfinished ones deleted; %d came back from the "
            "trash, %d were deleted for good",
            len(names),
            len(orphans),
            len(unfinished),
            len(wanted),
            len(old),
        )
    return len(orphans) + len(unfinished)


def _check_owner(place: Store, whole: list[str], named: set[str]) -> None:
    """Raise `OrphansRefused` where the files are not this site's; claim those that nobody claimed."""
    owner, here = place.owner(), site_id(db.session())
    if owner is None and whole and not named:
        raise _refused(
            f"none of {len(whole)} files has a row in this database: is it that of another site? They were left alone."
        )
    if owner is None:
        place.claim(here)
    elif owner != here:
        raise _refused(
            f"the files belong to the site {owner}, the database to {here}. {len(whole)} files were left alone: "
            "set DATABASE_URL and DATA_DIR of one site, or move the files of the other out of DATA_DIR."
        )


def _refused(reason: str) -> OrphansRefused:
    _log.error("orphans: %s", reason)
    return OrphansRefused(reason)


def _named(names: Iterable[str]) -> set[str]:
    """Those of the files that a row names."""
    keys = {name: name.partition("-")[0].partition(".")[0] for name in names}
    asked, found = sorted(set(keys.values())), set[str]()
    for start in range(0, len(asked), _AT_ONCE):
        part = select(StoredFile.key).where(StoredFile.key.in_(asked[start : start + _AT_ONCE]))
        found.update(db.session.execute(part).scalars())
    return {name for name, key in keys.items() if key in found}
