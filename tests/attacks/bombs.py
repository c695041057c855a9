"""Files made to cost whoever opens them far more than whoever sends them; and photos that only look so."""

import io
import re
import struct
import zlib
from functools import cache

from PIL import Image

END_OF_JPEG = b"\xff\xd9"


def _drawn(image: Image.Image, form: str, **how: object) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **how)
    return target.getvalue()


def noise(width: int, height: int) -> Image.Image:
    """A picture that no format makes small."""
    return Image.effect_noise((width, height), 60).convert("RGB")


@cache
def photo(width: int = 900, height: int = 700, *, progressive: bool = False) -> bytes:
    return _drawn(noise(width, height), "JPEG", progressive=progressive)


@cache
def large_photo(width: int, height: int, *, progressive: bool = False, subsampling: str = "4:2:0") -> bytes:
    """A photo as large as those of today's phones, made of one piece again and again."""
    image = Image.new("RGB", (width, height))
    piece = noise(60, 60).resize((1000, 1000))
    for left in range(0, width, 1000):
        for top in range(0, height, 1000):
            image.paste(piece, (left, top))
    return _drawn(image, "JPEG", progressive=progressive, subsampling=subsampling, quality=60)


def _last_scan(content: bytes) -> bytes:
    start = content.rindex(b"\xff\xda")
    return content[start : -len(END_OF_JPEG)]


@cache
def progressive_bomb(side: int = 7000, extra: int = 150) -> bytes:
    """A plain square whose scans are repeated: each is a pass over all of it."""
    content = _drawn(Image.new("RGB", (side, side), (120, 130, 140)), "JPEG", progressive=True, quality=75)
    return content[: -len(END_OF_JPEG)] + _last_scan(content) * extra + END_OF_JPEG


@cache
def heavy_progressive_bomb() -> bytes:
    """As much work as the labels may announce: 110 million dots in 99 passes, in some 400 kB."""
    content = _drawn(Image.new("RGB", (10_000, 11_000), (120, 130, 140)), "JPEG", progressive=True)
    scans = len(re.findall(rb"\xff\xda", content))
    return content[: -len(END_OF_JPEG)] + _last_scan(content) * (99 - scans) + END_OF_JPEG


def jpeg_of_many_scans(weight: int = 10_000_000) -> bytes:
    """As many scans as 10 MB hold: hours of work."""
    content = progressive_bomb(extra=0)
    scan = _last_scan(content)
    return content[: -len(END_OF_JPEG)] + scan * (weight // len(scan)) + END_OF_JPEG


def jpeg_of_many_segments(weight: int = 10_000_000) -> bytes:
    content = photo()
    return content[:2] + b"\xff\xe5\x00\x02" * (weight // 4) + content[2:]


def jpeg_of_stuffing(weight: int = 10_000_000) -> bytes:
    """Nothing but coded 255s within its scan."""
    content = photo()
    return content[: -len(END_OF_JPEG)] + b"\xff\x00" * (weight // 2) + END_OF_JPEG


def jpeg_of_fillers(weight: int = 10_000_000) -> bytes:
    content = photo()
    return content[:2] + b"\xff" * weight + b"\x00" + content[2:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int = 300,
    height: int = 300,
    *,
    between: bytes = b"",
    colour: int = 2,
    depth: int = 8,
    interlaced: bool = False,
) -> bytes:
    """A black PNG; `between` are chunks before its picture."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    line = b"\0" * (1 + -(-width * samples * depth // 8))
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(line * 50) for _ in range(-(-height // 50) + interlaced * 50))
    data += packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + between
        + _chunk(b"IDAT", data)
        + _chunk(b"IEND", b"")
    )


def png_that_claims(width: int, height: int) -> bytes:
    return png().replace(struct.pack(">II", 300, 300), struct.pack(">II", width, height))


def png_of_many_chunks(weight: int = 10_000_000) -> bytes:
    chunk = _chunk(b"tEXt", b"a\0b")
    return png(between=chunk * (weight // len(chunk)))


def _zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(megabytes)) + packer.flush()


def png_with_compressed_text(kind: bytes = b"zTXt", times: int = 60) -> bytes:
    """150 MB of text in each of its chunks of 150 kB."""
    data = {
        b"zTXt": b"Comment\0\0",
        b"iTXt": b"Comment\0\1\0\0\0",
        b"iCCP": b"profile\0\0",
    }[kind] + _zeros(150)
    return png(between=_chunk(kind, data) * times)


def animated_png(frames: int) -> bytes:
    return png(between=_chunk(b"acTL", struct.pack(">II", frames, 0)))


def _riff(body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def webp_that_claims(width: int, height: int) -> bytes:
    extended = b"\x10\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _riff(b"VP8X" + struct.pack("<I", 10) + extended) + webp(64, 64)[12:]


@cache
def webp(width: int, height: int) -> bytes:
    return _drawn(Image.new("RGB", (width, height), (90, 20, 200)), "WEBP", lossless=True, method=0)


def heic_that_claims(width: int, height: int, *, sizes: int = 1, boxes: int = 0, depth: int = 1) -> bytes:
    """A file with the boxes of a HEIC and no picture in them."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + kind + body

    size = box(b"ispe", struct.pack(">III", 0, width, height))
    properties = box(b"ipco", size * sizes + box(b"free", b"") * boxes)
    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    if depth == 1:
        return head + box(b"meta", b"\0\0\0\0" + box(b"iprp", properties)) + box(b"mdat", b"")
    # Each box ends where the file does: the lengths fall by the bytes before.
    within = b"".join(struct.pack(">I", 8 * (depth - number)) + b"ipco" for number in range(depth))
    return head + box(b"meta", b"\0\0\0\0" + within)


def animated_webp(frames: int) -> bytes:
    images = [Image.new("RGB", (64, 64), (number % 2 * 255, number % 128, 90)) for number in range(frames)]
    return _drawn(images[0], "WEBP", save_all=True, append_images=images[1:], duration=40, method=0)


def pdf_bomb() -> bytes:
    """A document whose one page is 200 MB once unpacked."""
    stream = zlib.compress(_zeros(200), 9)
    return (
        b"%PDF-1.5\n1 0 obj\n<</Filter[/FlateDecode/FlateDecode]/Length "
        + str(len(stream)).encode()
        + b">>\nstream\n"
        + stream
        + b"\nendstream\nendobj\ntrailer<<>>\n%%EOF\n"
    )


def pdf_of_headers(weight: int = 10_000_000) -> bytes:
    return b"%PDF-" * (weight // 5) + b"%%EOF"
