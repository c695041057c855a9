"""A bound on expensive work: so much of it at once, a short queue, and a short wait.

What strangers may ask for as often as they like (is this the code of a card?) costs the process no more than this:
its other threads go on answering pages.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cdv_civic.core.errors import TryLater
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class TooManyAtOnce(TryLater):
    """The queue is full, or the wait was too long."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Beaucoup d’essais arrivent en ce moment. Attendez quelques secondes, puis essayez de nouveau."
            ),
            5,
        )


class ConcurrencyLimit:
    """Lets `at_once` threads of this process work, and `waiting` more wait for their turn, `timeout` seconds at most.

    `pause` seconds pass before a slot is free again: what comes through is slow on purpose.
    """

    def __init__(self, *, at_once: int, waiting: int, timeout: float, pause: float = 0) -> None:
        self._slots = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._waiting = 0
        self._most_waiting = waiting
        self._timeout = timeout
        self._pause = pause

    @contextmanager
    def slot(self, *, may_wait: bool = True) -> Iterator[None]:
        """A slot for the work inside; raises `TooManyAtOnce`, without a wait where `may_wait` is false."""
        if not self._slots.acquire(blocking=False) and not (may_wait and self._wait()):
            raise TooManyAtOnce
        try:
            yield
            time.sleep(self._pause)
        finally:
            self._slots.release()

    def _wait(self) -> bool:
        with self._lock:
            if self._waiting >= self._most_waiting:
                return False
            self._waiting += 1
        try:
            return self._slots.acquire(timeout=self._timeout)
        finally:
            with self._lock:
                self._waiting -= 1
