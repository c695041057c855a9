"""Killed at any moment, a backup is not there and a restore can be finished or undone; none runs beside the site."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cdv_civic.app import create_app
from cdv_civic.backup.problems import BackupProblem
from cdv_civic.core import site_lock
from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.settings import ROOT
from tests.conftest import PostgresServer
from tests.faults.saved import (
    SavedSite,
    beside,
    in_child,
    kill_when,
    patiently,
    points,
)
from tests.gunicorn_server import gunicorn, refused_start


@pytest.fixture
def site(tmp_path: Path, postgres: PostgresServer | None) -> SavedSite:
    return SavedSite(tmp_path / "site", postgres)


@pytest.mark.long
def test_a_running_site_and_a_restore_refuse_each_other(site: SavedSite) -> None:
    site.add_news()
    site.save()
    with gunicorn(site.settings, site.folder), pytest.raises(BackupProblem, match="stop"):
        site.restore()
    jobs = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "jobs", "run"], cwd=ROOT,
        env={**site.environment, "JOBS": "1"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert jobs.stdout is not None
        assert jobs.stdout.readline().startswith("jobs:")
        with pytest.raises(BackupProblem, match="stop"):
            site.restore()
    finally:
        jobs.terminate()
        jobs.communicate(timeout=60)
    with site_lock.site_to_oneself(site.settings):
        refused = site.flask("audit", "verify")
        assert (refused.returncode, "being restored" in refused.stderr) == (1, True)
        assert "being restored" in refused_start(site.settings)
    site.restore()


@pytest.mark.long
def test_a_site_that_is_half_restored_refuses_to_start_and_says_how_to_go_on(site: SavedSite) -> None:
    site.add_news()
    site.save()
    site_lock.begin_restore(site.settings, {"stamp": "20261120_090000", "backup": str(site.backup)})
    with pytest.raises(UnusableSetting, match="restore FOLDER"):
        create_app(site.settings)
    for command in (
        ("audit", "verify"),
        ("jobs", "once"),
        ("db", "upgrade"),
        ("backup", str(site.folder / "b")),
    ):
        refused = site.flask(*command)
        assert (command, refused.returncode != 0, "cut off" in refused.stderr) == (command, True, True)
    assert "cut off" in refused_start(site.settings)
    assert site.flask("--help").returncode == 0
    done = site.flask("restore", str(site.backup), "--yes")
    assert done.returncode == 0, done.stderr
    assert site.flask("audit", "verify").returncode == 0


@pytest.mark.long
def test_a_restore_that_is_killed_can_be_undone(site: SavedSite) -> None:
    """Whatever has become of the backup meanwhile."""
    (old,) = site.add_news()
    site.save()
    (new,) = site.add_news()
    assert site.flask_in_process("restore", "--undo") == 1
    note = site.settings.data_dir / "restore-unfinished.json"
    halves = 0
    for after in points(8, 2.0):
        kill_when(in_child(site.restore), note, after)
        if site_lock.unfinished_restore(site.settings) is not None:
            halves += 1
            patiently(site.undo)
            assert (site.news(), site.photo(old), site.photo(new)) == (2, 200, 200)
        elif site.news() == 1:
            (new,) = site.add_news()
    assert halves
    assert site.flask_in_process("audit", "verify") == 0


@pytest.mark.long
def test_a_backup_that_is_killed_is_not_there(site: SavedSite) -> None:
    site.add_news(6)
    killed = 0
    unfinished = site.backup.with_name(".saved.unfinished")
    for after in points(12, 1.0):
        shutil.rmtree(unfinished, ignore_errors=True)
        killed += kill_when(in_child(site.save), unfinished, after)
        if site.backup.exists():
            assert json.loads((site.backup / "manifest.json").read_text())["files"] == 12
            shutil.rmtree(site.backup)
    assert killed
    site.save()
    assert beside(site) == {"saved"}
    site.restore()


@pytest.mark.long
def test_a_restore_that_is_killed_leaves_the_old_site_or_ends_with_the_next(site: SavedSite) -> None:
    (old,) = site.add_news()
    site.save()
    (new,) = site.add_news()
    note = site.settings.data_dir / "restore-unfinished.json"
    ended = {"old": 0, "half": 0, "new": 0}
    for after in points(14, 2.5):
        kill_when(in_child(site.restore), note, after)
        if site_lock.unfinished_restore(site.settings) is not None:
            ended["half"] += 1
            with pytest.raises(UnusableSetting):
                create_app(site.settings)
            patiently(site.restore)
            assert site.news() == 1
        elif site.news() == 2:
            ended["old"] += 1
            assert site.photo(new) == 200
        else:
            ended["new"] += 1
        if site.news() == 1:
            assert site.photo(old) == 200
            assert site.flask_in_process("audit", "verify") == 0
            (new,) = site.add_news()
    assert ended["half"], ended
