"""What a photo's bytes say of it before anything is unpacked: how large, of how many parts, whether to its end.

Pure, and linear in the bytes whatever they hold: a bomb is told from a photo by its labels.
"""

import re
import struct
from dataclasses import dataclass
from typing import Final

#: Scans of a JPEG, frames of an animation. A progressive photo has about ten; each costs a pass over all pixels.
MOST_PASSES: Final = 100
#: Segments of a JPEG, chunks of a PNG or a WebP: photos of phones have some dozens, long PNG files thousands.
MOST_PARTS: Final = 20_000
#: Bytes between the segments of a JPEG, in all: decoders step over them one by one.
MOST_FILLING: Final = 100_000
_BYTES_PER_COEFFICIENT: Final = 2


class Damaged(ValueError):
    """There is no picture in it, or not all of it."""


class TooIntricate(ValueError):
    """It is made of more parts than any photo."""


@dataclass(frozen=True)
class Structure:
    """What the labels say."""

    width: int
    height: int
    #: Bytes of memory that unpacking takes at the very least.
    memory: int
    #: Where the picture ends in the file: cameras put films, depths and other pictures behind.
    end: int
    #: False where a JPEG lacks its end marker, as panoramas of some phones do: the pixels may be there or not.
    ended: bool = True


def read_structure(content: bytes) -> Structure:
    """The structure of a JPEG, PNG, WebP, HEIC or AVIF file; raises `Damaged`, `TooIntricate`."""
    try:
        if content.startswith(b"\xff\xd8"):
            return _JpegReader(content).read()
        if content.startswith(b"\x89PNG"):
            return _png(content)
        if content[4:8] == b"ftyp":
            return _iso(content)
        return _webp(content)
    except (struct.error, IndexError):
        raise Damaged from None


# --- JPEG (ITU-T T.81, annex B) -------------------------------------------------------------------

#: The next marker: neither a coded 255 (followed by 0), nor a filler, nor a restart within a scan.
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE: Final = (0xC2, 0xC6, 0xCA, 0xCE)
_START_OF_IMAGE, _END, _SCAN, _TEMPORARY = 0xD8, 0xD9, 0xDA, 0x01
_COEFFICIENTS: Final = 64


