"""What people send is looked into before it is kept."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.uploads.file_store import StoreUnavailable
from cdv_civic.core.uploads.orphans import remove_orphans
from cdv_civic.core.uploads.receiving import stored
from cdv_civic.core.uploads.serving import open_file
from cdv_civic.core.uploads.stored_files import StoredFile, store
from tests.core.uploads.files import PDF, delete_files, files, keep, picture, read, sentence_of
from tests.s3_server import Fault, Handler, Storage

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def _no_files(app: Flask) -> None:
    delete_files()


in_each_store = pytest.mark.usefixtures("each_store")


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + b"\0" * 100,
        b"MZ\x90\0" + b"\0" * 100,
        b"PK\x03\x04" + b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"II*\0" + b"\0" * 200,
    ],
)
def test_a_file_is_what_it_holds_and_not_what_it_is_called(app: Flask, content: bytes) -> None:
    assert "ni une photo ni un PDF" in sentence_of(content)


def test_a_heavy_photo_gets_a_sentence_with_its_weight(app: Flask) -> None:
    content = picture() + b"\0" * (14 * 1024 * 1024)
    assert sentence_of(content) == (
        "Cette photo est trop lourde (14 Mo). Choisissez une photo de moins de 10 Mo, "
        "ou prenez-la avec ce bouton."
    )


def test_a_file_at_the_limit_is_taken_and_one_byte_more_is_not(app: Flask) -> None:
    limit = app.extensions["settings"].upload_limit
    padding = limit - len(PDF)
    assert read(b"%PDF-1.4\n" + b" " * padding + PDF[9:]).size == limit
    assert "trop lourd (11 Mo)" in sentence_of(b"%PDF-1.4\n" + b" " * (padding + 1) + PDF[9:])


def test_an_empty_file_is_refused(app: Flask) -> None:
    assert "vide" in sentence_of(b"")


@in_each_store
def test_a_pdf_is_kept_whole_and_given_to_be_saved(app: Flask) -> None:
    row = keep(read(PDF))
    opened = open_file(row, "document")
    with opened.stream as stream:
        assert stream.read() == PDF
    assert (opened.content_type, opened.attachment) == ("application/pdf", True)
    with pytest.raises(NotFound):
        open_file(row, "grande")


@pytest.mark.parametrize(
    ("before", "after", "fine"), [(1019, 2043, True), (1020, 0, False), (0, 2048, True), (0, 100_000, True)]
)
def test_a_pdf_begins_within_a_thousand_bytes_and_may_be_padded_behind_its_end(
    app: Flask, before: int, after: int, fine: bool
) -> None:
    for padding in (b"\n", b"\0"):
        content = b" " * before + PDF.strip() + padding * after
        if fine:
            assert read(content).forms == {".pdf": content}
        else:
            assert sentence_of(content).startswith("Ce fichier n’est")


@pytest.mark.parametrize("content", [b"%PDF-1.4\n", PDF + b"2 0 obj\n<<>>\nendobj\n", PDF[:-8]])
def test_a_pdf_whose_last_object_has_no_end_behind_it_is_refused(app: Flask, content: bytes) -> None:
    assert sentence_of(content).startswith("Ce PDF est abîmé")


@in_each_store
def test_files_go_when_the_transaction_fails(app: Flask, session: Session) -> None:
    def keep_and_fail() -> None:
        with stored(read(picture())) as rows, transaction() as writing:
            rows(writing)
            assert len(files()) == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep_and_fail()
    assert files() == []
    assert session.execute(select(func.count(StoredFile.id))).scalar() == 0


@in_each_store
def test_files_that_nobody_asked_for_go_too(app: Flask) -> None:
    with stored(read(picture())), transaction():
        pass
    assert files() == []


def test_a_failed_write_leaves_nothing_behind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="no space"):
        keep(read(picture()))
    assert files() == []


def test_a_bucket_that_fails_at_the_second_file_leaves_what_is_found_later(
    app: Flask, in_bucket: Storage, session: Session
) -> None:
    """The first one cannot be taken away either: the sentence is that of the failure all the same."""
    asked = 0

    def fault(method: str) -> Fault | None:
        nonlocal asked
        asked += method == "PUT"
        return refuse if asked > 2 else None  # the first says whose the files are, the second is a photo

    def refuse(handler: Handler) -> bool:
        handler.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
        return True

    in_bucket.front.take_fault = fault  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailable):
        keep(read(picture()))
    assert session.execute(select(func.count(StoredFile.id))).scalar() == 0
    assert [name.partition("/")[0] == "site" for name in in_bucket.names] == [False, True]
    asked = -100
    with clock.frozen_everywhere(clock.now() + timedelta(days=60)):
        store().save("ab" * 16 + ".pdf", PDF)
        session.add(
            StoredFile(kind="pdf", key="ab" * 16, size=1, width=None, height=None, stored_at=clock.now())
        )
        session.commit()
        assert remove_orphans() == 1


@in_each_store
def test_a_file_that_is_gone_is_not_found(app: Flask) -> None:
    row = keep(read(PDF))
    store().delete(f"{row.key}.pdf")
    with pytest.raises(NotFound):
        open_file(row, "document")
