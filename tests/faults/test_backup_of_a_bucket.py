"""Files in a bucket are saved and brought back as those of a folder are; a backup leads from one to the other."""

import dataclasses
import logging
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from cdv_civic.app import create_app
from cdv_civic.backup import making
from cdv_civic.backup.problems import BackupProblem
from cdv_civic.core import clock, site_lock
from cdv_civic.core.db import db
from cdv_civic.core.site_identity import site_id
from cdv_civic.core.uploads.orphans import remove_orphans
from cdv_civic.core.uploads.s3 import client as s3_client
from cdv_civic.core.uploads.stored_files import StoredFile, form_names, store
from tests.conftest import PostgresServer
from tests.faults.saved import SavedSite
from tests.s3_server import Storage


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_client, "_PAUSES", (0.01, 0.01))
    monkeypatch.setattr(making, "_PATIENCE", (0.0, 0.0))


@pytest.fixture
def site(tmp_path: Path, postgres: PostgresServer | None, storage: Storage) -> SavedSite:
    """A site whose files lie in a bucket."""
    return SavedSite(tmp_path / "site", postgres, s3=storage.settings)


@pytest.fixture(params=["folder", "bucket"])
def either(request: pytest.FixtureRequest, tmp_path: Path, postgres: PostgresServer | None) -> SavedSite:
    """A site with its files in a folder, then in a bucket."""
    s3 = request.getfixturevalue("storage").settings if request.param == "bucket" else None
    return SavedSite(tmp_path / "site", postgres, s3=s3)


def move(site: SavedSite, **changed: object) -> None:
    """Set a site otherwise."""
    site.settings = dataclasses.replace(site.settings, **changed)  # type: ignore[arg-type]
    site.app = create_app(site.settings)


def names_of(site: SavedSite, file_id: int) -> list[str]:
    with site.inside():
        row = db.session.get_one(StoredFile, file_id)
        return form_names(row.kind, row.key)


def test_what_came_after_a_backup_lies_in_the_trash_for_a_month(site: SavedSite, storage: Storage) -> None:
    (old,) = site.add_news()
    site.save()
    (new,) = site.add_news()
    restored = site.restore()
    assert (site.news(), site.photo(old), site.photo(new)) == (1, 200, 404)
    assert restored.files_discarded == 2
    assert sum(name.startswith("trash/") for name in storage.names) == 2
    (newer,) = site.add_news()
    assert (site.news(), site.photo(newer)) == (2, 200)
    with site.inside(), clock.frozen_everywhere(clock.now() + timedelta(days=31)):
        remove_orphans()
    assert len(storage.names) == 5
    assert not any(name.startswith("trash/") for name in storage.names)


def test_a_backup_leads_from_a_folder_to_a_bucket_and_back(
    tmp_path: Path, postgres: PostgresServer | None, storage: Storage
) -> None:
    site = SavedSite(tmp_path / "site", postgres)
    photos = site.add_news(3)
    site.save()
    move(site, s3=storage.settings)
    assert [site.photo(photo) for photo in photos] == [404] * 3
    site.restore()
    assert [site.photo(photo) for photo in photos] == [200] * 3
    assert len(storage.names) == 7

    photos += site.add_news()
    site.backup = site.folder / "saved again"
    site.save()
    storage.drop()
    shutil.rmtree(site.settings.data_dir / "files")
    move(site, s3=None)
    site.restore()
    assert [site.photo(photo) for photo in photos] == [200] * 4
    with site.inside():
        assert store().owner() == site_id(db.session())


def test_a_photo_that_was_damaged_in_the_bucket_is_mended(site: SavedSite, storage: Storage) -> None:
    (photo,) = site.add_news()
    site.save()
    whole = {name: storage.read(name) for name in storage.names}
    for name in whole:
        storage.put(name, b"something else")
    site.restore(other_site=True)
    assert {name: storage.read(name) for name in storage.names} == whole
    assert site.photo(photo) == 200


@pytest.mark.long
def test_a_photo_that_the_bucket_has_lost_is_told(site: SavedSite, storage: Storage) -> None:
    lost, kept = site.add_news(2)
    names = names_of(site, lost)
    for name in names:
        storage.remove(f"{name[:2]}/{name}")
    site.save()
    restored = site.restore()
    assert restored.checked.manifest.missing == names
    assert (site.photo(lost), site.photo(kept)) == (404, 200)


