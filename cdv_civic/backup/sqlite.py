"""SQLite: one file, and beside it `-wal` and `-shm` of whoever wrote last."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from cdv_civic.backup.copying import copy_checked, keep_whole
from cdv_civic.backup.facts import Facts
from cdv_civic.backup.problems import BackupProblem
from cdv_civic.core.durable_files import sync_file, sync_folder

_BESIDE: Final = ("-wal", "-shm", "-journal")


class Sqlite:
    """See `databases.Database`."""

    kind = "sqlite"
    part = "database.sqlite3"

    def __init__(self, url: URL) -> None:
        if not url.database:
            raise BackupProblem("A database in memory cannot be saved: set DATABASE_URL to a file.")
        self.path = Path(url.database)

    def snapshot(self, target: Path, ask: Callable[[Session], Facts]) -> Facts:
        """By the online backup API, in one step: writers go on meanwhile, and nothing of theirs is half there."""
        with (
            closing(
                sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=60)
            ) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            (said,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise BackupProblem(f"The database itself is damaged, SQLite says: {said}. Nothing was kept.")
        sync_file(target)
        engine = create_engine(f"sqlite:///file:{target.absolute()}?mode=ro&immutable=1&uri=true")
        try:
            with Session(engine) as session:
                return ask(session)
        finally:
            engine.dispose()

    def readable(self, part: Path) -> None:
        """Its hash says enough."""

    def others(self) -> int:
        """A file does not tell: the lock of the site does."""
        return 0

    def _aside(self, stamp: str) -> Path:
        return self.path.parent / f"before-restore-{stamp}" / "database"

    def _present(self) -> list[Path]:
        paths = [self.path, *(self.path.with_name(self.path.name + end) for end in _BESIDE)]
        return [path for path in paths if path.exists()]

    def put_aside(self, stamp: str) -> str:
        """The file with what lies beside it, as they are: first kept under a second name, then taken away."""
        aside = self._aside(stamp)
        if not aside.exists():
            unfinished = aside.with_name("database.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            aside.parent.mkdir(mode=0o700, exist_ok=True)
            unfinished.mkdir(mode=0o700)
            for path in self._present():
                keep_whole(path, unfinished / path.name)
            sync_folder(unfinished)
            unfinished.replace(aside)
            sync_folder(aside.parent)
            sync_folder(aside.parent.parent)
        self._take_away()
        return str(aside)

    def _take_away(self) -> None:
        for path in self._present():
            path.unlink()
        sync_folder(self.path.parent)

    def bring_in(self, part: Path, sha256: str) -> None:
        """Copied beside, then renamed."""
        copy_checked(part, self.path, sha256)
        os.chmod(self.path, 0o600)

    def put_back(self, stamp: str) -> None:
        """What was put aside stays there until all of it is back: a kill in the middle loses nothing."""
        aside = self._aside(stamp)
        if not aside.exists():
            return
        self._take_away()
        for path in sorted(aside.iterdir(), reverse=True):  # the database itself after what lies beside it
            keep_whole(path, self.path.with_name(path.name))
        sync_folder(self.path.parent)
        back = aside.with_name("database.unfinished")  # from now on what is in its place is the old one
        shutil.rmtree(back, ignore_errors=True)
        aside.replace(back)
        sync_folder(aside.parent)
        shutil.rmtree(back)
        aside.parent.rmdir()
