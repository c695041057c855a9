"""Photos: decoded, turned the right way, stripped of all they say beside the picture, and made small.

A photo is never kept as it was sent. What is kept are JPEG files, which the oldest phones read.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n import lazy_gettext as _l

#: Pixels. A phone's largest setting today is about 50 million; a picture beyond is a bomb or a poster.
MOST_PIXELS: Final = 50_000_000
#: Nothing is recognised on less.
SMALLEST_SIDE: Final = 16
FORMATS: Final = ("JPEG", "PNG", "WEBP")
QUALITY: Final = 80
_WHITE: Final = (255, 255, 255)
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis", b"avif")


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
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    )


def looks_like_heic(content: bytes) -> bool:
    """Whether it is a photo as some telephones keep them, which browsers do not show."""
    return content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS


def re_encode(content: bytes, widths: tuple[int, ...], field: str) -> Photo:
    """The photo anew in each of `widths` (pixels at most); raises `BadPhoto` with the form's `field`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _re_encode(content, widths, field)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(field) from None
    except UnidentifiedImageError:
        raise BadPhoto(
            _l("Ce fichier n’est pas une photo que le site sait lire. Choisissez une photo JPEG ou PNG."),
            field=field,
        ) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError, TypeError):
        raise BadPhoto(
            _l("Cette photo est abîmée ou incomplète. Envoyez-la de nouveau, ou choisissez-en une autre."),
            field=field,
        ) from None


def _too_many_pixels(field: str) -> BadPhoto:
    return BadPhoto(
        _l("Cette image est trop grande (plus de 50 millions de points). Choisissez une photo plus petite."),
        field=field,
    )


def _re_encode(content: bytes, widths: tuple[int, ...], field: str) -> Photo:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        # The size stands in the header: a bomb is refused before anything of it is unpacked.
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels(field)
        if min(image.size) < SMALLEST_SIDE:
            raise BadPhoto(
                _l(
                    "Cette image est trop petite pour qu’on y voie quelque chose. Choisissez une vraie photo."
                ),
                field=field,
            )
        largest = max(widths)
        # A JPEG can be read at a half, a quarter or an eighth: the work of a large photo stays small.
        image.draft("RGB", (largest * 2, largest * 2))
        image.load()
        upright = ImageOps.exif_transpose(image)
    picture = _on_white(upright)
    files, sizes = {}, {}
    for width in sorted(widths, reverse=True):
        if picture.width > width:
            height = max(1, round(picture.height * width / picture.width))
            picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        files[width], sizes[width] = _jpeg(picture), picture.size
    return Photo(files, *sizes[largest])


def _on_white(image: Image.Image) -> Image.Image:
    """Plain colours without transparency: a new picture that carries nothing of the file's own data."""
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, _WHITE)
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    plain = image.convert("L").convert("RGB") if image.mode.startswith("I;16") else image.convert("RGB")
    bare = Image.new("RGB", plain.size)
    bare.paste(plain)
    return bare


def _jpeg(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return target.getvalue()
