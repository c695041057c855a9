"""Run `photos.decoder` on what somebody sent: a process for each photo, two at once on a machine, all of it bounded.

A photo is the one thing that strangers have the site work for. Threads that wait for it do not answer pages, so
only some of a process may: whoever comes beyond is told at once to come back.
"""

import fcntl
import hashlib
import json
import math
import os
import signal
import stat
import subprocess  # nosec
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from flask import g, has_request_context

from cdv_civic.core.photos import decoder
from cdv_civic.core.photos.decoder import Refusal
from cdv_civic.core.settings import current_settings

#: Bytes that reading a photo may take, beside the decoder's own.
MEMORY: Final = 512 * 1024 * 1024
#: Seconds of processor, and of the clock, for all photos of one form.
CPU_SECONDS: Final = 10.0
SECONDS: Final = 25
#: Decoders at once on a machine; and requests at once in a process that wait for one.
AT_ONCE: Final = 2
WAITING: Final = 2
#: Seconds that a photo waits to be among those, then for a decoder.
ENTRY_SECONDS: Final = 1
WAIT_SECONDS: Final = 10
#: Bytes that a decoder may write.
WRITTEN: Final = 32 * 1024 * 1024
_POLL_SECONDS: Final = 0.05

_places = threading.BoundedSemaphore(WAITING)


class NoDecoder(Exception):
    """Too many photos at this moment."""


class TooMuchWork(Exception):
    """Reading it took more memory or more time than a photo may."""


class Unreadable(Exception):
    """It is not a photo that can be read; `reason` is one of `decoder.Refusal`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Decoded:
    """The photo anew: JPEG files in the order of the widths that were asked for."""

    files: list[bytes]
    #: Pixels of the largest.
    width: int
    height: int


@dataclass
class _Budget:
    """What is left for the photos of one form."""

    cpu: float = field(default_factory=lambda: CPU_SECONDS)
    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)

    @property
    def seconds(self) -> float:
        return self.until - time.monotonic()


def _budget() -> _Budget:
    if not has_request_context():
        return _Budget()
    if "photo_budget" not in g:
        g.photo_budget = _Budget()
    budget: _Budget = g.photo_budget
    return budget


def decode(
    content: bytes, widths: tuple[int, ...], *, pixels: int, ended: bool, heic: bool = False
) -> Decoded:
    """Read a photo of at most `pixels` and make it anew in each of `widths`, within the limits of this module.

    With `ended` false, all pixels must be there although the end marker is not; with `heic`, the decoder loads what
    reads HEIC. Raises `NoDecoder`, `TooMuchWork`,
    `Unreadable`.
    """
    budget = _budget()
    if not _places.acquire(timeout=max(0, min(ENTRY_SECONDS, budget.seconds))):
        raise NoDecoder
    try:
        with decoder_slot(min(WAIT_SECONDS, budget.seconds)) as slot:
            return _run(content, widths, {"pixels": pixels, "ended": ended, "heic": heic}, budget, slot)
    finally:
        _places.release()


def _run(
    content: bytes, widths: tuple[int, ...], said: dict[str, object], budget: _Budget, slot: int
) -> Decoded:
    seconds = budget.seconds
    if budget.cpu <= 0 or seconds <= 0:
        raise TooMuchWork
    order = {
        **said,
        "widths": widths,
        "memory": MEMORY,
        "written": WRITTEN,
        "cpu": math.ceil(budget.cpu),
        "seconds": math.ceil(seconds) + 1,
        "parent": os.getpid(),
    }
    with tempfile.TemporaryFile() as answer:
        reader = subprocess.Popen(  # noqa: S603  (our own script)
            [sys.executable, "-I", decoder.__file__, json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            # Nothing of ours: the environment holds the keys of the site. One arena, for memory is counted.
            env={"MALLOC_ARENA_MAX": "1", "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", "")},
            cwd="/",
            pass_fds=(slot,),  # a decoder keeps its place as long as it lives, whoever started it
        )
        try:
            reader.communicate(content, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TooMuchWork from None
        finally:
            if reader.poll() is None:
                reader.kill()
                reader.wait()
        if reader.returncode in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM):
            raise TooMuchWork
        answer.seek(0)
        return _read(answer, budget)


def _read(answer: IO[bytes], budget: _Budget) -> Decoded:
    line = answer.readline()
    if not line.endswith(b"\n"):
        raise Unreadable(Refusal.DAMAGED)  # the decoder died of it
    told: dict[str, Any] = json.loads(line)
    budget.cpu -= told["cpu"]
    if told.get("refused") == Refusal.TOO_MUCH_MEMORY:
        raise TooMuchWork
    if "refused" in told:
        raise Unreadable(told["refused"])
    return Decoded([answer.read(size) for size in told["sizes"]], told["width"], told["height"])


@contextmanager
def decoder_slot(seconds: float) -> Iterator[int]:
    """One of the places for decoders on this machine, as an open and locked file; raises `NoDecoder`."""
    folder, until = _folder(), time.monotonic() + seconds
    while True:
        for number in range(AT_ONCE):
            place = os.open(folder / f"decoder-{number}", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(place)
                continue
            try:
                yield place
            finally:
                os.close(place)
            return
        if time.monotonic() >= until:
            raise NoDecoder
        time.sleep(_POLL_SECONDS)


def _folder() -> Path:
    """Where the processes of this site on this machine agree: DATA_DIR may be shared by several machines."""
    settings = current_settings()
    name = hashlib.sha256(os.fsencode(settings.data_dir.absolute())).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"cdv_civic-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise RuntimeError(
            f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own."
        )
    return folder
