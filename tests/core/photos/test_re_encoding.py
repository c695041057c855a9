"""A photo is made anew: upright, small, without what it gives away; what is none is refused before it costs anything."""

import io
import struct
import zlib

import pytest
from flask import Flask
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from tests.core.uploads.files import delete_files, files, keep, kept, picture, read, sentence_of

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def _no_files(app: Flask) -> None:
    delete_files()


def test_a_photo_is_kept_in_two_sizes(app: Flask) -> None:
    row = keep(read(picture(4000, 3000)))
    large, small = kept(row, "grande"), kept(row, "petite")
    assert (large.size, small.size) == ((1280, 960), (400, 300))
    assert (row.width, row.height) == (1280, 960)
    assert large.format == small.format == "JPEG"
    assert len(files()) == 2


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
