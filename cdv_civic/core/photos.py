"""Photos: decoded, turned the right way, stripped of all they say beside the picture, and made small.

A photo is never kept as it was sent. What is kept are JPEG files, which the oldest phones read.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError

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
        picture = _on_white(_upright(image, largest))
    files = {largest: _jpeg(picture)}
    size = picture.size
    for width in sorted(set(widths) - {largest}, reverse=True):
        picture = _not_wider(picture, width)
        files[width] = _jpeg(picture)
    return Photo(files, *size)


#: EXIF orientation -> how the picture is turned to stand as it was seen (CIPA DC-008, tag 0x0112).
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION: Final = 0x0112
#: From here on the picture lies on its side.
_FIRST_ON_ITS_SIDE: Final = 5


def _upright(image: Image.Image, widest: int) -> Image.Image:
    """The picture as it was seen, made small first: a large one is never copied whole more than once."""
    orientation = image.getexif().get(_ORIENTATION, 1)
    if image.mode.startswith("I"):
        image = image.convert("L")
    elif image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        image = image.convert("RGBA" if "transparency" in image.info or "A" in image.mode else "RGB")
    on_its_side = orientation in _TURNS and orientation >= _FIRST_ON_ITS_SIDE
    if on_its_side and image.height > widest:
        size = (max(1, round(image.width * widest / image.height)), widest)
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    elif not on_its_side:
        image = _not_wider(image, widest)
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def _not_wider(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    size = (width, max(1, round(image.height * width / image.width)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _on_white(image: Image.Image) -> Image.Image:
    """Plain colours without transparency, in a new picture that carries nothing of the file's own data."""
    bare = Image.new("RGB", image.size, _WHITE)
    if "A" in image.mode or "transparency" in image.info:
        layer = image.convert("RGBA")
        bare.paste(layer, mask=layer.getchannel("A"))
    else:
        bare.paste(image.convert("RGB"))
    return bare


def _jpeg(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return target.getvalue()
