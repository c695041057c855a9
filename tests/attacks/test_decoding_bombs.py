"""Photos made to stop the site: whatever is sent, it costs a bounded time and memory, elsewhere than where pages are made."""

import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageChops, ImageStat

from cdv_civic.core.errors import DomainError
from cdv_civic.core.photos import process
from cdv_civic.core.uploads.receiving import Upload, read_upload
from tests.attacks import bombs
from tests.attacks.processes import decoders, watching
from tests.conftest import PostgresServer, Site, counting
from tests.gunicorn_server import Gunicorn, gunicorn
from tests.voices.voices import make_place

SPEAK = "/fr/contrats/val/instances/conseil/parole"
#: A decoder's own memory, before it reads anything.
BASE = 80 * 1024 * 1024


_Test = TypeVar("_Test", bound=Callable[..., None])


@pytest.fixture
def asks_no_database(app: Flask) -> Iterator[None]:
    with counting(app) as statements:
        yield
    assert statements == []


def reads_only(test: _Test) -> _Test:
    """Marks a test that only has a photo read: no database is asked, which is held to, so one is enough."""
    pytest.mark.usefixtures("asks_no_database")(test)
    pytest.mark.one_database(test)
    return test


def read(content: bytes, field: str = "photo") -> Upload:
    return read_upload(io.BytesIO(content), field=field)


def sentence_of(content: bytes) -> str:
    with pytest.raises(DomainError) as refused:
        read(content)
    assert (refused.value.field, refused.value.status) == ("photo", 422)
    return str(refused.value.sentence)


@contextmanager
def costing_this_process(at_most: float) -> Iterator[None]:
    """Seconds of processor that the thread which would make pages spends."""
    before = time.thread_time()
    yield
    assert time.thread_time() - before < at_most


# --- Told from its labels -------------------------------------------------------------------------


@reads_only
@pytest.mark.parametrize(
    ("made", "words"),
    [
        (bombs.progressive_bomb, "trop compliquée"),
        (bombs.jpeg_of_many_scans, "trop compliquée"),
        (bombs.jpeg_of_many_segments, "trop compliquée"),
        (bombs.jpeg_of_fillers, "trop compliquée"),
        (lambda: bombs.webp_that_claims(16_777_216, 16_777_216), "trop grande"),
        (lambda: bombs.webp(11_000, 11_000), "trop grande"),
        (lambda: bombs.png_that_claims(2**31 - 1, 2**31 - 1), "trop grande"),
        (bombs.png_of_many_chunks, "trop compliquée"),
        (lambda: bombs.animated_png(101), "trop compliquée"),
        (lambda: bombs.animated_webp(101), "trop compliquée"),
        (lambda: bombs.heic_that_claims(2**32 - 1, 2**32 - 1), "trop grande"),
        (lambda: bombs.heic_that_claims(10_000, 11_990), "trop compliquée"),
        (lambda: bombs.heic_that_claims(4000, 3000, sizes=3000), "trop compliquée"),
        (lambda: bombs.heic_that_claims(4000, 3000, boxes=30_000), "trop compliquée"),
        (lambda: bombs.heic_that_claims(4000, 3000, depth=100_000), "trop compliquée"),
    ],
    ids=[
        "JPEG of 150 scans too many",
        "JPEG of 137,000 scans",
        "JPEG of millions of segments",
        "JPEG of fillers",
        "WebP that claims the most",
        "WebP of 121 million dots",
        "PNG that claims the most",
        "PNG of a million chunks",
        "animated PNG",
        "animated WebP",
        "HEIC that claims the most",
        "HEIC that takes more memory than there is",
        "HEIC of thousands of pictures",
        "HEIC of thousands of boxes",
        "HEIC of boxes within boxes",
    ],
)
def test_a_bomb_is_known_by_its_labels_and_nothing_of_it_is_unpacked(
    app: Flask, made: Callable[[], bytes], words: str
) -> None:
    content = made()
    with watching() as watched, costing_this_process(1):
        assert words in sentence_of(content)
    assert watched.seen == set()


