"""What all processes of a run use, made once by the first that needs it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def folder_of_all(paths: pytest.TempPathFactory) -> Path:
    """A folder that the processes of this run share."""
    own = paths.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """`folder / name`, which `make` makes where it is not there yet; other processes wait for that."""
    made = folder / name
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(made)
    return made
