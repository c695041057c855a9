"""A photo is made anew: upright, small, without what it gives away; what is none is refused before it costs anything."""

import io
import struct
import zlib

import pillow_heif
import pytest
from flask import Flask
from PIL import Image, ImageCms, ImageOps
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


def assert_same_corners(seen: Image.Image, wanted: Image.Image) -> None:
    assert seen.size == wanted.size
    width, height = seen.size
    for place in ((10, 10), (width - 10, 10), (10, height - 10), (width - 10, height - 10)):
        found, right = seen.getpixel(place), wanted.getpixel(place)
        assert isinstance(found, tuple)
        assert isinstance(right, tuple)
        assert all(abs(left - other) < 40 for left, other in zip(found, right, strict=True)), place


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
    assert_same_corners(seen, expected)


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


def test_sixteen_bits_of_grey_stay_the_greys_they_are(app: Flask) -> None:
    line = b"".join(struct.pack("<H", grey) * 100 for grey in (0x2000, 0x8000, 0xE000))
    target = io.BytesIO()
    Image.frombytes("I;16", (300, 100), line * 100).save(target, "PNG")
    large = kept(keep(read(target.getvalue())), "grande").convert("L")
    found = [large.getpixel((place, 50)) for place in (50, 150, 250)]
    assert all(abs(int(grey) - wanted) < 4 for grey, wanted in zip(found, (0x20, 0x80, 0xE0), strict=True))  # type: ignore[arg-type]


def profile_of(gamut: list[tuple[float, float]]) -> bytes:
    """An ICC profile (version 2, matrix and gamma 2.2) of a screen whose red, green and blue lie at these x and y."""
    white = (0.9642, 1.0, 0.8249)
    columns = []
    for x, y in gamut:
        columns.append((x / y, 1.0, (1 - x - y) / y))
    # Scales the primaries so that together they are white.
    (a, d, g), (b, e, h), (c, f, i) = columns
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    scale = (
        (white[0] * (e * i - f * h) - b * (white[1] * i - f * white[2]) + c * (white[1] * h - e * white[2])),
        (a * (white[1] * i - f * white[2]) - white[0] * (d * i - f * g) + c * (d * white[2] - white[1] * g)),
        (a * (e * white[2] - white[1] * h) - b * (d * white[2] - white[1] * g) + white[0] * (d * h - e * g)),
    )
    scaled = [
        [part * each / determinant for part in column] for column, each in zip(columns, scale, strict=True)
    ]

    def fixed(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(values: list[float] | tuple[float, ...]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(fixed, values))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + b"\0" * 79
    tags = {b"desc": name, b"cprt": b"text\0\0\0\0none\0\0\0\0", b"wtpt": xyz(white)}
    tags |= {key: xyz(values) for key, values in zip((b"rXYZ", b"gXYZ", b"bXYZ"), scaled, strict=True)}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, data, place = b"", b"", 128 + 4 + 12 * len(tags)
    for key, value in tags.items():
        value += b"\0" * (-len(value) % 4)
        table += key + struct.pack(">II", place + len(data), len(value))
        data += value
    head = struct.pack(
        ">I4sI4s4s4s", 132 + len(table) + len(data), b"\0" * 4, 0x02400000, b"mntr", b"RGB ", b"XYZ "
    )
    head += b"\0" * 12 + b"acsp" + b"\0" * 28 + b"".join(map(fixed, white))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


#: Display P3 (SMPTE EG 432-1) adapted to D50, as its profile says it.
DISPLAY_P3 = [(0.6773, 0.3163), (0.2803, 0.6776), (0.1565, 0.0800)]


@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("AVIF", "RGB")]
)
def test_colours_of_a_wider_screen_become_those_of_the_web(app: Flask, form: str, mode: str) -> None:
    profile = profile_of(DISPLAY_P3)
    image = Image.new("RGB", (200, 200), (200, 80, 60))
    wanted = ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert wanted is not None
    wanted_colour = wanted.getpixel((100, 100))
    assert wanted_colour != (200, 80, 60)
    target = io.BytesIO()
    image.convert(mode).save(target, form, icc_profile=profile)
    found = kept(keep(read(target.getvalue())), "grande").getpixel((100, 100))
    assert isinstance(found, tuple)
    assert isinstance(wanted_colour, tuple)
    assert all(abs(left - right) < 8 for left, right in zip(found, wanted_colour, strict=True)), (
        found,
        wanted_colour,
    )


@pytest.mark.parametrize("profile", [b"x" * 200, profile_of(DISPLAY_P3)[:200]])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_a_profile_that_says_nothing_is_left_aside(app: Flask, profile: bytes, mode: str) -> None:
    read(picture(form="PNG", mode=mode, icc_profile=profile))


def heic(image: Image.Image, **how: object) -> bytes:
    target = io.BytesIO()
    pillow_heif.from_pillow(image).save(target, **how)
    return target.getvalue()


def test_the_format_of_a_telephone_becomes_one_that_all_read(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A maker of phones"
    image = Image.new("RGB", (1600, 1200), "white")
    image.paste("red", (0, 0, 800, 600))
    content = heic(image, exif=exif.tobytes())
    assert b"A maker of phones" in content
    upload = read(content)
    assert all(b"A maker of phones" not in form for form in upload.forms.values())
    large = kept(keep(upload), "grande")
    assert (large.format, large.size) == ("JPEG", (1280, 960))
    corner = large.getpixel((100, 100))
    assert isinstance(corner, tuple)
    assert corner[0] > 200 > 80 > corner[1]


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("form", ["HEIC", "AVIF"])
def test_a_photo_of_a_telephone_stands_upright(app: Flask, form: str, orientation: int) -> None:
    image = Image.new("RGB", (320, 160), "white")
    image.paste("red", (0, 0, 160, 80))
    exif = Image.Exif()
    exif[0x0112] = orientation
    if form == "AVIF":
        target = io.BytesIO()
        image.save(target, form, exif=exif)
        content = target.getvalue()
    else:
        content = heic(image, exif=exif.tobytes())
    seen = kept(keep(read(content)), "grande").convert("RGB")
    turned = Image.Exif()
    turned[0x0112] = orientation
    target = io.BytesIO()
    image.save(target, "PNG", exif=turned)
    wanted = ImageOps.exif_transpose(Image.open(io.BytesIO(target.getvalue())))
    assert_same_corners(seen, wanted)


@pytest.mark.parametrize("cut", [20, 100, 400, -10])
@pytest.mark.parametrize("form", ["HEIC", "AVIF"])
def test_a_photo_of_a_telephone_that_was_cut_is_refused(app: Flask, form: str, cut: int) -> None:
    image = Image.effect_noise((300, 200), 80).convert("RGB")
    target = io.BytesIO()
    image.save(target, "AVIF")
    content = heic(image) if form == "HEIC" else target.getvalue()
    assert "abîmée" in sentence_of(content[:cut])
