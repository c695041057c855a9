"""Photos: decoded, turned the right way, stripped of all they say beside the picture, and made small.

A photo is never kept as it was sent. What is kept are JPEG files, which the oldest phones read. What is sent is
looked over here (`structure`) and unpacked elsewhere, within limits (`process`).
"""

from dataclasses import dataclass
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.photos import process
from cdv_civic.core.photos.decoder import Refusal
from cdv_civic.core.photos.structure import Damaged, TooIntricate, read_structure

#: Pixels. A phone's largest setting today is 108 million; a picture beyond is a bomb or a poster.
MOST_PIXELS: Final = 120_000_000
#: Nothing is recognised on less.
SMALLEST_SIDE: Final = 16
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")
_AVIF_BRANDS: Final = (b"avif", b"avis")


class BadPhoto(DomainError):
    """A photo that cannot be kept."""


@dataclass(frozen=True)
class Photo:
    """A photo in its sizes: JPEG files by the most pixels their width may have."""

    files: dict[int, bytes]
    #: Pixels of the largest.
    width: int
    height: int


def looks_like_photo(content: bytes) -> bool:
    """Whether the first bytes are those of a format that is read here."""
    return (
        content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")
        or (content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS + _AVIF_BRANDS)
    )


_TOO_MANY_PIXELS: Final = _l(
    "Cette image est trop grande (plus de 120 millions de points). Choisissez une photo plus petite."
)
_TOO_MUCH_WORK: Final = _l(
    "Cette photo est trop grande ou trop compliquée pour le site. "
    "Choisissez-en une plus petite, ou envoyez une capture d’écran."
)
_DAMAGED: Final = _l(
    "Cette photo est abîmée ou incomplète. Envoyez-la de nouveau, ou choisissez-en une autre."
)
_REFUSED: Final[dict[str, LazyString]] = {
    Refusal.UNKNOWN: _l(
        "Ce fichier n’est pas une photo que le site sait lire. Choisissez une photo JPEG ou PNG."
    ),
    Refusal.DAMAGED: _DAMAGED,
    Refusal.TOO_MANY_PIXELS: _TOO_MANY_PIXELS,
}


def re_encode(content: bytes, widths: tuple[int, ...], field: str) -> Photo:
    """The photo anew in each of `widths` (pixels at most); raises `BadPhoto` with the form's `field`.

    Takes a process of its own for some tenths of a second, and at most `process.SECONDS`. Where too many photos
    are read at this moment it is refused as the others are: with the form, and all that was typed.
    """
    try:
        structure = read_structure(content)
        # The size stands in the header: a bomb is refused before anything of it is unpacked.
        if structure.width * structure.height > MOST_PIXELS:
            raise BadPhoto(_TOO_MANY_PIXELS, field=field)
        if min(structure.width, structure.height) < SMALLEST_SIDE:
            raise BadPhoto(
                _l(
                    "Cette image est trop petite pour qu’on y voie quelque chose. Choisissez une vraie photo."
                ),
                field=field,
            )
        if structure.memory > process.MEMORY:
            raise process.TooMuchWork
        made = process.decode(
            content[: structure.end],
            widths,
            pixels=MOST_PIXELS,
            ended=structure.ended,
            heic=content[8:12] in _HEIC_BRANDS,
        )
    except (TooIntricate, process.TooMuchWork):
        raise BadPhoto(_TOO_MUCH_WORK, field=field) from None
    except Damaged:
        raise BadPhoto(_DAMAGED, field=field) from None
    except process.Unreadable as unreadable:
        raise BadPhoto(_REFUSED[unreadable.reason], field=field) from None
    except process.NoDecoder:
        raise BadPhoto(
            _l(
                "Le site reçoit beaucoup de photos à cet instant. Ce que vous avez écrit est gardé. "
                "Choisissez de nouveau la photo, puis réessayez dans un instant."
            ),
            field=field,
        ) from None
    return Photo(dict(zip(widths, made.files, strict=True)), made.width, made.height)
