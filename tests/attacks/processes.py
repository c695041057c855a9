"""Processes as the system tells of them."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")


def decoders(of: int | None = None) -> list[int]:
    """The processes that read a photo at this moment; those that `of` (a process id) started, where given."""
    found = []
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):
            if b"photos/decoder.py" not in (folder / "cmdline").read_bytes():
                continue
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if of is None or parent == of:
                found.append(int(folder.name))
    return found


def memory_of(process: int, line: str = "VmHWM") -> int:
    """Bytes that a process has resident (VmRSS), or had at most (VmHWM); 0 once it is gone."""
    with suppress(OSError):
        for each in (PROC / str(process) / "status").read_text().splitlines():
            if each.startswith(line):
                return int(each.split()[1]) * 1024
    return 0


@dataclass
class Watched:
    """What was seen of the decoders of this process."""

    most_memory: int = 0
    most_at_once: int = 0
    seen: set[int] = field(default_factory=set)


@contextmanager
def watching() -> Iterator[Watched]:
    """Look at the decoders of this process a hundred times a second."""
    told, ended = Watched(), threading.Event()

    def look() -> None:
        while not ended.is_set():
            running = decoders(of=os.getpid())
            told.seen.update(running)
            told.most_at_once = max(told.most_at_once, len(running))
            told.most_memory = max([told.most_memory, *map(memory_of, running)])
            time.sleep(0.01)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield told
    finally:
        ended.set()
        thread.join()