@pytest.mark.long
def test_a_service_that_rests_for_a_moment_costs_no_backup(site: SavedSite, storage: Storage) -> None:
    site.add_news()
    storage.front.fail("SlowDown", 503, times=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cdv_civic.core.availability.REST_SECONDS", 0.0)
        site.save()
    assert len(list((site.backup / "files").rglob("*.jpg"))) == 2


@pytest.mark.parametrize("gone", ["the bucket", "the keys"])
def test_without_the_bucket_no_backup_is_made_and_nothing_changes(
    site: SavedSite, storage: Storage, gone: str, caplog: pytest.LogCaptureFixture
) -> None:
    site.add_news()
    site.save()
    (new,) = site.add_news()
    names = storage.names
    kept = site.settings.s3
    assert kept is not None
    nowhere = {"the bucket": {"bucket": "nothing-here"}, "the keys": {"secret_key": "of another"}}[gone]
    move(site, s3=dataclasses.replace(kept, **nowhere))
    saved, site.backup = site.backup, site.folder / "second"
    with caplog.at_level(logging.DEBUG, logger="cdv_civic"):
        with pytest.raises(BackupProblem, match="The store of files does not answer"):
            site.save()
        assert not site.backup.exists()
        with pytest.raises(BackupProblem, match="The store of files does not answer"):
            site.restore(folder=saved)
    assert site_lock.unfinished_restore(site.settings) is None
    assert kept.secret_key not in caplog.text
    move(site, s3=kept)
    assert (site.news(), site.photo(new), storage.names) == (2, 200, names)


def test_files_of_another_site_are_not_put_aside_by_mistake(
    site: SavedSite, storage: Storage, tmp_path: Path, postgres: PostgresServer | None
) -> None:
    (photo,) = site.add_news()
    other = SavedSite(tmp_path / "other", postgres)
    (second,) = other.add_news()
    other.save()
    move(other, s3=storage.settings)
    with pytest.raises(BackupProblem, match="whose files are here"):
        other.restore()
    assert site.photo(photo) == 200
    other.restore(other_site=True)
    assert other.photo(second) == 200
    with other.inside():
        assert store().owner() == site_id(db.session())


class PowerCut(BaseException):
    """Nothing more is done."""


def restore_with_a_power_cut(site: SavedSite) -> None:
    """It comes just before a restore would open the site again."""

    def end(_settings: object) -> None:
        raise PowerCut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_lock, "end_restore", end)
        with pytest.raises(PowerCut):
            site.restore()
    assert site_lock.unfinished_restore(site.settings) is not None


def test_a_restore_that_is_undone_gives_its_photos_back(either: SavedSite) -> None:
    (old,) = either.add_news()
    either.save()
    (new,) = either.add_news()
    restore_with_a_power_cut(either)
    either.undo()
    assert (either.news(), either.photo(old), either.photo(new)) == (2, 200, 200)
    assert site_lock.unfinished_restore(either.settings) is None
    restore_with_a_power_cut(either)
    either.restore()
    assert (either.news(), either.photo(old), either.photo(new)) == (1, 200, 404)


@pytest.mark.long
def test_the_commands_save_and_restore_a_bucket(site: SavedSite, storage: Storage) -> None:
    """As an operator runs them: from settings of the environment, and keys in KEYS_DIR."""
    (photo,) = site.add_news()
    environment = {**site.environment, **storage.environment(site.settings.keys_dir)}
    for arguments in (("backup", str(site.backup)), ("restore", str(site.backup), "--yes")):
        done = site.flask(*arguments, environment=environment)
        assert done.returncode == 0, done.stdout + done.stderr
    assert site.photo(photo) == 200
    for path in site.backup.rglob("*"):
        if path.is_file():
            assert storage.settings.secret_key.encode() not in path.read_bytes()
    (site.settings.keys_dir / "s3.credentials").unlink()
    refused = site.flask("backup", str(site.folder / "second"), environment=environment)
    assert refused.returncode != 0
    assert "s3.credentials is missing" in refused.stderr
