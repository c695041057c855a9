"""A gate before work that is dear: so many inside at once, so many in line, and nobody waits long.

What strangers may ask for as often as they like (is this the code of a card?) costs the process no more than this:
its other threads go on answering pages.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cdv_civic.core.errors import TryLater
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class Crowded(TryLater):
    """Too many do the same at this moment."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Beaucoup d’essais arrivent en ce moment. Attendez quelques secondes, puis essayez de nouveau."
            ),
            5,
        )


class Gate:
    """Lets `inside` threads of this process work at once and `line` more wait for it, `patience` seconds at most.

    `pause` seconds pass before a place inside is free again: what comes through is slow on purpose.
    """

    def __init__(self, *, inside: int, line: int, patience: float, pause: float = 0) -> None:
        self._places = threading.BoundedSemaphore(inside)
        self._lock = threading.Lock()
        self._waiting = 0
        self._line = line
        self._patience = patience
        self._pause = pause

    @contextmanager
    def passing(self, *, may_wait: bool = True) -> Iterator[None]:
        """Work inside; raises `Crowded` where there is no place, at once for who may not wait."""
        if not self._places.acquire(blocking=False) and not (may_wait and self._wait()):
            raise Crowded
        try:
            yield
            time.sleep(self._pause)
        finally:
            self._places.release()

    def _wait(self) -> bool:
        with self._lock:
            if self._waiting >= self._line:
                return False
            self._waiting += 1
        try:
            return self._places.acquire(timeout=self._patience)
        finally:
            with self._lock:
                self._waiting -= 1
