"""What a supervisor and a monitor ask, and what they are told."""

import dataclasses
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from cdv_civic.core.db import db
from cdv_civic.core.registry import RegisteredTwice
from cdv_civic.core.web import health
from cdv_civic.jobs.table import JOBS, run
from tests import factories as make
from tests.conftest import PostgresServer, Site, counting


def do_the_jobs(app: Flask) -> None:
    for job in JOBS:
        run(app, job, now=True)


def test_a_process_that_answers_says_so_without_asking_the_database(app: Flask, client: FlaskClient) -> None:
    with counting(app) as statements:
        answer = client.get("/sante")
    assert (answer.status_code, answer.json, statements) == (200, {"alive": "ok"}, [])
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_site_that_can_do_its_work_is_ready(app: Flask, client: FlaskClient) -> None:
    do_the_jobs(app)
    with counting(app) as statements:
        answer = client.get("/pret")
    assert answer.json == dict.fromkeys(("database", "migrations", "disk", "messages", "jobs", "clock"), "ok")
    assert answer.status_code == 200
    assert len(statements) <= 12


def test_a_job_that_was_never_done_is_late(client: FlaskClient) -> None:
    answer = client.get("/pret")
    assert answer.status_code == 503
    assert answer.json is not None
    assert "remove-orphans" in answer.json["jobs"]


def test_a_database_that_waits_for_its_migrations_is_not_ready(app: Flask, client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        before = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0012'"))
    try:
        answer = client.get("/pret")
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :was"), {"was": before})
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["migrations"] == "at 0012: run flask db upgrade"


def test_a_disk_that_is_nearly_full_is_said(tmp_path: Path, postgres: PostgresServer | None) -> None:
    site = Site(tmp_path, postgres, disk_free_mb=10**9)
    answer = site.app.test_client().get("/pret")
    assert answer.json is not None
    assert answer.json["disk"].endswith("MB free, fewer than 1000000000")


def test_room_on_a_disk_is_counted_in_megabytes(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Disk:
        free = 6 * 2**20 - 1

    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Disk)
    for least, said in ((5, "ok"), (6, "DATA_DIR: 5 MB free, fewer than 6")):
        settings = dataclasses.replace(app.extensions["settings"], disk_free_mb=least)
        monkeypatch.setitem(app.extensions, "settings", settings)
        assert client.get("/pret").json["disk"] == said  # type: ignore[index]


@pytest.mark.parametrize("folder", ["keys_dir", "ledger_dir", "database_url"])
def test_each_disk_that_the_site_writes_to_is_looked_at(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    if folder == "database_url" and db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL looks after its own disk")
    with TemporaryDirectory(dir="/dev/shm") as memory:
        free = {each: shutil.disk_usage(each).free // 2**20 for each in (tmp_path, Path(memory))}
        small, large = sorted(free, key=lambda each: free[each])
        if small.stat().st_dev == large.stat().st_dev or free[large] - free[small] < 1000:
            pytest.skip("there is one disk, or two of one size")
        settings = dataclasses.replace(
            app.extensions["settings"],
            data_dir=large,
            keys_dir=large,
            ledger_dir=large,
            disk_free_mb=(free[small] + free[large]) // 2,
        )
        monkeypatch.setitem(app.extensions, "settings", settings)
        if db.engine.dialect.name == "sqlite":
            monkeypatch.setattr(db.engine, "url", db.engine.url.set(database=str(large / "a.sqlite3")))
        assert client.get("/pret").json["disk"] == "ok"  # type: ignore[index]
        if folder == "database_url":
            monkeypatch.setattr(db.engine, "url", db.engine.url.set(database=str(small / "a.sqlite3")))
        else:
            changed = dataclasses.replace(settings, **{folder: small})
            monkeypatch.setitem(app.extensions, "settings", changed)
        said = client.get("/pret").json["disk"]  # type: ignore[index]
    assert re.match(rf"{folder.upper()}: \d+ MB free, fewer than", said)


def test_nothing_of_a_person_is_told(app: Flask, client: FlaskClient, session: Session) -> None:
    make.make_account(email="amina@example.org")
    assert "amina" not in client.get("/pret").text


def test_a_check_has_a_name_of_its_own(app: Flask) -> None:
    with pytest.raises(RegisteredTwice, match="'disk' is registered twice"):
        health.add_check(app, "disk", lambda: None)
