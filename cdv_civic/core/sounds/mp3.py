"""MP3 (ISO 11172-3 and 13818-3, layer III): its frames one after the other, without the tags around them.

Pure, and linear in the bytes whatever they hold: a frame or a tag says where it ends, and what is neither is refused.
"""

import re
import struct
from dataclasses import dataclass
from typing import Final

from cdv_civic.core.sounds.faults import DamagedSound, NotASound

#: kbit/s by the number in a header, of MPEG 1 and of MPEG 2 and 2.5; 0 and 15 are none that is read here.
_BITRATES_1: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_2: Final = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
#: Samples in a second of MPEG 1; half of it for MPEG 2, a quarter for MPEG 2.5.
_RATES: Final = (44_100, 48_000, 32_000)
#: The version by its two bits -> how much slower it samples.
_SLOWER: Final = {3: 1, 2: 2, 0: 4}
_LAYER_III: Final = 1
_HEADER: Final = 4
_ID3_HEADER: Final = 10
_ID3_FOOTER: Final = 0x10
_APE_HEADER: Final = 32
_APE_HAS_HEADER: Final = 1 << 31
_APE_IS_HEADER: Final = 1 << 29
_ID3V1: Final = 128
_LYRICS: Final = re.compile(rb"LYRICSBEGIN.*?(?:LYRICS200|LYRICSEND)", re.DOTALL)
_PADDING: Final = re.compile(rb"\x00+")


@dataclass(frozen=True)
class Frames:
    """The sound alone."""

    content: bytes
    seconds: float


@dataclass(frozen=True)
class _Frame:
    size: int
    samples: int
    #: In a second.
    rate: int


def looks_like_mp3(content: bytes) -> bool:
    """Whether the first bytes are those of a frame or of the tag that stands before the first."""
    return content.startswith(b"ID3") or _frame_at(content, 0) is not None


def strip(content: bytes) -> Frames:
    """All frames, and nothing of what stands before, between and behind them; raises `NotASound`, `DamagedSound`."""
    kept: list[bytes] = []
    seconds, at, rate = 0.0, 0, 0
    while at < len(content):
        frame = _frame_at(content, at)
        if frame is None:
            at = _after_tag(content, at, begun=bool(kept))
            continue
        if at + frame.size > len(content) or (rate and frame.rate != rate):
            raise DamagedSound
        kept.append(content[at : at + frame.size])
        seconds += frame.samples / frame.rate
        at, rate = at + frame.size, frame.rate
    if not kept:
        raise NotASound
    return Frames(b"".join(kept), seconds)


def _frame_at(content: bytes, at: int) -> _Frame | None:
    """What the header of a frame says; None: there is none."""
    if len(content) < at + _HEADER:
        return None
    (header,) = struct.unpack_from(">I", content, at)
    version, layer = header >> 19 & 3, header >> 17 & 3
    bitrate, rate, padding = header >> 12 & 15, header >> 10 & 3, header >> 9 & 1
    if header >> 21 != 0x7FF or layer != _LAYER_III or version not in _SLOWER:
        return None
    if not 0 < bitrate <= len(_BITRATES_1) or rate >= len(_RATES):
        return None
    first = version == 3
    kilobits = (_BITRATES_1 if first else _BITRATES_2)[bitrate - 1]
    samples, a_second = 1152 if first else 576, _RATES[rate] // _SLOWER[version]
    return _Frame(samples // 8 * kilobits * 1000 // a_second + padding, samples, a_second)


def _after_tag(content: bytes, at: int, *, begun: bool) -> int:
    """Where the tag ends that begins here; raises `NotASound` where none does, `DamagedSound` once there was sound."""
    size = _tag_size(content, at)
    if size is None:
        raise DamagedSound if begun else NotASound
    if at + size > len(content):
        raise DamagedSound
    return at + size


def _tag_size(content: bytes, at: int) -> int | None:
    """Bytes of an ID3v2, APEv2, ID3v1 or Lyrics3 tag, or of padding; None: it is something else."""
    if content.startswith(b"ID3", at) and len(content) >= at + _ID3_HEADER:
        size = 0
        for each in content[at + 6 : at + _ID3_HEADER]:
            size = size << 7 | each & 0x7F
        return _ID3_HEADER + size + (_ID3_HEADER if content[at + 5] & _ID3_FOOTER else 0)
    if content.startswith(b"APETAGEX", at) and len(content) >= at + _APE_HEADER:
        # Its size counts the items and the footer; what begins with a footer holds nothing more.
        size, _count, flags = struct.unpack_from("<3I", content, at + 12)
        return _APE_HEADER + size if flags & _APE_HAS_HEADER and flags & _APE_IS_HEADER else _APE_HEADER
    if content.startswith(b"TAG", at) and len(content) == at + _ID3V1:
        return _ID3V1
    for tag in (_LYRICS, _PADDING):
        found = tag.match(content, at)
        if found is not None:
            return found.end() - at
    return None
