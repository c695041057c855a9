"""The demonstration, loaded once for all processes of a run: each site that shows it begins with a copy."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cdv_civic.core.settings import ROOT


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
    }
    shared = paths.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = shared / "demo"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            shutil.copytree(made, folder, dirs_exist_ok=True)
        else:
            for command in (("db", "upgrade"), ("demo", "load")):
                subprocess.run([sys.executable, "-m", "flask", "--app", "app", *command], cwd=ROOT, env=environment, check=True, capture_output=True)  # fmt: skip
            shutil.copytree(folder, made)
    return environment
