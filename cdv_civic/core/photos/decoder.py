"""Read one photo in a process of its own: `python -I decoder.py ORDER`, the file on standard input.

What strangers send is unpacked here, where little can go wrong: this process knows no secret and no database, its
memory, its time and what it writes are bounded, and it dies with the one that started it. It is a script that
imports nothing but Pillow (for HEIC pi_heif too), so that it starts within a tenth of a second.

ORDER is JSON: `widths` and `pixels` (most pixels of a width, of the photo), `memory`, `written` (bytes), `cpu` and
`seconds` (processor and clock), `parent` (process id), `heic`, and `ended`: false where the file lacks its end marker.
The answer is a line of JSON, then the JPEG files one after the other; or a line with `refused`, a `Refusal`.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import warnings
from io import BytesIO
from typing import Any, Final

from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

FORMATS: Final = (
    *(
        each.format
        for each in (
            JpegImagePlugin.JpegImageFile,
            PngImagePlugin.PngImageFile,
            WebPImagePlugin.WebPImageFile,
            AvifImagePlugin.AvifImageFile,
        )
    ),
    "HEIF",
)
QUALITY: Final = 80
_WHITE: Final = (255, 255, 255)
#: <linux/prctl.h>: the signal that a process gets when its parent ends.
_PARENT_DEATH_SIGNAL: Final = 1


class Refusal:
    """Why a photo is not taken: what `refused` says."""

    UNKNOWN: Final = "unknown"
    DAMAGED: Final = "damaged"
    TOO_MANY_PIXELS: Final = "pixels"
    TOO_MUCH_MEMORY: Final = "memory"


def _bound(order: dict[str, Any]) -> None:
    """Set the limits, beyond what Python and Pillow take themselves."""
    signal.alarm(order["seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (order["cpu"], order["cpu"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (order["written"], order["written"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)  # pages go first
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as counts:
            taken = int(counts.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + order["memory"],) * 2)
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != order["parent"]:
            sys.exit(1)


def main() -> None:
    """Do what the order says."""
    order = json.loads(sys.argv[1])
    _bound(order)
    content = sys.stdin.buffer.read()
    Image.MAX_IMAGE_PIXELS = order["pixels"]
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # memory is counted, the stacks of threads too
    if order["heic"]:
        _read_heic_too()
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    files: list[bytes] = []
    answer: dict[str, Any]
    try:
        size, made = _re_encode(content, order["widths"], ended=order["ended"])
        files = [made[width] for width in order["widths"]]
        answer = {"width": size[0], "height": size[1], "sizes": [len(each) for each in files]}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        answer = {"refused": Refusal.TOO_MANY_PIXELS}
    except UnidentifiedImageError:
        answer = {"refused": Refusal.UNKNOWN}
    except MemoryError:
        answer = {"refused": Refusal.TOO_MUCH_MEMORY}
    except Exception as error:
        # Whatever a file makes of the decoder, it is the file that is wrong.
        out_of_memory = isinstance(error, OSError) and "memory" in str(error)
        answer = {"refused": Refusal.TOO_MUCH_MEMORY if out_of_memory else Refusal.DAMAGED}
    times = os.times()
    answer["cpu"] = times.user + times.system
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(files))
    sys.stdout.buffer.flush()


def _read_heic_too() -> None:
    import pi_heif  # noqa: PLC0415  (other photos start without it)

    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener(thumbnails=False)


_END: Final = b"\xff\xd9"
_JUNK: Final = bytes(range(1, 200, 3)) * 2
#: What a decoder takes for more of the picture where it lacks some, in any restart interval.
_MORE: Final = b"".join(_JUNK + bytes((0xFF, 0xD0 + number)) for number in range(8)) * 2 + _JUNK


def _re_encode(content: bytes, widths: list[int], *, ended: bool) -> tuple[tuple[int, int], dict[int, bytes]]:
    largest = max(widths)
    if ended:
        picture = _small(content, largest)
    else:
        # Where all pixels are there, what follows changes none of them.
        picture = _small(content + _END, largest)
        if picture.tobytes() != _small(content + _MORE + _END, largest).tobytes():
            raise EOFError
    size = picture.size
    files = {largest: _jpeg(picture)}
    for width in sorted(set(widths) - {largest}, reverse=True):
        picture = _not_wider(picture, width)
        files[width] = _jpeg(picture)
    return size, files


def _small(content: bytes, largest: int) -> Image.Image:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        # A JPEG can be read at a half, a quarter or an eighth: the work of a large photo stays small.
        image.draft("RGB", (largest * 2, largest * 2))
        image.load()
        return _on_white(_upright(image, largest))


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
        # Sixteen bits of grey, as scanners write them: what is beyond 255 would become white.
        image = image.point(lambda value: value * (1 / 256)).convert("L")
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
    image = _in_srgb(image)
    if "A" in image.mode or "transparency" in image.info:
        layer = image.convert("RGBA")
        bare.paste(layer, mask=layer.getchannel("A"))
    else:
        bare.paste(image.convert("RGB"))
    return bare


#: Bytes. Profiles of screens have some hundreds, those of printing presses three millions.
_LARGEST_PROFILE: Final = 4_000_000


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in the colours of the web, by the profile that it brings: Display P3, Adobe RGB, a press's CMYK.

    A profile that says nothing of such a picture is left aside.
    """
    profile = image.info.get("icc_profile")
    if not profile or len(profile) > _LARGEST_PROFILE:
        return image
    plain = image.convert("RGBA") if image.mode in ("P", "LA") else image
    colours = plain.convert("RGB") if plain.mode == "RGBA" else plain
    try:
        seen = ImageCms.profileToProfile(
            colours,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    if seen is None:
        return image
    if plain.mode == "RGBA":
        seen.putalpha(plain.getchannel("A"))
    return seen


def _jpeg(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return target.getvalue()


if __name__ == "__main__":
    main()
