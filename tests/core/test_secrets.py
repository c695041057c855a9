"""Keys lie in KEYS_DIR alone, and the loss of one is never hidden by a new one."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cdv_civic.core.secrets import KEY_BYTES, KeyFolder, KeyMissing
from tests.conftest import PostgresServer, Site


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path / "keys")
    key = keys.read_or_make("audit")
    assert len(key) == KEY_BYTES
    assert keys.read_or_make("audit") == keys.read("audit") == key
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / "audit.key").stat().st_mode & 0o777 == 0o600


def test_those_who_race_for_a_key_agree_on_one(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: keys.read_or_make("audit"), range(64)))
    assert len(made) == 1
    assert os.listdir(tmp_path) == ["audit.key"]


@pytest.mark.parametrize("content", [None, "", "abcd", "not a key at all"])
def test_a_lost_or_broken_key_is_said(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "audit.key").write_text(content)
    with pytest.raises(KeyMissing, match=r"audit\.key is missing or is not a key"):
        KeyFolder(tmp_path).read("audit")


def test_a_broken_key_is_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / "audit.key").write_text("cut")
    with pytest.raises(KeyMissing):
        KeyFolder(tmp_path).read_or_make("audit")
    assert (tmp_path / "audit.key").read_text() == "cut"


@pytest.mark.parametrize("name", ["../audit", "", "a/b", "Audit", ".audit"])
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a key"):
        KeyFolder(tmp_path).read_or_make(name)


def test_a_key_can_be_destroyed(tmp_path: Path) -> None:
    keys = KeyFolder(tmp_path)
    keys.read_or_make("audit")
    keys.destroy("audit")
    keys.destroy("audit")
    assert not keys.exists("audit")


def test_other_users_of_the_machine_read_no_data_of_people(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    """SQLite makes its file readable for all, as any program does."""
    site = Site(tmp_path, postgres)
    assert site.settings.data_dir.stat().st_mode & 0o077 == 0


def test_a_key_that_cannot_be_read_is_said_and_not_made_anew(tmp_path: Path) -> None:
    """Made by root, say, for a site that another user runs; here a folder, which nobody reads as a file."""
    (tmp_path / "audit.key").mkdir()
    for take in (KeyFolder(tmp_path).read, KeyFolder(tmp_path).read_or_make):
        with pytest.raises(KeyMissing, match=r"audit\.key cannot be read \(Is a directory\)"):
            take("audit")


def test_a_key_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyMissing, match=r"audit\.key cannot be made"):
        KeyFolder(tmp_path / "file").read_or_make("audit")