@reads_only
@pytest.mark.parametrize(
    "made",
    [
        bombs.jpeg_of_stuffing,
        lambda: bombs.png_with_compressed_text(b"zTXt"),
        lambda: bombs.png_with_compressed_text(b"iTXt"),
        lambda: bombs.png_with_compressed_text(b"iCCP", 1),
    ],
    ids=["coded 255s", "compressed text", "compressed international text", "colour profile"],
)
def test_what_may_be_read_is_read_within_bounds(app: Flask, made: Callable[[], bytes]) -> None:
    """Taken or refused: it matters only what it costs."""
    content = made()
    with watching() as watched, costing_this_process(1), suppress(DomainError):
        read(content)
    assert watched.most_memory < process.MEMORY + BASE
    assert decoders(of=os.getpid()) == []


@reads_only
def test_an_animation_is_taken_as_its_first_picture(app: Flask) -> None:
    assert read(bombs.animated_webp(20)).kind == "photo"


@reads_only
@pytest.mark.parametrize("made", [bombs.pdf_bomb, bombs.pdf_of_headers])
def test_a_document_is_never_unpacked(app: Flask, made: Callable[[], bytes]) -> None:
    content = made()
    with watching() as watched, costing_this_process(0.5):
        assert read(content).forms[".pdf"] == content
    assert watched.seen == set()


@reads_only
@pytest.mark.parametrize(
    "behind",
    [b"%PDF-1.4\n%%EOF\n", b"<html><script>alert(1)</script>", b"PK\x03\x04" + b"evil" * 50],
    ids=["PDF", "HTML", "ZIP"],
)
def test_of_a_file_that_is_two_things_only_the_picture_stays(app: Flask, behind: bytes) -> None:
    exif = Image.Exif()
    exif[0x010E] = behind.decode("latin-1")
    target = io.BytesIO()
    bombs.noise(200, 200).save(target, "JPEG", exif=exif, comment=behind)
    for content in (target.getvalue() + behind, bombs.png() + behind):
        upload = read(content)
        assert upload.kind == "photo"
        assert all(behind not in form for form in upload.forms.values())


# --- Told by what it costs ------------------------------------------------------------------------


