"""Races that always happen: nobody writes before everybody has looked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core.db import TagName, transaction


def write_once_all_have_looked(patch: pytest.MonkeyPatch, module: ModuleType, how_many: int) -> None:
    """Let the first `how_many` transactions of a module begin together."""
    met = threading.Barrier(how_many)
    begun = count()

    @contextmanager
    def together(*, publishes: TagName | None = None) -> Iterator[Session]:
        if next(begun) < how_many:
            met.wait(20)
        with transaction(publishes=publishes) as session:
            yield session

    patch.setattr(module, "transaction", together)


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, all of them begun at the same moment, each in a thread of its own."""
    ready = threading.Barrier(len(acts))
    ended: dict[int, object] = {}

    def one(number: int, act: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait(20)
            try:
                ended[number] = act()
            except Exception as error:
                ended[number] = error

    threads = [threading.Thread(target=one, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [ended[number] for number in range(len(acts))]
