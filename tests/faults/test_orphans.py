"""The job that looks for files without a row never mistakes a wrong database for a site without photos."""

import dataclasses
import io
import logging
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from cdv_civic.app import create_app
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.site_identity import site_id
from cdv_civic.core.uploads.orphans import OrphansRefused, remove_orphans
from cdv_civic.core.uploads.receiving import read_upload, stored
from cdv_civic.core.uploads.stored_files import StoredFile, store
from cdv_civic.jobs.table import JOBS, run
from tests.conftest import TODAY, PostgresServer, Site
from tests.core.uploads.files import picture

ORPHANS = next(job for job in JOBS if job.name == "remove-orphans")
PHOTOS = 599


def key(number: int) -> str:
    return f"{number:02x}"[-2:] * 2 + f"{number:028x}"


def put(folder: Path, number: int) -> None:
    """Both files of a photo, ten days old."""
    for width in (1280, 400):
        path = folder / key(number)[:2] / f"{key(number)}-{width}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff\xd8\xff")
        os.utime(path, ((TODAY - timedelta(days=10)).timestamp(),) * 2)


def name_them(numbers: range) -> None:
    row = {"kind": "photo", "size": 3, "width": 1, "height": 1, "stored_at": TODAY}
    with transaction() as session:
        session.execute(insert(StoredFile), [{**row, "key": key(number)} for number in numbers])


def forget(numbers: range) -> None:
    with transaction() as session:
        session.execute(delete(StoredFile).where(StoredFile.key.in_([key(each) for each in numbers])))


@dataclasses.dataclass
class Full:
    """A site with files, in a folder or in a bucket, and where they lie."""

    app: Flask
    folder: Path

    @property
    def whole(self) -> int:
        return len(list(self.folder.glob("??/*")))

    @property
    def in_trash(self) -> int:
        return len(list(self.folder.glob("trash/*/*")))


@pytest.fixture
def nothing(app: Flask, each_store: Path) -> Iterator[Full]:
    """A site without files, which nobody claimed."""
    shutil.rmtree(each_store, ignore_errors=True)
    yield Full(app, each_store)
    shutil.rmtree(each_store, ignore_errors=True)


@pytest.fixture
def full(nothing: Full) -> Full:
    """A site with 1,198 files: a bucket lists them in two pages."""
    for number in range(PHOTOS):
        put(nothing.folder, number)
    name_them(range(PHOTOS))
    return nothing


@pytest.fixture(scope="module")
def other_site(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer | None) -> Site:
    return Site(tmp_path_factory.mktemp("other"), postgres)


@pytest.fixture
def wrong(other_site: Site, full: Full) -> Iterator[Flask]:
    """Another site, started by mistake on the files of the full one."""
    other_site.empty()
    settings = full.app.extensions["settings"]
    app = create_app(dataclasses.replace(other_site.settings, data_dir=settings.data_dir, s3=settings.s3))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("claimed", [True, False], ids=["claimed", "just upgraded"])
@pytest.mark.parametrize("rows", [0, 40], ids=["an empty database", "another site's database"])
def test_a_wrong_database_loses_no_file(
    full: Full, wrong: Flask, claimed: bool, rows: int, caplog: pytest.LogCaptureFixture
) -> None:
    if claimed:
        assert remove_orphans() == 0
    with wrong.app_context():
        if rows:
            name_them(range(100_000, 100_000 + rows))
        with caplog.at_level(logging.WARNING):
            assert not run(wrong, ORPHANS)
        assert "1198 files" in caplog.text
        assert "the job remove-orphans failed: OrphansRefused" in caplog.text
        with pytest.raises(OrphansRefused):
            remove_orphans(however_many=True)
        db.session.remove()
    assert (full.whole, full.in_trash) == (2 * PHOTOS, 0)
    with caplog.at_level(logging.WARNING):
        caplog.clear()
        assert run(full.app, ORPHANS)
    assert "orphans" not in caplog.text
    assert (full.whole, full.in_trash) == (2 * PHOTOS, 0)
    assert store().owner() == site_id(db.session())


def test_a_database_without_tables_loses_no_file(full: Full, tmp_path: Path) -> None:
    settings = dataclasses.replace(
        full.app.extensions["settings"], database_url=f"sqlite:///{tmp_path / 'nothing.sqlite3'}"
    )
    assert not run(create_app(settings), ORPHANS)
    assert (full.whole, full.in_trash) == (2 * PHOTOS, 0)


def test_files_of_rows_that_an_old_backup_lacks_are_left_where_they_are_many(
    full: Full, caplog: pytest.LogCaptureFixture
) -> None:
    forget(range(121))
    with pytest.raises(OrphansRefused, match="242 of 1198"):
        remove_orphans()
    assert "242 of 1198 files have no row" in caplog.text
    assert (full.whole, full.in_trash) == (2 * PHOTOS, 0)
    refused = full.app.test_cli_runner().invoke(args=["jobs", "remove-orphans"])
    assert (refused.exit_code, "242 of 1198" in refused.output) == (1, True)
    done = full.app.test_cli_runner().invoke(args=["jobs", "remove-orphans", "--however-many"])
    assert (done.exit_code, done.output) == (0, "242 files removed\n")
    assert (full.whole, full.in_trash) == (956, 242)


def test_a_file_lies_in_the_trash_for_a_month_and_comes_back_with_its_row(
    full: Full, caplog: pytest.LogCaptureFixture
) -> None:
    forget(range(10))
    assert remove_orphans() == 20
    assert "of 1198 files 20 were put into the trash" in caplog.text
    assert (full.whole, full.in_trash) == (1178, 20)
    name_them(range(4))
    with clock.frozen_everywhere(TODAY + timedelta(days=29)):
        assert remove_orphans() == 0
        assert (full.whole, full.in_trash) == (1186, 12)
    name_them(range(4, 5))
    with clock.frozen_everywhere(TODAY + timedelta(days=31)):
        remove_orphans()
    assert (full.whole, full.in_trash) == (1188, 0)
    assert "2 came back from the trash, 10 were deleted for good" in caplog.text
    assert list(full.folder.glob("trash/*")) == []


def test_the_first_photo_says_whose_the_files_are(nothing: Full) -> None:
    assert store().owner() is None
    upload = read_upload(io.BytesIO(picture()), field="photo")
    with stored(upload) as rows, transaction() as session:
        rows(session)
    assert store().owner() == site_id(db.session())
    assert db.session.execute(select(StoredFile.key)).scalars().all() == [upload.key]


def test_a_photo_taken_by_a_wrong_database_does_not_claim_the_files(full: Full, wrong: Flask) -> None:
    with wrong.app_context():
        upload = read_upload(io.BytesIO(picture()), field="photo")
        with stored(upload) as rows, transaction() as session:
            rows(session)
        assert store().owner() is None
        db.session.remove()
