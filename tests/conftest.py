"""Fixtures: a real application on a real, freshly emptied database, SQLite or PostgreSQL."""

import contextvars
import dataclasses
import gc
import os
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, event, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts.limits import limiter
from cdv_civic.app import create_app
from cdv_civic.core import clock
from cdv_civic.core.db import Model, db
from cdv_civic.core.settings import Settings
from cdv_civic.core.site_identity import SiteIdentity
from tests.made_once import folder_of_all, made_once
from tests.mail_server import MailBox, mail_server
from tests.s3_server import Storage, s3_server

# What modules and tests are made of stays: nothing of it is looked for until all are there (`pytest_collection_finish`).
gc.disable()

# How long an example takes says what else the machine does, not whether the code is right.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

#: The day of all tests: a Friday.
TODAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default=os.environ.get("TEST_DATABASE", "sqlite"),
        help="which database the tests hit; postgresql needs TEST_POSTGRES_URL",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what would say the same as on SQLite: what asks no database, and what says of itself
    that one is enough. Last, once folders have marked their own."""
    if config.getoption("--database") != "postgresql":
        return
    asking = [
        item
        for item in items
        if "database_kind" in getattr(item, "fixturenames", ())
        and not item.get_closest_marker("one_database")
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in asking])
    items[:] = asking


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of tests stay in memory to the end: the garbage collector looks for nothing among them, and less often
    among what a test leaves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--database"))


class PostgresServer:
    """Databases of our own on the server of TEST_POSTGRES_URL, dropped at the end."""

    def __init__(self) -> None:
        self.url = make_url(os.environ["TEST_POSTGRES_URL"]).set(drivername="postgresql+psycopg")
        self.admin = create_engine(self.url, isolation_level="AUTOCOMMIT")
        self.made: list[str] = []
        #: The database that `migrated` made.
        self.template: str | None = None

    def migrated(self) -> str:
        """A new database with the tables of the site: a copy of one that the migrations made."""
        if self.template is None:
            self.template = self.create()
            _migrate(self.url_of(self.template))
        return self.create(self.template)

    def create(self, template: str | None = None) -> str:
        name = f"cdv_test_{uuid.uuid4().hex[:12]}"
        with self.admin.connect() as connection:
            copied = f" TEMPLATE {template}" if template else ""
            connection.execute(text(f"CREATE DATABASE {name}{copied}"))
            # Nothing of it must outlive a power cut: a test does not wait for the disk at each commit.
            connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        self.made.append(name)
        return name

    def url_of(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop_all(self) -> None:
        with self.admin.connect() as connection:
            for name in self.made:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        self.admin.dispose()


@pytest.fixture(scope="session")
def postgres(database_kind: str) -> Iterator[PostgresServer | None]:
    if database_kind != "postgresql":
        yield None
        return
    server = PostgresServer()
    yield server
    server.drop_all()


def _without_waiting_for_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    """Nothing of it must outlive a power cut: a test waits at no commit."""
    connection.execute("PRAGMA synchronous = OFF")


def _migrate(url: str) -> None:
    """Make the tables, as `flask db upgrade` does."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            environment="testing",
            secret_key="a key for tests only, never for a site",
            database_url=url,
            data_dir=folder / "data",
            keys_dir=folder / "keys",
            ledger_dir=folder / "ledger",
        )
        with create_app(settings).app_context():
            if db.engine.dialect.name == "sqlite":
                event.listen(db.engine, "connect", _without_waiting_for_the_disk)
            upgrade()
            db.session.remove()
            db.engine.dispose()


#: What the processes of a run share: `_of_all_processes` says where.
_shared: list[Path] = []


@pytest.fixture(scope="session", autouse=True)
def _of_all_processes(tmp_path_factory: pytest.TempPathFactory) -> None:
    _shared.append(folder_of_all(tmp_path_factory))


@cache
def migrated_file() -> bytes:
    """SQLite's file as the migrations make it."""

    def make(made: Path) -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "migrated.sqlite3"
            _migrate(f"sqlite:///{file}")
            shutil.copyfile(file, made)

    return made_once(_shared[-1], "migrated", make).read_bytes()


@cache
def _compiled_templates() -> FileSystemBytecodeCache:
    """Templates as they are compiled, for all sites of a run."""
    folder = _shared[-1] / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