@reads_only
@pytest.mark.long
@pytest.mark.parametrize(("limit", "most"), [("CPU_SECONDS", 2), ("SECONDS", 2)])
def test_what_takes_too_long_is_ended_and_refused_kindly(
    app: Flask, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    content = bombs.heavy_progressive_bomb()
    assert len(content) < 1_000_000
    monkeypatch.setattr(process, limit, most)
    with watching() as watched, costing_this_process(2):
        assert "trop grande ou trop compliquée" in sentence_of(content)
    assert len(watched.seen) == 1
    assert watched.most_memory < process.MEMORY + BASE
    assert decoders(of=os.getpid()) == []


@reads_only
@pytest.mark.long
@pytest.mark.parametrize(
    "made",
    [
        lambda: bombs.large_photo(10_900, 10_900, progressive=True, subsampling="4:4:4"),
        lambda: bombs.png(10_900, 10_900, colour=6, depth=16),
        lambda: bombs.png(10_900, 10_900, colour=6, interlaced=True),
    ],
    ids=["JPEG of too many coefficients", "PNG of 16 bits", "interlaced PNG"],
)
def test_what_takes_too_much_memory_is_refused_kindly(app: Flask, made: Callable[[], bytes]) -> None:
    content = made()
    with watching() as watched:
        assert "trop grande ou trop compliquée" in sentence_of(content)
    assert watched.most_memory < process.MEMORY + BASE


@reads_only
@pytest.mark.long
@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
def test_a_photo_of_108_million_dots_is_taken(app: Flask, progressive: bool) -> None:
    content = bombs.large_photo(12_000, 9_000, progressive=progressive)
    assert len(content) < 10 * 1024 * 1024
    with watching() as watched, costing_this_process(2):
        upload = read(content)
    assert (upload.width, upload.height) == (1280, 960)
    assert 0 < watched.most_memory < process.MEMORY + BASE


@reads_only
@pytest.mark.parametrize(("width", "height"), [(1200, 900), (2600, 2000), (5300, 4000)])
def test_a_photo_looks_as_it_did(app: Flask, width: int, height: int) -> None:
    image = bombs.noise(width // 20, height // 20).resize((width, height))
    target = io.BytesIO()
    image.save(target, "JPEG", quality=92)
    made = Image.open(io.BytesIO(read(target.getvalue()).forms["-1280.jpg"])).convert("RGB")
    expected = image.resize(made.size, Image.Resampling.LANCZOS)
    assert max(ImageStat.Stat(ImageChops.difference(made, expected)).mean) < 3


# --- Whole or not ---------------------------------------------------------------------------------

FILM = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 400
LABELLED = b"\xff\xe1\x12\x34Samsung" + b"SEFH\0\xff\xd8\xff\xc0" * 500


@reads_only
@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
@pytest.mark.parametrize(
    "made",
    [
        lambda photo: photo[:-2],
        lambda photo: photo + FILM,
        lambda photo: photo + photo,
        lambda photo: photo[:-2] + b"SEFH" * 1000,
        lambda photo: photo[:-2] + LABELLED,
        lambda photo: photo[:-2] + photo,
    ],
    ids=[
        "no end",
        "film behind",
        "second picture behind",
        "no end and data behind",
        "no end and labels behind",
        "no end and second picture behind",
    ],
)
def test_a_photo_whose_dots_are_all_there_is_taken(
    app: Flask, made: Callable[[bytes], bytes], progressive: bool
) -> None:
    photo = bombs.photo(progressive=progressive)
    assert read(made(photo)).forms == read(photo).forms


@reads_only
@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
@pytest.mark.parametrize("missing", [10, 40, 1000, 100_000])
@pytest.mark.parametrize("behind", [b"", LABELLED], ids=["", "labels behind"])
def test_a_photo_that_lacks_dots_is_refused(
    app: Flask, progressive: bool, missing: int, behind: bytes
) -> None:
    photo = bombs.photo(progressive=progressive)
    assert "abîmée" in sentence_of(photo[:-missing] + behind)


@reads_only
@pytest.mark.parametrize("at", range(1, 8))
def test_a_photo_cut_where_a_stripe_ends_is_refused(app: Flask, at: int) -> None:
    target = io.BytesIO()
    bombs.noise(400, 400).save(target, "JPEG", restart_marker_rows=1)
    content = target.getvalue()
    stripe = content.index(bytes((0xFF, 0xD0 + at)))
    assert "abîmée" in sentence_of(content[:stripe])


@reads_only
def test_a_photo_cut_between_its_scans_is_refused(app: Flask) -> None:
    photo = bombs.photo(progressive=True)
    assert "abîmée" in sentence_of(photo[: photo.rindex(b"\xff\xda")])


# --- Many at once ---------------------------------------------------------------------------------


@reads_only
def test_two_are_read_at_once_and_the_others_wait_or_are_told_to_come_back(app: Flask) -> None:
    told: list[str] = []

    def one(_number: int) -> None:
        with app.app_context():
            try:
                told.append(read(content).kind)
            except DomainError as refused:
                told.append(str(refused.sentence))

    content = bombs.photo(3000, 2000)
    with watching() as watched, ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert len(told) == 8
    assert {each for each in told if each != "photo"} <= {
        "Le site reçoit beaucoup de photos à cet instant. Ce que vous avez écrit est gardé. Choisissez de nouveau la photo, puis réessayez "
        "dans un instant."
    }
    assert told.count("photo") >= 2
    assert 1 <= watched.most_at_once <= 2


@reads_only
def test_who_waits_longer_than_that_is_told_to_come_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "WAIT_SECONDS", 0.2)
    with process.decoder_slot(1), process.decoder_slot(1):
        assert "réessayez dans un instant" in sentence_of(bombs.photo())
    assert read(bombs.photo()).kind == "photo"


def test_who_is_told_to_come_back_has_what_was_typed(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "WAIT_SECONDS", 0.2)
    make_place()
    said = {
        "words": "Quand rouvre le parc ?",
        "kind": "question",
        "theme": "ecologie",
        "client_key": "0" * 32,
    }
    with process.decoder_slot(1), process.decoder_slot(1):
        answer = client.post(
            SPEAK,
            data={**said, "photo": (io.BytesIO(bombs.photo()), "parc.jpg")},
            content_type="multipart/form-data",
            headers={"Sec-Fetch-Site": "same-origin"},
        )
    assert answer.status_code == 422
    assert "réessayez dans un instant" in answer.text
    assert "Quand rouvre le parc ?" in answer.text


@reads_only
def test_the_photos_of_one_form_have_one_measure_of_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "CPU_SECONDS", 2)
    content = bombs.progressive_bomb(2500, 80)
    taken: list[str] = []

    def read_them() -> None:
        for number in range(40):
            taken.append(read(content, f"file_{number}").kind)  # noqa: PERF401 - what was taken before the refusal counts

    with app.test_request_context("/"), pytest.raises(DomainError) as refused:
        read_them()
    assert "trop grande ou trop compliquée" in str(refused.value.sentence)
    assert taken, "each of them may be taken"
    assert decoders(of=os.getpid()) == []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer | None) -> Iterator[Gunicorn]:
    """A site served by gunicorn as in production: 2 processes of 4 threads."""
    folder = tmp_path_factory.mktemp("running")
    site = Site(folder, postgres)
    with site.app.app_context():
        make_place()
    with gunicorn(
        site.settings,
        folder,
        CDV_ENV="development",
        PAGE_CACHE="1",
        OPEN_FORM_LIMIT="1000 per minute",
        WEB_CONCURRENCY="2",
        THREADS="4",
    ) as server:
        yield server


