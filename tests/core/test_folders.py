"""A site that was set up by one user and is run by another says so at start; no page fails for it later."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.folders import prepare_folders
from cdv_civic.core.settings import Settings

NOBODY = 65534


def settings_in(folder: Path) -> Settings:
    return Settings(
        environment="testing",
        database_url=f"sqlite:///{folder / 'data' / 'cdv_civic.sqlite3'}",
        data_dir=folder / "data",
        keys_dir=folder / "keys",
        ledger_dir=folder / "ledger",
    )


@contextmanager
def as_another_user(folder: Path) -> Iterator[None]:
    """What is done in `folder` is done by somebody whom nothing there belongs to."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    for each in (folder, *folder.parents):
        if not each.stat().st_mode & 0o001:
            each.chmod(each.stat().st_mode | 0o011)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_missing_folders_are_made_for_the_user_of_the_site_alone(tmp_path: Path) -> None:
    """The service of docs/running.md may write there, and does not start where one is missing."""
    prepare_folders(settings_in(tmp_path))
    for name in ("data", "keys", "ledger"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o700
    prepare_folders(settings_in(tmp_path))


@pytest.mark.parametrize("name", ["data", "keys", "ledger"])
def test_a_folder_of_another_user_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    settings = settings_in(tmp_path)
    prepare_folders(settings)
    for each in ("data", "keys", "ledger"):
        os.chown(tmp_path / each, 0 if each == name else NOBODY, -1)
    with (
        as_another_user(tmp_path),
        pytest.raises(UnusableSetting, match=f"{name.upper()}_DIR cannot be read and written: .*{NOBODY}"),
    ):
        prepare_folders(settings)


def test_a_folder_that_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with as_another_user(tmp_path), pytest.raises(UnusableSetting, match="DATA_DIR cannot be made: "):
        prepare_folders(settings_in(tmp_path / "srv"))
    (tmp_path / "file").write_text("")
    settings = replace(settings_in(tmp_path), keys_dir=tmp_path / "file")
    with pytest.raises(UnusableSetting, match="KEYS_DIR cannot be made: "):
        prepare_folders(settings)


def test_a_database_of_another_user_is_refused_in_a_sentence(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    prepare_folders(settings)
    for each in ("data", "keys", "ledger"):
        os.chown(tmp_path / each, NOBODY, -1)
    (tmp_path / "data" / "cdv_civic.sqlite3").touch(0o644)
    with (
        as_another_user(tmp_path),
        pytest.raises(UnusableSetting, match="The database cannot be read and written"),
    ):
        prepare_folders(settings)


def test_a_folder_that_may_only_be_read_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As under ProtectSystem=strict, where the service of docs/running.md does not name it."""
    monkeypatch.setattr("os.statvfs", lambda _path: SimpleNamespace(f_flag=os.ST_RDONLY))
    monkeypatch.setattr("os.access", lambda *_args, **_named: False)
    with pytest.raises(UnusableSetting, match="DATA_DIR cannot be .* name it in ReadWritePaths"):
        prepare_folders(settings_in(tmp_path))
