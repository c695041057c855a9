"""The folders that a site keeps things in, and whether the user who runs it may use them.

Most sites that cannot write were set up by one user and are run by another: that is told at start, in a sentence, and
not by each page that fails.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.engine import make_url

from cdv_civic.core.external_services import UnusableSetting

if TYPE_CHECKING:
    from cdv_civic.core.settings import Settings

_USE: Final = os.R_OK | os.W_OK | os.X_OK


def prepare_folders(settings: "Settings") -> None:
    """Make what is missing of DATA_DIR, KEYS_DIR and LEDGER_DIR, for the site's user alone.

    Raises `UnusableSetting` where one cannot be made or used, or the SQLite file cannot be written.
    """
    for name, folder in (
        ("DATA_DIR", settings.data_dir),
        ("KEYS_DIR", settings.keys_dir),
        ("LEDGER_DIR", settings.ledger_dir),
    ):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UnusableSetting(
                f"{name} cannot be made: {folder}: {error.strerror}. {_remedy(folder)}"
            ) from None
        if not os.access(folder, _USE, effective_ids=True):
            raise UnusableSetting(f"{name} cannot be read and written: {folder}. {_remedy(folder)}")
    url = make_url(settings.database_url)
    # A path: one in memory, or none, has no file.
    file = url.database if url.get_backend_name() == "sqlite" else None
    if file and os.path.isfile(file) and not os.access(file, os.R_OK | os.W_OK, effective_ids=True):
        raise UnusableSetting(f"The database cannot be read and written: {file}. {_remedy(Path(file))}")


def _remedy(path: Path) -> str:
    there = next(each for each in (path, *path.parents) if each.exists())
    if os.statvfs(there).f_flag & os.ST_RDONLY:
        return "It may only be read there: mount it for writing, or name it in ReadWritePaths of the service."
    return f"Give it to the user who runs the site (chown), or run this as that user: now it is number {os.geteuid()}."
