"""How far the audit trail had grown: a file in KEYS_DIR, where whoever can change the database cannot change it.

A chain of hashes shows a changed entry, never a missing end. Each machine that serves the site keeps a file of its
own, `audit-<site>.count`, with the id and the hash of the last entry it saw committed. It is written after the commit:
it may lag behind the trail, never lead it. It moves forward only along a trail that still holds the entry it names
(see `core.audit.trail`), and back only by `restart`, a named act.

A line is added for each transaction and the last whole one counts, so that nobody waits for the disk: what a power cut
takes away, or leaves half written, is a lag.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cdv_civic.core.durable_files import write_whole

_SITE: Final = re.compile(r"[0-9a-f-]{36}")
_LINE: Final = re.compile(rb"^(\d+) ([0-9a-f]{64})\n", re.MULTILINE)
#: A file that has grown to so many bytes begins anew with its last line.
_LONGEST: Final = 64 * 1024


class CounterUnreadable(RuntimeError):
    """The file is there and holds no counter, or cannot be read."""


@dataclass(frozen=True)
class Mark:
    """A place in the trail: the id of an entry, and its hash."""

    entry: int
    hash: str


#: Before the first entry: part of every trail.
START: Final = Mark(0, "0" * 64)


def _line(mark: Mark) -> bytes:
    return f"{mark.entry} {mark.hash}\n".encode("ascii")


class Counter:
    """The counter of one site on this machine."""

    def __init__(self, folder: Path, site_id: str) -> None:
        if not _SITE.fullmatch(site_id):
            raise ValueError("not the identifier of a site")
        self.path = folder / f"audit-{site_id}.count"

    def read(self) -> Mark | None:
        """What was counted; None where there is no file. Raises `CounterUnreadable`."""
        try:
            lines = _LINE.findall(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CounterUnreadable(f"{self.path} cannot be read ({error.strerror})") from None
        if not lines:
            raise CounterUnreadable(f"{self.path} is not a counter")
        entry, found = lines[-1]
        return Mark(int(entry), found.decode("ascii"))

    def start(self) -> None:
        """Begin to count a trail that has no entry yet; nothing happens where there is a counter."""
        with self._alone():
            if not self.path.exists():
                self._write(START)

    def advance(self, mark: Mark) -> None:
        """Move forward to `mark`; a racing process that came further is left alone, and so is a missing file."""
        with self._alone():
            counted = self.read()
            if counted is None or counted.entry >= mark.entry:
                return
            if self.path.stat().st_size >= _LONGEST:
                self._write(mark)
                return
            with open(self.path, "ab") as lines:
                lines.write(b"\n" + _line(mark))  # apart from a line that was cut short

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
        write_whole(self.path, _line(mark), mode=0o600)
