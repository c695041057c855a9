"""Who uses the site's data: many processes at once, or one restore alone; and a restore that was cut off.

Each process that serves or writes holds a shared lock on a file of DATA_DIR as long as it lives; a restore takes it for
itself. The system lets go of the lock of a process that dies.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cdv_civic.core.durable_files import sync_folder, write_whole
from cdv_civic.core.external_services import UnusableSetting

if TYPE_CHECKING:
    from cdv_civic.core.settings import Settings

_LOCK: Final = "site.lock"
_UNFINISHED: Final = "restore-unfinished.json"


class SiteInUse(Exception):
    """Somebody else holds the data: a running site, or a restore."""


def _take(settings: "Settings", how: int, sentence: str) -> int:
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    # To read is enough for a lock: one user may have made the file, and another run the site.
    held = os.open(settings.data_dir / _LOCK, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(held, how | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise SiteInUse(sentence) from None
    return held


def use_site(settings: "Settings") -> int:
    """Hold the data as one of many; a file descriptor that keeps it until it is closed. Raises `SiteInUse`."""
    return _take(settings, fcntl.LOCK_SH, "A backup is being restored: wait until it is done.")


@contextmanager
def using_site(settings: "Settings") -> Iterator[None]:
    """Hold the data as one of many for a while. Raises `SiteInUse`."""
    held = use_site(settings)
    try:
        yield
    finally:
        os.close(held)


@contextmanager
def site_to_oneself(settings: "Settings") -> Iterator[int]:
    """Hold the data alone. Raises `SiteInUse` while any process of the site lives.

    Gives the file descriptor of the lock: a program that works for a restore keeps it too, so that nobody comes
    between where it outlives who started it.
    """
    held = _take(
        settings, fcntl.LOCK_EX, "The site is running, or another restore is: stop it first, jobs too."
    )
    try:
        yield held
    finally:
        os.close(held)


def unfinished_restore(settings: "Settings") -> dict[str, Any] | None:
    """What a restore noted before it began to change things, if it has not come to its end."""
    path = settings.data_dir / _UNFINISHED
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def begin_restore(settings: "Settings", said: dict[str, Any]) -> None:
    """Close the site to all but a restore, safe on the disk before this returns."""
    write_whole(settings.data_dir / _UNFINISHED, json.dumps(said).encode())


def end_restore(settings: "Settings") -> None:
    """Open the site again."""
    (settings.data_dir / _UNFINISHED).unlink(missing_ok=True)
    sync_folder(settings.data_dir)


def refuse_unfinished_restore(settings: "Settings") -> None:
    """Raise `UnusableSetting` where a restore was cut off: what is there is neither the old site nor the new one."""
    if unfinished_restore(settings) is not None:
        raise UnusableSetting(
            "A restore was cut off in the middle: run flask --app app restore FOLDER again, it goes on from there."
        )
