"""Recordings for tests, made byte by byte: MP3 and MP4 with silence in them, and with what phones write beside it."""

import struct
from collections.abc import Sequence
from typing import Any

#: MPEG 2, layer III, 8 kbit/s, 16 kHz, one channel: 36 milliseconds in 36 bytes.
_FRAME_HEADER = b"\xff\xf3\x18\xc4"
_FRAME_BYTES = 36
_FRAME_SECONDS = 576 / 16_000
#: One access unit of AAC LC, one channel, that nobody hears.
_AAC_SILENCE = b"\x01\x40\x22\x80\xa3\x7e\xf8\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x2d\x2d\x2d\x2d\x2d\x2d\x2d\x2d\x2d\x2d\x2d\x2d\x2e"
_AAC_RATE = 16_000
_AAC_SAMPLES = 1024


def mp3_frames(seconds: float = 2) -> bytes:
    """The frames alone."""
    frame = _FRAME_HEADER + bytes(_FRAME_BYTES - len(_FRAME_HEADER))
    return frame * max(1, round(seconds / _FRAME_SECONDS))


def id3v2(inside: bytes) -> bytes:
    size = bytes(len(inside) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + inside


def id3v1(words: bytes) -> bytes:
    return b"TAG" + words[:125].ljust(125, b"\x00")


def ape(inside: bytes) -> bytes:
    """With a header, as it stands before and behind."""
    size = len(inside) + 32
    head, foot = (
        struct.pack("<8s4I8x", b"APETAGEX", 2000, size, 1, flags) for flags in (0xA0000000, 0x80000000)
    )
    return head + inside + foot


def box(name: bytes, inside: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(inside), name) + inside


def full(name: bytes, inside: bytes, version: int = 0) -> bytes:
    return box(name, bytes((version, 0, 0, 0)) + inside)


def _descriptor(tag: int, inside: bytes) -> bytes:
    return bytes((tag, len(inside))) + inside


def _esds(object_type: int) -> bytes:
    specific = _descriptor(5, b"\x14\x08")  # AAC LC, 16 kHz, one channel
    config = _descriptor(4, bytes((object_type, 0x15)) + bytes(11) + specific)
    return full(b"esds", _descriptor(3, bytes(3) + config + _descriptor(6, b"\x02")))


def mp4_track(
    sizes: Sequence[int],
    offset: int,
    *,
    handler: bytes = b"soun",
    codec: bytes = b"mp4a",
    object_type: int = 0x40,
    esds: bytes | None = None,
    made_at: int = 3_800_000_000,
    beside: Sequence[bytes] = (b"",) * 5,
    wide: bool = False,
    same_size: bool = False,
    slack: bytes = b"",
    chunks: Sequence[int] | None = None,
) -> bytes:
    """A track. `beside`: what stands beside the boxes of `trak`, `mdia`, `minf`, `stbl` and the codec; `wide`: moments
    and places of 8 bytes; `same_size`: said once for all samples; `slack`: behind the rows of tables; `chunks`: where
    each begins, of as many samples each.
    """
    moments = struct.pack(">2Q" if wide else ">2I", made_at, made_at)
    lasts = len(sizes) * _AAC_SAMPLES
    described = _esds(object_type) if esds is None else esds
    sound = struct.pack(">4HI", 1, 16, 0, 0, _AAC_RATE << 16)
    entry = box(codec, bytes(6) + b"\x00\x01" + bytes(8) + sound + described + beside[4])
    each = struct.pack(">2I", sizes[0], len(sizes)) if same_size else struct.pack(f">2I{len(sizes)}I", 0, len(sizes), *sizes)  # fmt: skip
    places = [offset] if chunks is None else chunks
    table = (
        full(b"stsd", struct.pack(">I", 1) + entry)
        + full(b"stts", struct.pack(">3I", 1, len(sizes), _AAC_SAMPLES) + slack)
        + full(b"stsc", struct.pack(">4I", 1, 1, len(sizes) // len(places), 1) + slack)
        + full(b"stsz", each + slack)
        + full(
            b"co64" if wide else b"stco",
            struct.pack(f">I{len(places)}{'Q' if wide else 'I'}", len(places), *places) + slack,
        )
        + beside[3]
    )
    references = full(b"dref", struct.pack(">I", 1) + box(b"url ", b"\x00\x00\x00\x01"))
    information = full(b"smhd", bytes(4)) + box(b"dinf", references) + box(b"stbl", table) + beside[2]
    length = struct.pack(">IQ2H" if wide else ">2I2H", _AAC_RATE, lasts, 0x55C4, 0)
    media = (
        full(b"mdhd", moments + length, version=int(wide))
        + full(b"hdlr", bytes(4) + handler + bytes(12) + b"Core Media Audio\x00")
        + box(b"minf", information)
        + beside[1]
    )
    head = full(b"tkhd", moments + struct.pack(">3I", 1, 0, lasts) + bytes(64), version=int(wide))
    return box(b"trak", head + box(b"mdia", media) + beside[0])


def mp4(
    seconds: float = 2,
    *,
    sound: bytes | None = None,
    in_moov: bytes = b"",
    at_top: bytes = b"",
    behind: bytes = b"",
    made_at: int = 3_800_000_000,
    media_last: bool = False,
    **track: Any,
) -> bytes:
    """A file as the iPhone's dictaphone writes it: `ftyp`, `mdat`, `moov`; with what is put beside its boxes.

    `media_last`: `mdat` stands behind and goes on to the end of the file.
    """
    count = max(1, round(seconds * _AAC_RATE / _AAC_SAMPLES))
    samples = sound if sound is not None else _AAC_SILENCE * count
    sizes = [len(samples)] if sound is not None else [len(_AAC_SILENCE)] * count
    head = box(b"ftyp", b"M4A \x00\x00\x00\x00M4A mp42isom") + at_top
    moments = struct.pack(">2I", made_at, made_at)
    film = full(b"mvhd", moments + struct.pack(">2I", _AAC_RATE, len(sizes) * _AAC_SAMPLES) + bytes(80))

    def moov(offset: int) -> bytes:
        return box(b"moov", film + mp4_track(sizes, offset, made_at=made_at, **track) + in_moov)

    if media_last:
        offset = len(head) + len(moov(0)) + 8
        return head + moov(offset) + struct.pack(">I4s", 0, b"mdat") + samples + behind
    return head + box(b"mdat", samples + behind) + moov(len(head) + 8)
