"""SQLite's write-ahead log is cut off, so that what was erased is no longer in the files either.

Erased rows are overwritten in the database (`PRAGMA secure_delete`, see `core.db`), but the write-ahead log beside it
keeps the pages as they were until later ones take their place: on a quiet site for weeks.
"""

from pathlib import Path
from typing import Final

from cdv_civic.core.db import db

#: Milliseconds to wait for readers; writers wait meanwhile. A reader that takes longer puts it off to the next run.
_BUSY_TIMEOUT: Final = 1000


def _log() -> Path | None:
    """The write-ahead log; None where the database has none of its own."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(f"{url.database}-wal")


def wal_holds_pages() -> bool:
    """Whether the log holds pages. No statement."""
    log = _log()
    try:
        return log is not None and log.stat().st_size > 0
    except FileNotFoundError:
        return False


def truncate_wal() -> bool:
    """Take all that the log holds into the database and cut the log off; whether nobody was in the way. A job."""
    if _log() is None:
        return True
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT}")  # until the connection's next transaction
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        said = cursor.fetchone()  # busy, pages in the log, pages moved
        cursor.close()
    finally:
        connection.close()
    return said is not None and not said[0]
