"""A bucket that is down takes nothing else with it, and loses nothing that was typed."""

import dataclasses
import io
import logging
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.app import create_app
from cdv_civic.core.db import db
from cdv_civic.core.uploads.s3 import client as s3_client
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.jobs.table import JOBS, run
from cdv_civic.voices.models import Voice
from tests.attacks.test_withdrawn_files import news_with_photo
from tests.conftest import PostgresServer
from tests.core.uploads.files import picture
from tests.faults.saved import SavedSite
from tests.gunicorn_server import gunicorn
from tests.s3_server import Storage
from tests.voices.test_pages import field_of
from tests.voices.voices import make_place

SPEAK = "/fr/contrats/val/instances/conseil/parole"
WORDS = "Quand rouvre le parc aux enfants ?"
NOT_NOW = "Les photos et les documents ne sont pas accessibles en ce moment."


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_client, "_PAUSES", (0.01, 0.01))


def test_a_photo_is_served_from_a_bucket_as_from_a_folder(
    app: Flask, in_bucket: Storage, client: FlaskClient
) -> None:
    address, _take_back = news_with_photo()
    first = client.get(address)
    assert (first.status_code, first.data[:3]) == (200, b"\xff\xd8\xff")
    assert first.headers["Cache-Control"] == "public, no-cache"
    asked = len(in_bucket.front.asked)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, len(in_bucket.front.asked)) == (304, asked)
    settings = dataclasses.replace(app.extensions["settings"], s3=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.extensions, "settings", settings)
        # The same bytes in a folder.
        for name in in_bucket.names:
            path = settings.data_dir / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(in_bucket.read(name))
        folders = client.get(address)
    changing = ("Date", "Server-Timing")
    assert folders.data == first.data
    assert {name: value for name, value in folders.headers if name not in changing} == {
        name: value for name, value in first.headers if name not in changing
    }


def test_without_its_bucket_the_site_goes_on_and_says_so_of_photos(
    in_bucket: Storage, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    address, _take_back = news_with_photo()
    in_bucket.stop()
    for _ in range(3):
        answer = client.get(address)
        assert (answer.status_code, NOT_NOW in answer.text) == (503, True)
        assert answer.headers["Retry-After"] == "30"
        assert "max-age" not in answer.headers.get("Cache-Control", "")
    assert client.get("/fr/engagements").status_code == 200
    assert client.get(address, headers={"If-None-Match": "*"}).status_code == 304
    assert caplog.text.count("the store of files could not do GET: ConnectionError") == 1
    for secret in (in_bucket.settings.secret_key, in_bucket.settings.access_key, ".jpg"):
        assert secret not in caplog.text


def test_what_was_typed_comes_back_where_its_photo_cannot_be_kept(
    app: Flask, in_bucket: Storage, client: FlaskClient, session: Session
) -> None:
    make_place()
    fields = {
        "words": WORDS, "kind": "question", "theme": "ecologie",
        "client_key": field_of(client.get(SPEAK), "client_key"),
    }  # fmt: skip

    def send() -> tuple[int, str]:
        answer = client.post(
            SPEAK,
            data={**fields, "photo": (io.BytesIO(picture()), "parc.jpg")},
            content_type="multipart/form-data",
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        return answer.status_code, answer.text

    in_bucket.front.fail("SlowDown", 503, method="PUT", times=3)
    status, page = send()
    assert (status, NOT_NOW in page, WORDS in page, 'photo-again"' in page) == (503, True, True, True)
    assert session.execute(select(func.count(Voice.id))).scalar() == 0
    app.extensions["s3_stores"].clear()  # five seconds later
    assert send()[0] == 200
    session.rollback()
    assert session.execute(select(func.count(StoredFile.id))).scalar() == 1
    assert len(in_bucket.names) == 3


def test_readiness_says_that_the_bucket_is_gone(in_bucket: Storage, app: Flask) -> None:
    other = create_app(app.extensions["settings"])
    client = other.test_client()
    ready = client.get("/pret").json
    assert ready is not None
    assert ready["files"] == "ok"
    in_bucket.drop()
    other.extensions["s3_stores"].clear()
    down = client.get("/pret")
    assert down.status_code == 503
    assert down.json is not None
    assert down.json["files"] == "unavailable: HTTP 404 NoSuchBucket"
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def test_readiness_says_nothing_of_a_folder(client: FlaskClient) -> None:
    ready = client.get("/pret").json
    assert ready is not None
    assert "files" not in ready


def test_the_job_and_the_command_say_what_is_wrong_and_touch_nothing(
    app: Flask, in_bucket: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    news_with_photo()
    names = in_bucket.names
    in_bucket.front.fail("AccessDenied", 403, times=2)
    with caplog.at_level(logging.WARNING):
        assert not run(app, next(job for job in JOBS if job.name == "remove-orphans"))
    assert "StoreUnavailable" in caplog.text
    done = app.test_cli_runner().invoke(args=["jobs", "remove-orphans"])
    assert done.exit_code == 1
    assert "The store of files could not answer (HTTP 403 AccessDenied)" in done.output
    assert in_bucket.names == names


@pytest.mark.long
def test_a_bucket_that_hangs_holds_the_threads_once(in_bucket: Storage, client: FlaskClient) -> None:
    address, _take_back = news_with_photo()
    in_bucket.front.hang(method="GET", times=1)
    begun = time.monotonic()
    assert client.get(address).status_code == 503
    assert time.monotonic() - begun < 10
    begun = time.monotonic()
    for _ in range(20):
        assert client.get(address).status_code == 503
    assert time.monotonic() - begun < 3


@pytest.mark.long
def test_processes_that_serve_the_site_share_its_bucket(
    tmp_path: Path, postgres: PostgresServer | None, storage: Storage
) -> None:
    """Photos go out through gunicorn, whose processes were forked from one that had loaded all."""
    site = SavedSite(tmp_path / "site", postgres, s3=storage.settings)
    photos = site.add_news(3)
    environment = {**storage.environment(site.settings.keys_dir), "WEB_CONCURRENCY": "2"}
    with gunicorn(site.settings, tmp_path, **environment) as server:
        for photo in photos * 4:
            head, _, body = server.get(f"/fichiers/{photo}/petite").partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert b"\xff\xd8\xff" in body
            assert body.rstrip().endswith((b"\xff\xd9", b"0"))
        storage.stop()
        assert server.get(f"/fichiers/{photos[0]}/petite").startswith(b"HTTP/1.1 503 ")
        assert b'"files":"unavailable: ' in server.get("/pret").replace(b'": "', b'":"')
        for secret in (storage.settings.secret_key, storage.settings.access_key, ".jpg"):
            assert secret not in server.log
