"""MP4: one track of sound stays, in its place, and no other byte of what the file said."""

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.sounds import mp4
from cdv_civic.core.sounds.faults import AFilm, DamagedSound, NotASound
from tests.core.sounds import sounds
from tests.core.sounds.sounds import box, full, mp4_track

PLANTED = b"Chez moi, +48.7+2.4/"
KEPT: set[bytes] = {name for names in (*mp4._KEPT.values(), mp4._AT_TOP) for name in names}  # noqa: SLF001
SOUND = bytes(range(1, 251)) * 4
WORDS = st.binary(max_size=40).map(lambda beside: beside + PLANTED + beside)
#: What programs put beside the sound; whatever it is called, it goes.
BOXES = st.lists(
    st.builds(
        box,
        st.sampled_from([b"udta", b"meta", b"uuid", b"loci", b"\xa9xyz", b"free", b"skip", b"ilst", b"Xtra", b"moof"])
        | st.binary(min_size=4, max_size=4).filter(lambda name: name not in KEPT),
        WORDS | WORDS.map(lambda said: box(b"\xa9nam", said)),
    ),
    max_size=3,
).map(b"".join)  # fmt: skip
HEAD = box(b"ftyp", b"M4A \x00\x00\x00\x00")
#: Seconds since 1904, of the 15th of November 2026 or so.
MADE_AT = 0xE6A1B2C3


@given(BOXES, BOXES, st.tuples(*[BOXES] * 5), st.binary(max_size=30))
def test_no_byte_of_what_was_planted_stays_and_the_sound_is_what_it_was(
    at_top: bytes, in_moov: bytes, beside: tuple[bytes, ...], behind: bytes
) -> None:
    sent = sounds.mp4(
        sound=SOUND, at_top=at_top, in_moov=in_moov, beside=beside, behind=PLANTED + behind, made_at=MADE_AT
    )
    kept = mp4.strip(sent)
    assert len(kept.content) == len(sent), "nothing moves"
    assert kept.content.index(SOUND) == sent.index(SOUND)
    for said in (
        PLANTED,
        b"Core Media Audio",
        struct.pack(">I", MADE_AT),
        b"udta",
        b"meta",
        b"loci",
        b"\xa9xyz",
    ):
        assert said not in kept.content
    assert mp4.strip(kept.content) == kept


@pytest.mark.parametrize(
    "written",
    [
        {"wide": True},
        {"same_size": True},
        {"media_last": True},
        {"slack": PLANTED},
        {"slack": PLANTED, "same_size": True},
        {"chunks": [36, 36 + 250], "sizes": [250, 750]},
    ],
    ids=str,
)
def test_other_ways_to_write_the_same_are_read(written: dict[str, Any]) -> None:
    sizes = written.pop("sizes", None)
    sent = sounds.mp4(sound=SOUND, made_at=MADE_AT, behind=PLANTED, **written)
    if sizes is not None:
        sent = sent.partition(b"moov")[0][:-4] + box(
            b"moov", full(b"mvhd", bytes(96)) + mp4_track(sizes, 0, **written)
        )
    kept = mp4.strip(sent)
    assert len(kept.content) == len(sent)
    assert kept.content.index(SOUND) == sent.index(SOUND)
    assert kept.seconds == 1024 * len(sizes or [1]) / 16_000
    for said in (PLANTED, struct.pack(">I", MADE_AT)):
        assert said not in kept.content


@pytest.mark.parametrize(
    ("sizes", "chunks"),
    [
        ([1000], [30]),  # before the media
        ([1000], [37]),  # beyond their end
        ([500, 500], [36, 400]),  # one in another
        ([2, 500], [36, 1400]),  # nowhere
        ([500, 500, 1], [36, 536]),  # samples that no chunk holds
    ],
)
def test_sound_that_is_not_where_the_file_says_is_refused(sizes: list[int], chunks: list[int]) -> None:
    sent = HEAD + box(b"free") + box(b"mdat", SOUND)
    at = sent.index(SOUND)
    track = mp4_track(sizes, 0, chunks=[at + each - 36 for each in chunks])
    with pytest.raises(DamagedSound):
        mp4.strip(sent + box(b"moov", full(b"mvhd", bytes(96)) + track))


