"""What stops a backup or a restore."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

from cdv_civic.core.availability import NO_TABLES, lacks_tables
from cdv_civic.core.uploads.file_store import StoreUnavailable

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class BackupProblem(Exception):
    """A sentence for whoever looks after the server: what is wrong, and what to do."""


@contextmanager
def disk_problems(where: str) -> Iterator[None]:
    """Turn what a disk, a database or the store of files says into a sentence; `where` is what is written to."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise BackupProblem(f"There is no space left for {where}: free some, then begin again.") from None
        raise BackupProblem(f"{where} cannot be written or read: {error.strerror or error}.") from None
    except StoreUnavailable as error:
        raise BackupProblem(
            f"The store of files does not answer as it should ({error.reason}): begin again once it does."
        ) from None
    except sqlite3.Error as error:
        raise BackupProblem(f"SQLite, working on {where}, says: {error}.") from None
    except DBAPIError as error:
        if lacks_tables(error):
            raise BackupProblem(NO_TABLES) from None
        # Never its statement or values: they may hold what people wrote.
        raise BackupProblem(
            f"The database does not answer as it should ({type(error.orig).__name__})."
        ) from None