@dataclass
class _Frame:
    """The picture that a JPEG announces."""

    width: int
    height: int
    progressive: bool
    #: Component -> how finely it is sampled, across and down.
    sampling: dict[int, tuple[int, int]]
    #: Component -> per coefficient: how many low bits are still to come; None before its first scan.
    missing: dict[int, list[int | None]]

    @classmethod
    def read(cls, marker: int, body: bytes) -> "_Frame":
        height, width, count = struct.unpack_from(">HHB", body, 1)
        sampling = {}
        for number in range(count):
            component, factors = body[6 + 3 * number], body[7 + 3 * number]
            sampling[component] = (factors >> 4, factors & 15)
        if not sampling or not all(across and down for across, down in sampling.values()):
            raise Damaged
        missing: dict[int, list[int | None]] = {each: [None] * _COEFFICIENTS for each in sampling}
        return cls(width, height, marker in _PROGRESSIVE, sampling, missing)

    def note_scan(self, body: bytes) -> None:
        """What a scan brings, as its header says."""
        count = body[0]
        first, last, bits = struct.unpack_from(">BBB", body, 1 + 2 * count)
        for number in range(count):
            known = self.missing.get(body[1 + 2 * number])
            if known is not None and first <= last < _COEFFICIENTS:
                known[first : last + 1] = [bits & 15] * (last + 1 - first)

    @property
    def complete(self) -> bool:
        """Whether scans for all of it were begun."""
        return all(bits == 0 for known in self.missing.values() for bits in known)

    def coefficients(self) -> int:
        """Bytes of all coefficients, which stay in memory from the first scan to the last."""
        most_across = max(across for across, _down in self.sampling.values())
        most_down = max(down for _across, down in self.sampling.values())
        blocks = sum(
            -(-self.width * across // (8 * most_across)) * -(-self.height * down // (8 * most_down))
            for across, down in self.sampling.values()
        )
        return blocks * _COEFFICIENTS * _BYTES_PER_COEFFICIENT


class _JpegReader:
    """Steps over the segments of a JPEG, up to the end of its first picture."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 2
        self._frame: _Frame | None = None
        self._scans = 0
        #: Bytes between segments so far.
        self._filling = 0
        #: Where the picture ends, as far as is known; 0 before the first scan, and while one is stepped over.
        self._end = 0
        #: Whether the end marker was there.
        self._ended = False

    def read(self) -> Structure:
        for _part in range(MOST_PARTS):
            marker = self._next_marker()
            if marker is None or not self._take(marker):
                return self._structure()
        raise TooIntricate

    def _next_marker(self) -> int | None:
        """Step behind the next marker; None where there is none."""
        found = _MARKER.search(self._content, self._position)
        if self._scans and not self._end:
            self._end = found.start() if found else len(self._content)
        elif found:
            self._filling += found.start() - self._position
        if found is None:
            return None
        if self._filling > MOST_FILLING and not self._scans:
            raise TooIntricate
        self._position = found.end()
        return self._content[found.end() - 1]

    def _take(self, marker: int) -> bool:
        """Read the segment behind a marker; False where the picture ends with it, or before."""
        if marker == _END:
            self._end, self._ended = self._position, True
            return False
        if self._scans and (marker == _START_OF_IMAGE or marker in _FRAMES):
            return False  # another picture begins, and this one lacks its end
        if marker in (_START_OF_IMAGE, _TEMPORARY):
            return True
        body = self._body()
        if body is None:
            return False
        if marker in _FRAMES:
            if self._frame is not None:
                raise Damaged
            self._frame = _Frame.read(marker, body)
        elif marker == _SCAN and self._frame is not None:
            self._begin_scan(self._frame, body)
        return True

    def _body(self) -> bytes | None:
        """Step behind a segment and give what it holds; None where the file ends within."""
        start = self._position
        length = int.from_bytes(self._content[start : start + 2], "big")
        self._position += length
        if length < 2 or self._position > len(self._content):
            return None
        return self._content[start + 2 : start + length]

    def _begin_scan(self, frame: _Frame, body: bytes) -> None:
        self._scans, self._end = self._scans + 1, 0
        frame.note_scan(body)
        if self._scans > MOST_PASSES:
            raise TooIntricate

    def _structure(self) -> Structure:
        frame = self._frame
        if frame is None or not self._scans or not (self._ended or frame.complete):
            raise Damaged
        # A decoder that reads the labels otherwise than we do finds no more scans than these either.
        if self._content.count(b"\xff\xda", 0, self._end) > MOST_PASSES:
            raise TooIntricate
        memory = frame.coefficients() if frame.progressive or self._scans > 1 else 0
        return Structure(frame.width, frame.height, memory, self._end, self._ended)


# --- PNG (W3C PNG 3) ------------------------------------------------------------------------------

#: Colour type -> bytes of a pixel in memory.
_PNG_PIXEL: Final = {0: 1, 2: 4, 3: 1, 4: 4, 6: 4}


def _png(content: bytes) -> Structure:
    if content[12:16] != b"IHDR":
        raise Damaged
    width, height, depth, colour = struct.unpack_from(">IIBB", content, 16)
    if colour not in _PNG_PIXEL:
        raise Damaged
    pixel = 2 if (depth, colour) == (16, 0) else _PNG_PIXEL[colour]
    position, parts = 8, 0
    while position + 12 <= len(content):
        (length,), kind = struct.unpack_from(">I", content, position), content[position + 4 : position + 8]
        parts += 1
        if parts > MOST_PARTS:
            raise TooIntricate
        if kind == b"acTL" and int.from_bytes(content[position + 8 : position + 12], "big") > MOST_PASSES:
            raise TooIntricate
        position += 12 + length
        if kind == b"IEND":
            break
    return Structure(width, height, width * height * pixel, min(position, len(content)))


# --- WebP (RFC 9649) ------------------------------------------------------------------------------

#: Two canvases, the copy handed over and the picture made of it, of four bytes a pixel each.
_WEBP_PIXEL: Final = 16


def _webp(content: bytes) -> Structure:
    sizes: list[tuple[int, int]] = []
    position, frames = 12, 0
    for _part in range(MOST_PARTS):
        if position + 8 > len(content):
            break
        kind, (length,) = content[position : position + 4], struct.unpack_from("<I", content, position + 4)
        body = content[position + 8 : position + 8 + min(length, 16)]
        if kind == b"VP8X":
            sizes.append((1 + _little(body[4:7]), 1 + _little(body[7:10])))
        elif kind == b"VP8 ":
            sizes.append((_little(body[6:8]) & 0x3FFF, _little(body[8:10]) & 0x3FFF))
        elif kind == b"VP8L":
            bits = _little(body[1:5])
            sizes.append((1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)))
        elif kind == b"ANMF":
            frames += 1
            if frames > MOST_PASSES:
                raise TooIntricate
        position += 8 + length + length % 2
    else:
        raise TooIntricate
    if not sizes:
        raise Damaged
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Structure(width, height, width * height * _WEBP_PIXEL, min(position, len(content)))


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


# --- HEIC and AVIF (ISO/IEC 14496-12, 23008-12) -----------------------------------------------------

#: The picture in planes and in colours, and the copy that is handed over.
_ISO_PIXEL: Final = 5
#: Boxes that hold boxes, on the way to the sizes; `meta` has four bytes of its own before them.
_ON_THE_WAY: Final = {b"meta": 4, b"iprp": 0, b"ipco": 0}
#: Pictures that a file may be put together of: telephones cut theirs into some fifty tiles.
_MOST_ITEMS: Final = 2_000


def _iso(content: bytes) -> Structure:
    """The largest picture that the file announces: the whole is one of them, beside its tiles and its preview."""
    sizes: list[tuple[int, int]] = []
    waiting = [(0, len(content))]
    parts = 0
    while waiting:
        position, end = waiting.pop()
        while position + 8 <= end:
            parts += 1
            if parts > MOST_PARTS or len(sizes) > _MOST_ITEMS:
                raise TooIntricate
            length, kind = (
                int.from_bytes(content[position : position + 4], "big"),
                content[position + 4 : position + 8],
            )
            head = 8
            if length == 1:
                length, head = int.from_bytes(content[position + 8 : position + 16], "big"), 16
            elif length == 0:  # up to the end
                length = end - position
            if length < head or position + length > end:
                raise Damaged
            body = position + head
            if kind in _ON_THE_WAY:
                waiting.append((body + _ON_THE_WAY[kind], position + length))
            elif kind == b"ispe":
                sizes.append(struct.unpack_from(">II", content, body + 4))
            position += length
    if not sizes:
        raise Damaged
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Structure(width, height, width * height * _ISO_PIXEL, len(content))
