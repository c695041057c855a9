"""The demonstration, loaded once for all processes of a run: each site that shows it begins with a copy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cdv_civic.core.settings import ROOT
from tests.conftest import migrated_file
from tests.made_once import folder_of_all, made_once


def copy_demo(folder: Path, paths: pytest.TempPathFactory) -> dict[str, str]:
    """Put the demonstration into `folder`, laid out as `tests.conftest.Site` does; the environment of its processes.

    The first process that needs it loads it, the others wait for that.
    """
    environment = {
        **os.environ,
        "CDV_ENV": "development",
        "DEMO": "1",
        "SECRET_KEY": "a key for tests only, never for a site",
        "DATA_DIR": str(folder / "data"),
        "KEYS_DIR": str(folder / "keys"),
        "LEDGER_DIR": str(folder / "ledger"),
        "DATABASE_URL": f"sqlite:///{folder / 'test.sqlite3'}",
        "SIGN_IN_LIMIT": "1000 per minute",
        "OPEN_FORM_LIMIT": "1000 per minute",
    }

    def load(made: Path) -> None:
        (folder / "test.sqlite3").write_bytes(migrated_file())
        subprocess.run([sys.executable, "-m", "flask", "--app", "app", "demo", "load"], cwd=ROOT, env=environment, check=True, capture_output=True)  # fmt: skip
        shutil.copytree(folder, made)

    made = made_once(folder_of_all(paths), "demo", load)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return environment
