"""How far the audit trail had grown: one line in KEYS_DIR, where whoever can change the database cannot change it.

A chain of hashes shows a changed entry, never a missing end. Each machine that serves the site keeps a file of its
own, `audit-<site>.count`, with the id and the hash of the last entry it saw committed. It is written after the commit:
it may lag behind the trail, never lead it. It moves forward only along a trail that still holds the entry it names
(see `core.audit`), and back only by `restart`, a named act.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SITE: Final = re.compile(r"[0-9a-f-]{36}")
_LINE: Final = re.compile(r"(\d+) ([0-9a-f]{64})\n")


class CounterUnreadable(RuntimeError):
    """The file is there and holds no counter."""


@dataclass(frozen=True)
class Mark:
    """A place in the trail: the id of an entry, and its hash."""

    entry: int
    hash: str


#: Before the first entry: part of every trail.
START: Final = Mark(0, "0" * 64)


class Counter:
    """The counter of one site on this machine."""

    def __init__(self, folder: Path, site_id: str) -> None:
        if not _SITE.fullmatch(site_id):
            raise ValueError("not the identifier of a site")
        self.path = folder / f"audit-{site_id}.count"

    def read(self) -> Mark | None:
        """What was counted; None where there is no file. Raises `CounterUnreadable`."""
        try:
            line = self.path.read_bytes().decode("ascii", "replace")
        except FileNotFoundError:
            return None
        found = _LINE.fullmatch(line)
        if found is None:
            raise CounterUnreadable(f"{self.path} is not a counter")
        return Mark(int(found[1]), found[2])

    def start(self) -> None:
        """Begin to count a trail that has no entry yet; nothing happens where there is a counter."""
        with self._alone():
            if not self.path.exists():
                self._write(START)

    def advance(self, mark: Mark) -> None:
        """Move forward to `mark`; a racing process that came further is left alone, and so is a missing file."""
        with self._alone():
            counted = self.read()
            if counted is not None and counted.entry < mark.entry:
                self._write(mark)

    def restart(self, mark: Mark) -> None:
        """Count from `mark` on, whatever was counted before."""
        with self._alone():
            self._write(mark)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and processes of this machine out."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)

    def _write(self, mark: Mark) -> None:
        made = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        try:
            with open(
                os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
            ) as line:
                line.write(f"{mark.entry} {mark.hash}\n")
                line.flush()
                os.fsync(line.fileno())
            made.replace(self.path)
        finally:
            made.unlink(missing_ok=True)
