"""A recording of a voice as it may be kept: MP3, or AAC in MP4, which the oldest phones play; short, and bare.

It is read in the process of the request, unlike a photo: nothing of it is decoded or unpacked, so that no file makes
more work than its bytes. `mp3` and `mp4` walk through them once and keep the sound alone; then a second reader
(mutagen), which gets nothing else to read, says what a player will make of it.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from flask_babel.speaklater import LazyString
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.sounds import mp3, mp4
from cdv_civic.core.sounds.faults import AFilm, DamagedSound, NotASound

#: Bytes of the file as it is sent. Three minutes of a voice take some 1.5 MB as phones record it.
MOST_BYTES: Final = 2 * 1024 * 1024
LONGEST_SECONDS: Final = 180
#: Below, nobody has said anything: the button was released too soon.
SHORTEST_SECONDS: Final = 0.5
#: AAC as RFC 6381 names it; what else MP4 may hold old phones do not play.
_AAC: Final = "mp4a.40."


class BadRecording(DomainError):
    """A recording that cannot be kept; the sentence says what to send instead."""


@dataclass(frozen=True)
class Recording:
    """A recording without anything but its sound."""

    kind: str  #: "mp3" or "m4a", as its file is named
    content: bytes
    seconds: float


_NOT_A_SOUND: Final = _l(
    "Tous les téléphones ne liraient pas ce fichier. Choisissez « M4A », « AAC » ou « MP3 » dans les réglages du "
    "dictaphone, puis enregistrez de nouveau."
)
_SAID: Final[dict[type[ValueError], LazyString]] = {
    NotASound: _NOT_A_SOUND,
    DamagedSound: _l(
        "Cet enregistrement est abîmé ou incomplet. Écoutez-le sur le téléphone, puis envoyez-le de nouveau."
    ),
    AFilm: _l("Ceci est un film. Enregistrez la voix seule, avec le dictaphone du téléphone."),
}


def read_recording(content: bytes, field: str) -> Recording:
    """The recording, bare; raises `BadRecording` with the form's `field`."""
    if len(content) > MOST_BYTES:
        raise BadRecording(
            _l(
                "Cet enregistrement est trop lourd. Envoyez-en un de moins de %(most)s Mo\u00a0: une question, lue "
                "sans attendre, prend moins d’une minute.",
                most=MOST_BYTES // 1_048_576,
            ),
            field=field,
        )
    try:
        recording = _stripped(content)
    except (NotASound, DamagedSound, AFilm) as fault:
        raise BadRecording(_SAID[type(fault)], field=field) from None
    if recording.seconds > LONGEST_SECONDS:
        raise BadRecording(
            _l(
                "Cet enregistrement est trop long. Lisez la question en moins de %(most)s minutes.",
                most=LONGEST_SECONDS // 60,
            ),
            field=field,
        )
    if recording.seconds < SHORTEST_SECONDS:
        raise BadRecording(
            _l("Il n’y a rien à entendre\u00a0: l’enregistrement est trop court. Recommencez."), field=field
        )
    return recording


def _stripped(content: bytes) -> Recording:
    if mp4.looks_like_mp4(content):
        track = mp4.strip(content)
        return Recording("m4a", track.content, max(track.seconds, _told(MP4, track.content)))
    if not mp3.looks_like_mp3(content):
        raise NotASound
    frames = mp3.strip(content)
    return Recording("mp3", frames.content, max(frames.seconds, _told(MP3, frames.content)))


def _told(reader: type[MP3] | type[MP4], content: bytes) -> float:
    """How many seconds a player will say that it lasts; raises `NotASound` for what it will not play."""
    info: Any
    try:
        info = reader(BytesIO(content)).info
    except Exception:
        # Whatever a file makes of the reader, it is the file that is wrong.
        raise DamagedSound from None
    if reader is MP4 and not info.codec.startswith(_AAC):
        raise NotASound
    return float(info.length)
