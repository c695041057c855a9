"""What is the bucket's own: pages of lists, services that fail, and what the log and the health page say."""

import dataclasses
import logging
import threading
import time
from datetime import UTC, date, datetime

import pytest

from cdv_civic.core.external_services import ObjectStorage
from cdv_civic.core.uploads.file_store import FAR, StoreUnavailable
from cdv_civic.core.uploads.s3 import client as s3_client
from cdv_civic.core.uploads.s3.client import Answer
from cdv_civic.core.uploads.s3.store import S3Store
from tests.faults.tcp_proxy import TcpProxy
from tests.s3_server import Storage

NAME = "ab12cd-400.jpg"
KEY = f"ab/{NAME}"
CONTENT = b"\xff\xd8\xff" + bytes(range(256)) * 2000
DAY = date(2026, 11, 20)
EVER = datetime.now(UTC) + FAR


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_client, "_PAUSES", (0.01, 0.01))
    monkeypatch.setattr("cdv_civic.core.uploads.s3.store.FILE_SECONDS", 0.5)


@pytest.fixture
def store(storage: Storage) -> S3Store:
    return S3Store(storage.settings)


def test_a_list_of_thousands_comes_a_thousand_at_a_time(store: S3Store, storage: Storage) -> None:
    names = [f"{number % 256:02x}{number:06x}.pdf" for number in range(2001)]
    for name in names:
        storage.put(f"{name[:2]}/{name}", b"x")
    listing = store.older_than(EVER)
    next(listing)
    assert storage.front.requests("GET") == 1
    assert sorted([*listing, min(names)]) == sorted(names)
    assert storage.front.requests("GET") == 3


def test_what_others_keep_in_the_bucket_is_left_alone(store: S3Store, storage: Storage) -> None:
    for key in (
        "ab/cd12.pdf",
        "ab12.pdf",
        "a/b/c",
        "ab/é + & <.jpg",
        "ab/ab/x",
        "trash/2026/x",
        "before/ab/ab.pdf",
    ):
        storage.put(key, b"x")
    storage.put("../ab/abcd.pdf", b"of another site")
    storage.put("ab/ab12.pdf", b"x")
    assert list(store.older_than(EVER)) == ["ab12.pdf"]
    assert list(store.trash()) == []


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "ServiceUnavailable"])
def test_a_service_that_is_busy_is_asked_again(store: S3Store, storage: Storage, code: str) -> None:
    storage.front.fail(code, 503, times=2)
    store.save(NAME, CONTENT)
    assert storage.read(KEY) == CONTENT
    assert storage.front.requests("PUT") == 3


