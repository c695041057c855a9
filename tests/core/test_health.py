"""What a supervisor and a monitor ask, and what they are told."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from cdv_civic.core import health
from cdv_civic.core.db import db
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


def test_nothing_of_a_person_is_told(app: Flask, client: FlaskClient, session: Session) -> None:
    make.make_account(email="amina@example.org")
    assert "amina" not in client.get("/pret").text


def test_a_check_has_a_name_of_its_own(app: Flask) -> None:
    with pytest.raises(ValueError, match="there is a check called disk already"):
        health.add_check(app, "disk", lambda: None)
