"""What the two databases have in common for a backup and a restore."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cdv_civic.backup.facts import Facts
from cdv_civic.backup.postgresql import Postgresql
from cdv_civic.backup.sqlite import Sqlite
from cdv_civic.core.db import db
from cdv_civic.core.settings import current_settings
from cdv_civic.core.site_identity import SiteIdentity


class Database(Protocol):
    """The database of the site. Verbs of a restore may be begun again after a kill in the middle of them."""

    #: As a manifest says it, and the name of its part in a backup.
    kind: str
    part: str

    def snapshot(self, target: Path, ask: Callable[[Session], Facts]) -> Facts:
        """Write a consistent picture of the running database into a new file; what `ask` finds in the same picture."""

    def readable(self, part: Path) -> None:
        """Raise `BackupProblem` where the part of a backup cannot be read by the tools of this machine."""

    def others(self) -> int:
        """How many other connections the database has, as far as it tells."""

    def put_aside(self, stamp: str) -> str:
        """Move away what is there, whole; where it is, for whoever looks for it."""

    def bring_in(self, part: Path, sha256: str) -> None:
        """Put the part of a backup in its place."""

    def put_back(self, stamp: str) -> None:
        """Undo `bring_in` and `put_aside`."""


def database(lock: int | None = None) -> Database:
    """The database of this site; what works on it keeps the lock of a restore (`site_lock.site_to_oneself`) too."""
    settings = current_settings()
    url = make_url(settings.database_url)
    return Sqlite(url) if url.get_backend_name() == "sqlite" else Postgresql(url, lock)


def present_site() -> str | None:
    """Whose database is there now; None where there is none, or none that can be read."""
    try:
        with db.engine.connect() as connection:
            if not inspect(connection).has_table(SiteIdentity.__tablename__):
                return None
            return connection.execute(select(SiteIdentity.site_id)).scalar()
    except DBAPIError:
        return None
    finally:
        db.engine.dispose()
