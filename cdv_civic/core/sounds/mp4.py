"""MP4 (ISO 14496-12): the one track of sound, and nothing else of what the file says.

What a player does not need becomes boxes `free` full of zeros, in place, so that nothing moves; so does every byte of
`mdat` that is no sound. A box that is not named here is not kept, whatever it is called. Pure: the boxes that are
looked into are fixed, so that nesting leads nowhere, and each byte is looked at a few times at most.
"""

import struct
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from cdv_civic.core.sounds.faults import AFilm, DamagedSound, NotASound

#: Boxes of one level. Those that phones write have some ten.
MOST_BOXES: Final = 1_000
#: What is looked into, by the box around it: names of the boxes in it that stay.
_KEPT: Final = {
    b"moov": {b"mvhd", b"trak"},
    b"trak": {b"tkhd", b"edts", b"mdia"},
    b"edts": {b"elst"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
    b"minf": {b"smhd", b"dinf", b"stbl"},
    b"dinf": {b"dref"},
    b"stbl": {b"stsd", b"stts", b"stsc", b"stsz", b"stco", b"co64"},
    b"mp4a": {b"esds", b"btrt"},
}
_AT_TOP: Final = {b"ftyp", b"moov", b"mdat"}
#: A sample entry before its boxes, by the version that QuickTime gives it.
_ENTRY: Final = {0: 28, 1: 44, 2: 64}
_SELF_CONTAINED: Final = 1
_FULL: Final = 4  # version and flags


@dataclass(frozen=True)
class _Box:
    name: bytes
    #: Where it begins, where what it holds begins, and where it ends.
    at: int
    inside: int
    end: int


@dataclass(frozen=True)
class Track:
    """The same file with nothing but the sound in it."""

    content: bytes
    seconds: float


def looks_like_mp4(content: bytes) -> bool:
    """Whether it begins as such a file does."""
    return content[4:8] == b"ftyp"


def strip(content: bytes) -> Track:
    """The file without all that is not sound; raises `NotASound`, `DamagedSound`, `AFilm`."""
    if not looks_like_mp4(content):
        raise NotASound
    try:
        return _Stripper(content).strip()
    except (struct.error, IndexError, ZeroDivisionError):
        raise DamagedSound from None


class _Stripper:
    def __init__(self, content: bytes) -> None:
        self._whole = len(content)
        self._made = bytearray(content)

    def strip(self) -> Track:
        kept = self._keep(0, self._whole, _AT_TOP)
        films = [box for box in kept if box.name == b"moov"]
        if len(films) != 1:
            raise DamagedSound
        tracks = self._moov(films[0])
        if len(tracks) != 1:
            raise NotASound
        table = self._table(tracks[0])
        self._only_sound([box for box in kept if box.name == b"mdat"], list(self._ranges(table)))
        seconds = self._seconds(tracks[0], table)
        return Track(bytes(self._made), seconds)

    # --- boxes ---

    def _boxes(self, at: int, end: int) -> Iterator[_Box]:
        for _number in range(MOST_BOXES):
            if at == end:
                return
            size, name = struct.unpack_from(">I4s", self._made, at)
            inside = at + 8
            if size == 1:
                (size,) = struct.unpack_from(">Q", self._made, inside)
                inside += 8
            elif size == 0 and end == self._whole:
                size = end - at
            if at + size < inside or at + size > end:
                raise DamagedSound
            yield _Box(name, at, inside, at + size)
            at += size
        raise DamagedSound

    def _keep(self, at: int, end: int, names: set[bytes]) -> list[_Box]:
        """The boxes between two places that stay; all others are made empty."""
        kept = []
        for box in self._boxes(at, end):
            if box.name in names:
                kept.append(box)
            else:
                self._empty(box)
        return kept

    def _empty(self, box: _Box) -> None:
        self._made[box.at + 4 : box.at + 8] = b"free"
        self._zero(box.inside, box.end)

    def _zero(self, at: int, end: int) -> None:
        self._made[at:end] = bytes(max(0, end - at))

    def _one(self, boxes: Sequence[_Box], *names: bytes) -> _Box:
        found = [box for box in boxes if box.name in names]
        if len(found) != 1:
            raise DamagedSound
        return found[0]

    def _number(self, at: int) -> int:
        (number,) = struct.unpack_from(">I", self._made, at)
        return int(number)

    # --- what is in them ---

    def _moov(self, box: _Box) -> list[list[_Box]]:
        """The boxes of each track of sound; a track of anything else is made empty."""
        inside = self._keep(box.inside, box.end, _KEPT[b"moov"])
        self._forget_moments(self._one(inside, b"mvhd"))
        found = []
        for track in [each for each in inside if each.name == b"trak"]:
            parts = self._keep(track.inside, track.end, _KEPT[b"trak"])
            media = self._one(parts, b"mdia")
            in_media = self._keep(media.inside, media.end, _KEPT[b"mdia"])
            handler = self._one(in_media, b"hdlr")
            kind = bytes(self._made[handler.inside + 8 : handler.inside + 12])
            if kind == b"vide":
                raise AFilm
            if kind != b"soun":
                self._empty(track)
                continue
            self._zero(handler.inside + 12, handler.end)  # who made the program, in words
            self._forget_moments(self._one(parts, b"tkhd"))
            self._forget_moments(self._one(in_media, b"mdhd"))
            for edits in [each for each in parts if each.name == b"edts"]:
                self._keep(edits.inside, edits.end, _KEPT[b"edts"])
            found.append(in_media)
        return found

    def _forget_moments(self, box: _Box) -> None:
        """When it was made and changed: numbers of 4 bytes each, or of 8."""
        wide = self._made[box.inside] == 1
        at = box.inside + _FULL
        if at + (16 if wide else 8) > box.end:
            raise DamagedSound
        self._zero(at, at + (16 if wide else 8))

    def _table(self, in_media: Sequence[_Box]) -> list[_Box]:
        """The boxes of the sample table."""
        information = self._one(in_media, b"minf")
        parts = self._keep(information.inside, information.end, _KEPT[b"minf"])
        for place in [each for each in parts if each.name == b"dinf"]:
            for references in self._keep(place.inside, place.end, _KEPT[b"dinf"]):
                for each in self._boxes(references.inside + _FULL + 4, references.end):
                    if each.end - each.inside != _FULL or not self._number(each.inside) & _SELF_CONTAINED:
                        raise DamagedSound  # the sound lies in another file
        table = self._one(parts, b"stbl")
        boxes = self._keep(table.inside, table.end, _KEPT[b"stbl"])
        self._description(self._one(boxes, b"stsd"))
        return boxes

    def _description(self, box: _Box) -> None:
        entries = list(self._boxes(box.inside + _FULL + 4, box.end))
        if [each.name for each in entries] != [b"mp4a"]:
            raise NotASound
        entry = entries[0]
        (version,) = struct.unpack_from(">H", self._made, entry.inside + 8)
        if version not in _ENTRY:
            raise NotASound
        self._keep(entry.inside + _ENTRY[version], entry.end, _KEPT[b"mp4a"])

    def _entries(self, box: _Box, each: str, *, before: int = 0) -> list[tuple[int, ...]]:
        """The rows of a table: their number stands before them."""
        count, at, size = (
            self._number(box.inside + _FULL + before),
            box.inside + 8 + before,
            struct.calcsize(each),
        )
        end = at + count * size
        if end > box.end:
            raise DamagedSound
        self._zero(end, box.end)
        return list(struct.iter_unpack(each, self._made[at:end]))

    def _sizes(self, table: Sequence[_Box]) -> list[int]:
        """Bytes of each sample."""
        box = self._one(table, b"stsz")
        same = self._number(box.inside + _FULL)
        if not same:
            return [size for (size,) in self._entries(box, ">I", before=4)]
        count = self._number(box.inside + _FULL + 4)
        if count * same > self._whole:
            raise DamagedSound
        self._zero(box.inside + _FULL + 8, box.end)
        return [same] * count

    def _ranges(self, table: Sequence[_Box]) -> Iterator[tuple[int, int]]:
        """Where each chunk of the sound begins and ends in the file."""
        places = self._one(table, b"stco", b"co64")
        offsets = [at for (at,) in self._entries(places, ">I" if places.name == b"stco" else ">Q")]
        runs = [row[:2] for row in self._entries(self._one(table, b"stsc"), ">3I")]
        ends = [0, *accumulate(self._sizes(table))]
        sample, run = 0, -1
        for number, at in enumerate(offsets, 1):
            if run + 1 < len(runs) and runs[run + 1][0] == number:
                run += 1
            if run < 0:
                raise DamagedSound
            after = sample + runs[run][1]
            if after >= len(ends):
                raise DamagedSound
            yield at, at + ends[after] - ends[sample]
            sample = after
        if sample != len(ends) - 1:
            raise DamagedSound
        if not sample:
            raise NotASound  # it comes in pieces (`moof`), which old phones do not play

    def _only_sound(self, media: Sequence[_Box], ranges: Sequence[tuple[int, int]]) -> None:
        """Make every byte of the media zero that is no sound."""
        left = deque(sorted(ranges))
        for box in media:
            at = box.inside
            while left and left[0][0] < box.end:
                start, end = left.popleft()
                if start < at or end > box.end:
                    raise DamagedSound
                self._zero(at, start)
                at = end
            self._zero(at, box.end)
        if left:
            raise DamagedSound  # the end of the file is missing

    def _seconds(self, in_media: Sequence[_Box], table: Sequence[_Box]) -> float:
        """How long it lasts, by its samples."""
        header = self._one(in_media, b"mdhd")
        in_a_second = self._number(header.inside + _FULL + (16 if self._made[header.inside] == 1 else 8))
        return (
            sum(count * each for count, each in self._entries(self._one(table, b"stts"), ">2I")) / in_a_second
        )