def test_one_that_stays_busy_is_asked_three_times_and_then_left_alone(
    store: S3Store, storage: Storage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.front.fail("SlowDown", 503, times=3)
    with pytest.raises(StoreUnavailable, match="StoreUnavailable") as busy:
        store.save(NAME, CONTENT)
    assert (busy.value.reason, busy.value.status, storage.front.requests("PUT")) == (
        "HTTP 503 SlowDown",
        503,
        3,
    )
    with pytest.raises(StoreUnavailable):
        store.open(NAME)
    assert len(storage.front.asked) == 3
    assert [record.getMessage() for record in caplog.records] == [
        "the store of files could not do PUT: HTTP 503 SlowDown"
    ]
    now = time.monotonic()
    monkeypatch.setattr("cdv_civic.core.availability.time.monotonic", lambda: now + 6)
    store.save(NAME, CONTENT)
    assert storage.names == [KEY]


def test_an_upload_that_breaks_off_in_the_middle_is_sent_again_and_never_half_there(storage: Storage) -> None:
    with TcpProxy("127.0.0.1", storage.server.server_address[1]) as proxy:
        store = S3Store(_through(storage, proxy))
        proxy.cut(CONTENT[-20:])
        store.save(NAME, CONTENT)
        assert proxy.cuts == 1
    assert storage.read(KEY) == CONTENT


def test_an_upload_whose_answer_is_lost_stands(storage: Storage, store: S3Store) -> None:
    storage.front.lose(times=3)
    with pytest.raises(StoreUnavailable):
        store.save(NAME, CONTENT)
    assert storage.read(KEY) == CONTENT


def _through(storage: Storage, proxy: TcpProxy) -> ObjectStorage:
    return dataclasses.replace(storage.settings, url=f"http://127.0.0.1:{proxy.port}")


def test_a_download_that_is_cut_short_is_asked_for_again(store: S3Store, storage: Storage) -> None:
    storage.put(KEY, CONTENT)
    storage.front.cut(answer_after=1000)
    with store.open(NAME) as file:
        assert file.read() == CONTENT
    storage.front.cut(answer_after=1000, times=3)
    with pytest.raises(StoreUnavailable):
        store.open(NAME)


def test_a_service_that_says_nothing_is_not_waited_for_twice(store: S3Store, storage: Storage) -> None:
    storage.put(KEY, CONTENT)
    storage.front.hang(method="GET")
    begun = time.monotonic()
    for _ in range(5):
        with pytest.raises(StoreUnavailable):
            store.open(NAME)
    assert time.monotonic() - begun < 3
    assert storage.front.requests("GET") == 1


def test_nobody_there_is_told_within_a_second_or_two(store: S3Store, storage: Storage) -> None:
    storage.stop()
    with pytest.raises(StoreUnavailable) as down:
        store.owner()
    assert down.value.reason == "ConnectionError"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "RequestTimeTooSkewed"),
        (403, "AccessDenied"),
        (301, "PermanentRedirect"),
        (404, ""),
        (404, "NoSuchBucket"),
    ],
)
def test_what_another_try_cannot_cure_is_told_at_once(
    store: S3Store, storage: Storage, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    storage.put(KEY, CONTENT)
    for ask in (lambda: store.open(NAME), lambda: store.discard(NAME, DAY), lambda: store.delete(NAME)):
        storage.front.fail(code, status)
        with pytest.raises(StoreUnavailable) as refused:
            ask()
        assert refused.value.reason == f"HTTP {status} {code}".strip()
    assert len(storage.front.asked) == 3
    assert "the store of files refused GET: HTTP" in caplog.text
    assert storage.names == [KEY]


def test_wrong_keys_open_nothing_and_stand_in_no_log(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.put(KEY, CONTENT)
    for changed in ({"secret_key": "of another"}, {"access_key": "NOBODY"}):
        settings = dataclasses.replace(storage.settings, **changed)
        store = S3Store(settings)
        with caplog.at_level(logging.DEBUG, logger="cdv_civic"), pytest.raises(StoreUnavailable) as refused:
            store.open(NAME)
        assert refused.value.reason.startswith("HTTP 403 ")
        said = caplog.text + repr(settings) + repr(refused.value)
        for secret in (settings.secret_key, settings.access_key, NAME):
            assert secret not in said


def test_a_bucket_that_is_gone_has_lost_no_file(store: S3Store, storage: Storage) -> None:
    """« Not found » would tell a backup that files are lost, and readers that they were taken back."""
    storage.put(KEY, CONTENT)
    storage.drop()
    for ask in (
        lambda: store.open(NAME),
        lambda: list(store.older_than(EVER)),
        lambda: store.discard(NAME, DAY),
    ):
        with pytest.raises(StoreUnavailable, match="StoreUnavailable") as gone:
            ask()
        assert gone.value.reason == "HTTP 404 NoSuchBucket"


def test_a_copy_that_fails_after_it_said_200_deletes_nothing(store: S3Store, storage: Storage) -> None:
    storage.put(KEY, CONTENT)
    storage.front.say(b"<Error><Code>InternalError</Code></Error>", method="PUT", times=3)
    with pytest.raises(StoreUnavailable):
        store.discard(NAME, DAY)
    assert storage.names == [KEY]


@pytest.mark.parametrize(
    "said", [b"", b"<html></html>", b"<ListBucketResult>", b"<!DOCTYPE x []><ListBucketResult/>"]
)
def test_an_answer_that_is_none_moves_and_lists_nothing(
    store: S3Store, storage: Storage, said: bytes
) -> None:
    storage.put(KEY, CONTENT)
    storage.front.say(said, method="PUT")
    with pytest.raises(StoreUnavailable):
        store.discard(NAME, DAY)
    storage.front.say(said, method="GET")
    with pytest.raises(StoreUnavailable):
        list(store.older_than(EVER))
    assert storage.names == [KEY]


def test_a_list_that_would_never_end_is_broken_off(store: S3Store, storage: Storage) -> None:
    page = (
        b"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>"
        b"<Contents><Key>a-town/ab/ab12.pdf</Key><LastModified>2026-11-20T09:00:00Z</LastModified></Contents>"
        b"</ListBucketResult>"
    )
    storage.front.say(page, method="GET", times=5)
    with pytest.raises(StoreUnavailable):
        list(store.older_than(EVER))
    assert storage.front.requests("GET") == 2
    storage.front.say(page.replace(b"2026-11-20T09:00:00Z", b"yesterday"), method="GET")
    with pytest.raises(StoreUnavailable):
        list(store.older_than(EVER))


def test_an_answer_without_end_is_not_kept_in_memory(
    store: S3Store, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_client, "LARGEST_ANSWER", 100_000)
    storage.put(KEY, CONTENT)
    with pytest.raises(StoreUnavailable) as long:
        store.open(NAME)
    assert long.value.reason == "answer is too long"


@pytest.mark.parametrize(("headers", "reason"), [(False, "answer takes too long"), (True, "ReadTimeout")])
def test_an_answer_that_comes_byte_by_byte_keeps_nobody_waiting_to_its_end(
    store: S3Store, storage: Storage, monkeypatch: pytest.MonkeyPatch, headers: bool, reason: str
) -> None:
    monkeypatch.setattr(s3_client, "ALL_SECONDS", 0.3)
    sent = storage.front.drip(300, seconds=0.02, headers=headers)
    with pytest.raises(StoreUnavailable) as slow:
        store.open(NAME)
    assert slow.value.reason == reason
    assert len(sent) < 300


@pytest.mark.parametrize("nested", [True, False])
def test_a_document_larger_than_any_list_is_not_made_a_tree(
    store: S3Store, storage: Storage, nested: bool
) -> None:
    inside = b"<a>" * 700_000 + b"</a>" * 700_000 if nested else b"<a/>" * 1_200_000
    storage.front.say(b"<ListBucketResult>" + inside + b"</ListBucketResult>", method="GET")
    with pytest.raises(StoreUnavailable) as large:
        list(store.older_than(EVER))
    assert large.value.reason == "answer is too long"


def test_a_document_in_another_encoding_declares_nothing(store: S3Store, storage: Storage) -> None:
    said = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><ListBucketResult>&a;</ListBucketResult>'
    storage.front.say(said.encode("utf-16"), method="GET")
    with pytest.raises(StoreUnavailable):
        list(store.older_than(EVER))


def test_one_thread_finds_out_what_is_wrong_and_the_others_wait_for_no_bucket(
    store: S3Store, storage: Storage
) -> None:
    storage.front.hang(method="GET")
    asking = threading.Thread(target=store.trouble)
    asking.start()
    while not storage.front.asked:
        time.sleep(0.01)
    assert store.trouble() == "is being asked for the first time"
    assert storage.front.requests("GET") == 1
    storage.front.ended.set()
    asking.join()


def test_what_is_deleted_but_kept_as_a_version_is_said_once(
    store: S3Store, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    storage.front.versions = True
    for _ in range(2):
        store.save(NAME, CONTENT)
        store.delete(NAME)
    assert caplog.text.count("the bucket of S3_BUCKET keeps versions") == 1


def test_threads_share_a_store(store: S3Store, storage: Storage) -> None:
    errors: list[BaseException] = []

    def keep(number: int) -> None:
        try:
            for each in range(5):
                name = f"{number:02d}{each}.pdf"
                store.save(name, name.encode())
                with store.open(name) as file:
                    assert file.read() == name.encode()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(storage.names) == 30


def test_trouble_is_found_and_not_asked_for_each_time(
    store: S3Store, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.trouble() is None
    asked = len(storage.front.asked)
    assert store.trouble() is None
    assert len(storage.front.asked) == asked
    store.claim("a site")
    storage.front.public = True
    monkeypatch.setattr("cdv_civic.core.uploads.s3.store._LOOKED_FOR", -1)
    assert store.trouble() == "strangers may read the bucket: make it private"
    storage.drop()
    assert store.trouble() == "unavailable: HTTP 404 NoSuchBucket"


def test_an_answer_is_read_by_names_without_their_namespace() -> None:
    content = (
        b'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Contents/></ListBucketResult>'
    )
    assert len(Answer({}, content).xml("ListBucketResult").findall("Contents")) == 1