class Visitor(FlaskClient):
    """A client that shares nothing with the test but the database: each request has a context of its own."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)


#: What the migrations wrote.
_KEPT = {"site_identity"}


class Site:
    """An application on a database of its own that can be emptied.

    The migrations run once for all sites of a process: each begins with a copy of what they made, under an identity of
    its own. A folder that holds a database already keeps it.
    """

    def __init__(self, folder: Path, postgres: PostgresServer | None, **changes: object) -> None:
        self.folder = folder
        self.postgres = postgres
        self.file = folder / "test.sqlite3"
        kept = not postgres and self.file.exists()
        if not postgres and not kept:
            folder.mkdir(parents=True, exist_ok=True)
            self.file.write_bytes(migrated_file())
        self.database = postgres.migrated() if postgres else None
        url = postgres.url_of(self.database) if postgres and self.database else f"sqlite:///{self.file}"
        self.settings = Settings(
            secret_key="a key for tests only, never for a site",
            database_url=url,
            data_dir=folder / "data",
            keys_dir=folder / "keys",
            ledger_dir=folder / "ledger",
            **{"environment": "testing", "rate_limit_storage": "memory://", **changes},  # type: ignore[arg-type]
        )
        self.app = create_app(self.settings)
        self.app.test_client_class = Visitor
        self.app.jinja_env.bytecode_cache = _compiled_templates()
        with self.app.app_context():
            if not postgres:
                event.listen(db.engine, "connect", _without_waiting_for_the_disk)
            if not kept:
                db.session.execute(update(SiteIdentity).values(site_id=str(uuid.uuid4())))
                db.session.commit()
            db.session.remove()
            db.engine.dispose()
        self.empty_copy = folder / "empty.sqlite3"
        if not postgres:
            shutil.copyfile(self.file, self.empty_copy)

    def _empty_postgres(self) -> None:
        """Delete what a test wrote: TRUNCATE would make the files of all tables anew, for a few rows."""
        tables = [table for table in reversed(Model.metadata.sorted_tables) if table.name not in _KEPT]
        holding = " UNION ALL ".join(
            f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM {table.name})" for table in tables
        )
        counters = ", ".join(
            f"setval(pg_get_serial_sequence('{table.name}', 'id'), 1, false)"
            for table in tables
            if "id" in table.columns and table.columns["id"].primary_key
        )
        with db.engine.begin() as connection:
            full = set(connection.execute(text(holding)).scalars())
            # Triggers keep what an act must not delete; whoever empties a database of tests is its superuser.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in tables:
                if table.name in full:
                    connection.execute(table.delete())
            connection.execute(text(f"SELECT {counters}"))
        db.engine.dispose()

    def empty(self) -> None:
        """Back to a database without a row, a trail that was never counted, and a ledger without a line."""
        shutil.rmtree(self.settings.ledger_dir, ignore_errors=True)
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
            if self.postgres:
                self._empty_postgres()
            else:
                for name in ("test.sqlite3-wal", "test.sqlite3-shm"):
                    (self.folder / name).unlink(missing_ok=True)
                shutil.copyfile(self.empty_copy, self.file)
        for counter in self.settings.keys_dir.glob("audit-*.count"):
            counter.unlink()
        self.app.extensions["page_store"].clear()
        self.app.extensions["catalogues"].forget()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer | None) -> Site:
    return Site(tmp_path_factory.mktemp("site"), postgres)


@pytest.fixture
def app(site: Site) -> Iterator[Flask]:
    """The application, its database empty, its clock held at `TODAY`."""
    site.empty()
    with clock.frozen_everywhere(TODAY), site.app.app_context():
        limiter.reset()  # in memory here, of accounts whose ids are given again
        yield site.app
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], object]:
    """`with count_statements() as statements:` lists the SQL sent (`_NOT_OF_A_PAGE` left out)."""
    return lambda: counting(app)


#: What no page asks for itself: transactions, and whether words changed, which the first sentence of a process after a
#: publication asks for all pages (`tests/translation/test_import.py` counts it).
_NOT_OF_A_PAGE = (
    *("BEGIN", "COMMIT", "PRAGMA", "SAVEPOINT", "RELEASE"),
    *("SELECT catalogue_revision.", "SELECT catalogue_override."),
)


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(_NOT_OF_A_PAGE):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailBox]:
    """A mail server that the site is set to use."""
    with mail_server() as box:
        settings = dataclasses.replace(
            app.extensions["settings"],
            smtp_url=box.url,
            mail_from="site@example.org",
            base_url="https://site.example.org",
        )
        monkeypatch.setitem(app.extensions, "settings", settings)
        yield box


@pytest.fixture
def storage() -> Iterator[Storage]:
    """An empty bucket of a service that speaks S3, and what fails in front of it."""
    with s3_server() as made:
        yield made


@pytest.fixture
def in_bucket(app: Flask, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """The site keeps its files in a bucket."""
    settings = dataclasses.replace(app.extensions["settings"], s3=storage.settings)
    monkeypatch.setitem(app.extensions, "settings", settings)
    return storage


@pytest.fixture(params=["folder", "bucket"])
def each_store(app: Flask, request: pytest.FixtureRequest) -> Path:
    """The site keeps its files in a folder, then in a bucket; where they lie, laid out alike."""
    if request.param == "folder":
        folder: Path = app.extensions["settings"].data_dir / "files"
        return folder
    bucket: Storage = request.getfixturevalue("in_bucket")
    return bucket.root