def send_photo(site: Gunicorn, content: bytes, answers: list[requests.Response]) -> None:
    with suppress(requests.ConnectionError):
        answers.append(
            requests.post(
                site.url + SPEAK,
                data={
                    "words": "Quand rouvre le parc ?",
                    "kind": "question",
                    "theme": "ecologie",
                    "client_key": os.urandom(16).hex(),
                },
                files={"photo": ("parc.jpg", content, "image/jpeg")},
                headers={"Sec-Fetch-Site": "same-origin"},
                timeout=120,
            )
        )


@pytest.mark.long
@pytest.mark.parametrize(
    "made",
    [
        bombs.progressive_bomb,
        bombs.heavy_progressive_bomb,
        bombs.jpeg_of_many_scans,
        bombs.png_of_many_chunks,
        lambda: bombs.png_with_compressed_text(b"zTXt"),
        lambda: bombs.png(10_900, 10_900, colour=0),
        lambda: bombs.webp(5_700, 5_700),
    ],
    ids=["scans", "as many scans as may be", "137,000 scans", "chunks", "text", "PNG", "WebP"],
)
def test_eight_bombs_at_once_leave_the_site_answering(running: Gunicorn, made: Callable[[], bytes]) -> None:
    content = made()
    answers: list[requests.Response] = []
    senders = [threading.Thread(target=send_photo, args=(running, content, answers)) for _ in range(8)]
    for sender in senders:
        sender.start()
    slowest, asked = 0.0, 0
    while any(sender.is_alive() for sender in senders) or asked < 5:
        started = time.monotonic()
        page = requests.get(f"{running.url}/fr/engagements?q={asked}", timeout=60)
        assert page.status_code == 200
        slowest, asked = max(slowest, time.monotonic() - started), asked + 1
        time.sleep(0.1)
    assert slowest < 20, "one such photo kept a worker busy for 79 seconds"
    assert len(answers) == 8
    for answer in answers:
        assert answer.status_code in (200, 422)
        assert answer.status_code == 200 or "Quand rouvre le parc ?" in answer.text, (
            "what was typed comes back"
        )
    assert [each for worker in running.workers for each in decoders(of=worker)] == []


@pytest.mark.long
def test_a_decoder_does_not_outlive_the_process_that_started_it(running: Gunicorn) -> None:
    sender = threading.Thread(target=send_photo, args=(running, bombs.heavy_progressive_bomb(), []))
    sender.start()
    found: list[int] = []
    for _ in range(200):
        workers = running.workers
        found = [each for worker in workers for each in decoders(of=worker)]
        if found:
            break
        time.sleep(0.05)
    assert found
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    sender.join()
    time.sleep(1)
    assert not set(found) & set(decoders())


@reads_only
def test_a_decoder_knows_no_secret_of_the_site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a key that nobody may learn")
    environments: list[bytes] = []
    content = bombs.large_photo(6000, 4000)

    def look() -> None:
        for _ in range(300):
            for each in decoders(of=os.getpid()):
                with suppress(OSError):
                    environments.append(Path(f"/proc/{each}/environ").read_bytes())
            time.sleep(0.005)

    watcher = threading.Thread(target=look)
    watcher.start()
    read(content)
    watcher.join()
    assert any(b"MALLOC_ARENA_MAX" in each for each in environments)
    assert not any(b"MALLOC_ARENA_MAX" in each and b"SECRET_KEY" in each for each in environments)
