"""MP3: the frames alone stay, whatever tags stand before, between and behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.sounds import mp3
from cdv_civic.core.sounds.faults import DamagedSound, NotASound
from tests.core.sounds.sounds import ape, id3v1, id3v2, mp3_frames

PLANTED = b"Chez moi, +48.7+2.4/"
FRAMES = mp3_frames(2)
WORDS = st.binary(max_size=60).map(lambda beside: beside + PLANTED + beside)
#: Tags that may stand anywhere; an ID3v1 tag ends a file.
TAGS = st.lists(st.one_of(WORDS.map(id3v2), WORDS.map(ape), st.just(bytes(50)), WORDS.map(lambda said: b"LYRICSBEGIN" + said + b"000123LYRICS200")), max_size=4).map(b"".join)  # fmt: skip


@given(TAGS, TAGS, TAGS, st.booleans())
def test_no_byte_of_a_tag_stays_and_the_sound_is_what_it_was(
    before: bytes, between: bytes, behind: bytes, old_tag: bool
) -> None:
    half = len(FRAMES) // 72 * 36
    sent = before + FRAMES[:half] + between + FRAMES[half:] + behind
    kept = mp3.strip(sent + (id3v1(PLANTED) if old_tag else b""))
    assert kept.content == FRAMES
    assert kept.seconds == pytest.approx(2.016)


@given(st.binary(min_size=1, max_size=200))
def test_what_is_neither_sound_nor_tag_is_refused(junk: bytes) -> None:
    junk = junk.strip(b"\x00") or b"?"
    if mp3.looks_like_mp3(junk):
        return
    with pytest.raises(NotASound):
        mp3.strip(junk)
    with pytest.raises(DamagedSound):
        mp3.strip(FRAMES + junk[:20])


@pytest.mark.parametrize(
    "sent",
    [
        FRAMES[:-1],
        id3v2(PLANTED)[:-1],
        FRAMES + b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f" + FRAMES,
        FRAMES + ape(PLANTED)[:-8],
        FRAMES + b"LYRICSBEGIN" + PLANTED,
        FRAMES + b"TAG" + PLANTED,
        FRAMES + id3v1(PLANTED) + FRAMES,
        FRAMES + PLANTED[:1] * 128,
    ],
)
def test_what_ends_too_early_is_damaged(sent: bytes) -> None:
    with pytest.raises(DamagedSound):
        mp3.strip(sent)


def test_another_rate_in_the_middle_is_no_recording() -> None:
    faster = bytes.fromhex("fff310c4") + bytes(22)
    with pytest.raises(DamagedSound):
        mp3.strip(FRAMES + faster * 4)


def test_a_long_tag_and_one_with_a_footer_are_stepped_over() -> None:
    long_tag = id3v2(PLANTED * 900)
    footed = bytearray(id3v2(PLANTED))
    footed[5] |= 0x10
    assert mp3.strip(long_tag + bytes(footed) + b"3DI" + footed[3:10] + FRAMES).content == FRAMES


@pytest.mark.parametrize("header", ["fff118c4", "fff308c4", "fff3f8c4", "fff31cc4", "ffeb18c4", "fefb18c4"])
def test_headers_of_no_frame_are_none(header: str) -> None:
    assert not mp3.looks_like_mp3(bytes.fromhex(header) + bytes(100))
