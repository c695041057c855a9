"""Which recordings are kept, and what is said of the others."""

import io
import zipfile

import pytest

from cdv_civic.core.sounds.reading import MOST_BYTES, BadRecording, read_recording
from tests.core.sounds import sounds


def refusal(content: bytes) -> str:
    with pytest.raises(BadRecording) as refused:
        read_recording(content, "recorded")
    assert refused.value.field == "recorded"
    return str(refused.value.sentence)


def test_a_file_of_the_largest_size_is_read() -> None:
    filling = sounds.box(b"free", bytes(MOST_BYTES - len(sounds.mp4(3)) - 8))
    largest = sounds.mp4(3) + filling
    assert len(largest) == MOST_BYTES
    assert read_recording(largest, "recorded").kind == "m4a"


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as files:
        files.writestr("voix.mp3", sounds.mp3_frames())
    return made.getvalue()


@pytest.mark.parametrize(("content", "kind"), [(sounds.mp3_frames(3), "mp3"), (sounds.mp4(3), "m4a")])
def test_a_short_voice_is_kept(content: bytes, kind: str) -> None:
    kept = read_recording(content, "recorded")
    assert (kept.kind, round(kept.seconds)) == (kind, 3)
    assert kept.content == read_recording(kept.content, "recorded").content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (archive(), "Tous les téléphones ne liraient pas ce fichier"),
        (b"OggS" + bytes(500), "Tous les téléphones ne liraient pas ce fichier"),
        (sounds.mp4(3, object_type=0x6B), "Tous les téléphones ne liraient pas ce fichier"),
        (sounds.mp4(3, esds=sounds.full(b"esds", b"\x03\x80\x80")), "abîmé ou incomplet"),
        (sounds.mp3_frames(3)[:-5], "abîmé ou incomplet"),
        (sounds.mp4(3)[:-5], "abîmé ou incomplet"),
        (sounds.mp4(3, in_moov=sounds.mp4_track([9], 48, handler=b"vide")), "Ceci est un film"),
        (sounds.mp3_frames(181), "trop long"),
        (sounds.mp4(181), "trop long"),
        (sounds.mp3_frames(0.1), "Il n’y a rien à entendre"),
        (bytes(MOST_BYTES + 1), "trop lourd"),
    ],
)
def test_any_other_file_gets_a_sentence(content: bytes, said: str) -> None:
    assert said in refusal(content)