def test_a_size_said_once_for_too_many_samples_is_refused() -> None:
    sent = sounds.mp4(sound=SOUND, same_size=True)
    said = struct.pack(">2I", len(SOUND), 1)
    assert said in sent
    with pytest.raises(DamagedSound):
        mp4.strip(sent.replace(said, struct.pack(">2I", len(SOUND), 2**31)))


def test_moments_of_eight_bytes_go_too() -> None:
    long_header = full(b"mvhd", struct.pack(">2QIQ", MADE_AT, MADE_AT, 16_000, 1) + bytes(80), version=1)
    sent = sounds.mp4(sound=SOUND, made_at=1).replace(b"mvhd", b"mvhx")
    head, _colon, rest = sent.partition(box(b"moov")[4:])
    moov_at = len(head) - 4
    sent = sent[:moov_at] + box(b"moov", long_header + rest)
    assert struct.pack(">Q", MADE_AT) in sent
    assert struct.pack(">Q", MADE_AT) not in mp4.strip(sent).content


@given(st.integers(0, 2**64 - 1), st.integers(0, 700), st.integers(0, 3))
def test_a_number_that_lies_is_refused_or_harmless(number: int, at: int, size: int) -> None:
    """Any number anywhere in the headers: nothing but a fault, or a file of the same length."""
    sent = bytearray(sounds.mp4(sound=SOUND))
    at = sent.index(b"moov") - 4 + at
    sent[at : at + 2**size] = number.to_bytes(8, "big")[-(2**size) :]
    try:
        kept = mp4.strip(bytes(sent))
    except (DamagedSound, NotASound, AFilm):
        return
    assert len(kept.content) == len(sent)


@given(st.integers(9, 1300))
def test_a_file_that_ends_too_early_is_refused(at: int) -> None:
    sent = sounds.mp4(sound=SOUND)
    with pytest.raises((DamagedSound, NotASound)):
        mp4.strip(sent[: min(at, len(sent) - 1)])


def nested(depth: int) -> bytes:
    """Boxes in boxes, 8 bytes each."""
    return b"".join(struct.pack(">I4s", (depth - number) * 8, b"moov") for number in range(depth))


FILM = mp4_track([len(SOUND)], 0, handler=b"vide")


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        (HEAD + nested(10_000), DamagedSound),
        (sounds.mp4(sound=SOUND, at_top=box(b"free") * 1_200), DamagedSound),
        (sounds.mp4(sound=SOUND) + box(b"moov", full(b"mvhd", bytes(96))), DamagedSound),
        (
            sounds.mp4(sound=SOUND).replace(
                b"\x00\x01" + bytes(8) + b"\x00\x01\x00\x10",
                b"\x00\x01\x00\x07" + bytes(6) + b"\x00\x01\x00\x10",
            ),
            NotASound,
        ),
        (HEAD + struct.pack(">I4sQ", 1, b"mdat", 2**63), DamagedSound),
        (HEAD + struct.pack(">I4s", 7, b"mdat"), DamagedSound),
        (HEAD, DamagedSound),
        (sounds.mp4(sound=SOUND, in_moov=FILM), AFilm),
        (sounds.mp4(sound=SOUND, in_moov=mp4_track([9], 48)), NotASound),
        (sounds.mp4(sound=SOUND, codec=b"alac"), NotASound),
        (HEAD + box(b"moov", full(b"mvhd", bytes(96)) + mp4_track([], 0)), NotASound),  # in pieces
        (b"PK\x03\x04" + bytes(100), NotASound),
    ],
)
def test_hostile_files_are_refused(sent: bytes, fault: type[ValueError]) -> None:
    with pytest.raises(fault):
        mp4.strip(sent)


def test_a_track_of_places_goes_with_what_it_says() -> None:
    sent = sounds.mp4(
        sound=SOUND, behind=PLANTED, in_moov=mp4_track([len(PLANTED)], 48 + len(SOUND), handler=b"meta")
    )
    kept = mp4.strip(sent)
    assert PLANTED in sent
    for said in (PLANTED, b"Core Media Audio", b"tkhd" + bytes(4) + struct.pack(">I", 3_800_000_000)):
        assert said not in kept.content
    assert kept.content.count(b"hdlr") == 1
    assert SOUND in kept.content
