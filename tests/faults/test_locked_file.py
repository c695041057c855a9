"""Another process holds SQLite's write lock: who waits for a page is told soon, and jobs wait for their turn."""

import dataclasses
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from cdv_civic.core import rate_limits
from cdv_civic.core.db import transaction
from tests.voices.test_pages import SAID, SPEAK, field_of, how_many
from tests.voices.voices import make_place

#: Seconds for which a request waits. A second wait would be as long again, whatever else the machine does.
WAIT = 3


@pytest.fixture(autouse=True)
def _counts_in_the_database(
    app: Flask, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL has no lock of the whole database")
    settings = dataclasses.replace(
        app.extensions["settings"], rate_limit_storage="database://", lock_seconds=WAIT
    )
    monkeypatch.setitem(app.extensions, "settings", settings)
    monkeypatch.setitem(app.extensions, "rate_limits", None)
    rate_limits.register(app, settings)
    yield
    rate_limits.counters().storage.close()  # type: ignore[attr-defined]


@contextmanager
def locked(app: Flask) -> Iterator[sqlite3.Connection]:
    """Somebody else's transaction, which writes."""
    path = make_url(app.extensions["settings"].database_url).database
    with closing(sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_one_request_waits_once_however_often_it_asks_for_the_lock(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    make_place()
    form = {**SAID, "client_key": field_of(client.get(SPEAK), "client_key")}
    from_here = {"Sec-Fetch-Site": "same-origin"}
    with locked(app):
        began = time.monotonic()
        answer = client.post(SPEAK, data=form, headers=from_here)  # counts the attempt, then takes the word
        took = time.monotonic() - began
    assert answer.status_code == 503
    assert SAID["words"] in answer.text, "what was typed comes back"
    assert 0.9 * WAIT < took < 1.9 * WAIT
    assert client.post(SPEAK, data=form, headers=from_here).status_code == 200, "the next request waits anew"
    assert how_many(session) == 1


def test_what_is_no_request_waits_longer(app: Flask) -> None:
    with locked(app) as other:
        freed = threading.Timer(1.5 * WAIT, other.execute, ["ROLLBACK"])
        freed.start()
        with transaction():
            pass
        freed.join()
