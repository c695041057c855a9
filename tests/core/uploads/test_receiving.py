"""What people send is looked into before it is kept, and kept without what it gives away."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.uploads.file_store import FolderStore
from cdv_civic.core.uploads.receiving import Upload, read_upload, stored
from cdv_civic.core.uploads.serving import open_file
from cdv_civic.core.uploads.stored_files import StoredFile, store

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(
    width: int = 640, height: int = 480, form: str = "JPEG", mode: str = "RGB", **how: object
) -> bytes:
    image = Image.new(mode, (width, height), 128 if mode in ("L", "I;16", "I", "P", "1") else None)
    target = io.BytesIO()
    image.save(target, form, **how)
    return target.getvalue()


def read(content: bytes, name: str = "photo.jpg") -> Upload:
    return read_upload(name, io.BytesIO(content), field="photo")


def sentence_of(content: bytes, name: str = "photo.jpg") -> str:
    with pytest.raises(DomainError) as refused:
        read(content, name)
    assert refused.value.field == "photo"
    return str(refused.value.sentence)


def kept(row: StoredFile, size: str) -> Image.Image:
    opened = open_file(row, size)
    with opened.stream as stream:
        return Image.open(io.BytesIO(stream.read()))


def keep(upload: Upload) -> StoredFile:
    with stored(upload) as rows, transaction() as session:
        (row,) = rows(session)
    return row


def files(app: Flask) -> list[Path]:
    folder = app.extensions["settings"].data_dir / "files"
    return list(folder.glob("??/*"))


@pytest.fixture(autouse=True)
def _no_files(app: Flask) -> None:
    for path in files(app):
        path.unlink()


def test_a_photo_is_kept_in_two_sizes(app: Flask) -> None:
    row = keep(read(picture(4000, 3000)))
    large, small = kept(row, "grande"), kept(row, "petite")
    assert (large.size, small.size) == ((1280, 960), (400, 300))
    assert (row.width, row.height) == (1280, 960)
    assert large.format == small.format == "JPEG"
    assert len(files(app)) == 2


def test_a_small_photo_is_not_blown_up(app: Flask) -> None:
    row = keep(read(picture(300, 200)))
    assert kept(row, "grande").size == kept(row, "petite").size == (300, 200)


def test_the_place_where_a_photo_was_taken_is_gone(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A maker of phones"
    exif.get_ifd(0x8825)[2] = (48.0, 44.0, 30.0)
    comment = b"I live at number 12"
    content = picture(exif=exif, comment=comment, icc_profile=b"x" * 200)
    assert b"A maker of phones" in content
    assert comment in content
    upload = read(content)
    for form in upload.forms.values():
        assert b"A maker of phones" not in form
        assert comment not in form
        assert b"Exif" not in form
    large = kept(keep(upload), "grande")
    assert dict(large.getexif()) == {}
    assert not {"icc_profile", "exif", "comment", "xmp"} & set(large.info)


def test_what_a_png_says_beside_the_picture_is_gone(app: Flask) -> None:
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text("Author", "Somebody with a name")
    upload = read(picture(form="PNG", pnginfo=notes))
    assert all(b"Somebody" not in form for form in upload.forms.values())


def test_a_photo_taken_sideways_stands_upright(app: Flask) -> None:
    image = Image.new("RGB", (800, 400), "white")
    image.paste("red", (0, 0, 100, 400))  # red at the left of the sensor
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: the left comes on top
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif)
    upright = kept(keep(read(target.getvalue())), "grande")
    assert upright.size == (400, 800)
    top, bottom = upright.getpixel((200, 20)), upright.getpixel((200, 780))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 100 > top[1]
    assert min(bottom) > 200


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_phone_is_known(app: Flask, orientation: int) -> None:
    from PIL import ImageOps

    image = Image.new("RGB", (120, 80), "white")
    image.paste("red", (0, 0, 60, 40))
    image.paste("blue", (60, 0, 120, 40))
    exif = Image.Exif()
    exif[0x0112] = orientation
    target = io.BytesIO()
    image.save(target, "PNG", exif=exif)
    seen = kept(keep(read(target.getvalue())), "grande").convert("RGB")
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(target.getvalue())))
    assert seen.size == expected.size
    width, height = seen.size
    for place in ((10, 10), (width - 10, 10), (10, height - 10), (width - 10, height - 10)):
        found, wanted = seen.getpixel(place), expected.getpixel(place)
        assert isinstance(found, tuple)
        assert isinstance(wanted, tuple)
        assert all(abs(left - right) < 40 for left, right in zip(found, wanted, strict=True)), place


def test_a_photo_on_its_side_is_as_wide_as_any_other(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    row = keep(read(picture(4000, 3000, exif=exif)))
    assert kept(row, "grande").size == (1280, 1707)
    assert kept(row, "petite").size == (400, 533)


@pytest.mark.parametrize(
    ("form", "mode"),
    [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("PNG", "I;16"), ("PNG", "1"), ("JPEG", "CMYK"),
     ("WEBP", "RGBA"), ("PNG", "LA"), ("JPEG", "L")],
)  # fmt: skip
def test_every_kind_of_photo_becomes_plain_jpeg(app: Flask, form: str, mode: str) -> None:
    large = kept(keep(read(picture(form=form, mode=mode))), "grande")
    assert (large.format, large.mode) == ("JPEG", "RGB")


def test_what_is_transparent_becomes_white(app: Flask) -> None:
    target = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(target, "PNG")
    pixel = kept(keep(read(target.getvalue())), "grande").getpixel((100, 100))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 250


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 12_001), (60_000, 60_000), (1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(app: Flask, size: tuple[int, int]) -> None:
    assert "trop grande" in sentence_of(_png_that_claims(*size))


def test_a_real_bomb_is_refused(app: Flask) -> None:
    content = picture(12_000, 10_001, form="PNG", mode="L")
    assert len(content) < 200_000
    assert "trop grande" in sentence_of(content)


def test_a_photo_cut_short_is_refused(app: Flask) -> None:
    content = picture(900, 900)
    assert "abîmée" in sentence_of(content[: len(content) // 2])


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
    assert "ni une photo ni un PDF" in sentence_of(content, "vacances.jpg")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff" + b"not a photo" * 50,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"RIFF\0\0\0\0WEBP" + b"x" * 90,
        # A frame of 16 points, and a scan whose header is cut short.
        b"\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x10\x01\x01\x11\0\xff\xda\0\x05\x01\x01\0\xff\xd9",
    ],
)
def test_a_file_that_only_begins_like_a_photo_is_refused(app: Flask, content: bytes) -> None:
    assert sentence_of(content)


def test_code_hidden_behind_a_photo_does_not_survive(app: Flask) -> None:
    upload = read(picture() + b"<?php system('ls'); ?><script>alert(1)</script>")
    assert all(b"php" not in form and b"script" not in form for form in upload.forms.values())


def test_a_photo_of_one_point_is_refused(app: Flask) -> None:
    assert "trop petite" in sentence_of(picture(1, 1, form="PNG"))


def test_a_heavy_photo_gets_a_sentence_with_its_weight(app: Flask) -> None:
    content = picture() + b"\0" * (14 * 1024 * 1024)
    assert sentence_of(content) == (
        "Cette photo est trop lourde (14 Mo). Choisissez une photo de moins de 10 Mo, "
        "ou prenez-la avec ce bouton."
    )


def test_a_file_at_the_limit_is_taken_and_one_byte_more_is_not(app: Flask) -> None:
    limit = app.extensions["settings"].upload_limit
    padding = limit - len(PDF)
    assert read(b"%PDF-1.4\n" + b" " * padding + PDF[9:], "a.pdf").size == limit
    assert "trop lourd (11 Mo)" in sentence_of(b"%PDF-1.4\n" + b" " * (padding + 1) + PDF[9:], "a.pdf")


def test_an_empty_file_is_refused(app: Flask) -> None:
    assert "vide" in sentence_of(b"")


def test_a_telephones_own_format_gets_a_way_out(app: Flask) -> None:
    assert "HEIC" in sentence_of(b"\0\0\0\x18ftypheic" + b"\0" * 100, "IMG_1.HEIC")


def test_a_pdf_is_kept_whole_and_given_to_be_saved(app: Flask) -> None:
    row = keep(read(PDF, "compte-rendu.pdf"))
    opened = open_file(row, "document")
    with opened.stream as stream:
        assert stream.read() == PDF
    assert (opened.content_type, opened.attachment) == ("application/pdf", True)
    with pytest.raises(NotFound):
        open_file(row, "grande")


def test_a_pdf_cut_short_is_refused(app: Flask) -> None:
    assert "incomplet" in sentence_of(PDF[:-8], "a.pdf")


@pytest.mark.parametrize(
    ("before", "after", "fine"), [(1019, 2043, True), (1020, 0, False), (0, 2044, False)]
)
def test_a_pdf_begins_within_a_thousand_bytes_and_ends_within_two(
    app: Flask, before: int, after: int, fine: bool
) -> None:
    content = b" " * before + PDF.strip() + b"\n" * after
    if fine:
        assert read(content, "a.pdf").forms == {".pdf": content}
    else:
        assert sentence_of(content, "a.pdf").startswith("Ce fichier n’est" if before else "Ce PDF est abîmé")


def test_files_go_when_the_transaction_fails(app: Flask, session: Session) -> None:
    def keep_and_fail() -> None:
        with stored(read(picture())) as rows, transaction() as writing:
            rows(writing)
            assert len(files(app)) == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep_and_fail()
    assert files(app) == []
    assert session.execute(select(func.count(StoredFile.id))).scalar() == 0


def test_files_that_nobody_asked_for_go_too(app: Flask) -> None:
    with stored(read(picture())), transaction():
        pass
    assert files(app) == []


def test_a_failed_write_leaves_nothing_behind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="no space"):
        keep(read(picture()))
    assert files(app) == []


@pytest.mark.parametrize("name", ["../secret", "..", "ab/../../x", "/etc/passwd", ""])
def test_no_name_leads_out_of_the_store(tmp_path: Path, name: str) -> None:
    with pytest.raises((FileNotFoundError, IsADirectoryError)):
        FolderStore(tmp_path / "files").open(name)


def test_a_file_that_is_gone_is_not_found(app: Flask) -> None:
    row = keep(read(PDF, "a.pdf"))
    store().delete(f"{row.key}.pdf")
    with pytest.raises(NotFound):
        open_file(row, "document")
