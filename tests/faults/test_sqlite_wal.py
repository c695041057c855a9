"""Whoever copies the files of SQLite finds nothing in them that was erased an hour before."""

import sqlite3
from contextlib import closing

import pytest
from flask import Flask
from sqlalchemy import text

from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.core.db import db
from cdv_civic.core.sqlite_wal import wal_holds_pages
from cdv_civic.jobs.table import JOBS, run
from tests.conftest import Site
from tests.factories import make_account

EMAIL = "zorglubine@example.org"


@pytest.fixture(autouse=True)
def _sqlite_alone(database_kind: str) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL clears its pages by itself (VACUUM), and no copy of its files is a backup")
    return


def traces(site: Site) -> list[str]:
    return [each.name for each in site.folder.glob("test.sqlite3*") if EMAIL.encode() in each.read_bytes()]


def the_job(app: Flask) -> bool:
    db.session.remove()
    return run(app, next(job for job in JOBS if job.name == "overwrite-erased"))


def test_nothing_of_an_erased_account_is_left_in_the_files(app: Flask, site: Site) -> None:
    account = make_account(role=None, email=EMAIL)
    make_account(role=None, email="amie@example.org")
    assert traces(site)
    erase_own_account(account)
    assert the_job(app)
    assert traces(site) == []
    assert db.session.execute(text("SELECT count(*) FROM account")).scalar() == 2
    db.session.remove()


def test_who_reads_for_long_is_waited_for_another_time(app: Flask, site: Site) -> None:
    account = make_account(role=None, email=EMAIL)
    with closing(sqlite3.connect(site.folder / "test.sqlite3")) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM account").fetchone() == (1,)
        erase_own_account(account)
        the_job(app)
        assert wal_holds_pages()
    with app.app_context():
        db.session.execute(text("DELETE FROM job_lease"))
        db.session.commit()
    assert the_job(app)
    assert traces(site) == []


def test_each_connection_overwrites_what_it_deletes(app: Flask) -> None:
    """However SQLite was built: some builds do so by themselves, others do not."""
    with closing(db.engine.raw_connection()) as connection:
        assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)
