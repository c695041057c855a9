"""From a file to plain JSON values, whatever the file holds.

Strict where Python's parser is lenient (duplicate keys, NaN, Infinity, integers of a million digits), bounded in time
and memory (size, number of values, depth). Values that JSON does not allow, or that no column could hold, become
`Unusable` and are reported at their place by the grammar.
"""

from __future__ import annotations

import json
import math
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cdv_civic.packs.problems import FILE, BadPack, quote

#: Largest file read, in bytes. The largest real pack is 1.3 MB.
MAX_PACK_BYTES: Final = 32 * 1024 * 1024
#: Most commas, brackets and braces a file may hold. Real packs have one for 20 bytes of text; a file of
#: nothing else ("[[],[],...") would take 25 times its size in memory.
MAX_PACK_VALUES: Final = 2_000_000
#: Longest number read, in characters.
MAX_NUMBER_LENGTH: Final = 30

_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Unusable:
    """A value that is well written but that no row may hold; `reason` completes "place: ..."."""

    reason: str


class ObjectWithDuplicates(dict[str, Any]):
    """A JSON object in which keys stood twice. The last value won; `duplicates` names the keys."""

    duplicates: tuple[str, ...] = ()


def read_json(source: Path | str | bytes) -> Any:
    """Read a file (or its bytes) as JSON. Raises BadPack when that is not possible."""
    data = source if isinstance(source, bytes) else _read_bytes(Path(source))
    if len(data) > MAX_PACK_BYTES:
        raise BadPack.single(FILE, _too_large(len(data)))
    text = _decode(data)
    if not text or text.isspace():
        raise BadPack.single(FILE, "empty")
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MAX_PACK_VALUES:
        raise BadPack.single(FILE, f"more than {MAX_PACK_VALUES} values")
    return _parse(text)


def _read_bytes(path: Path) -> bytes:
    """Read a file whole, after a look at its size; never more than the limit, whatever the size was said to be."""
    try:
        about = os.stat(path)
        if stat.S_ISDIR(about.st_mode):
            raise BadPack.single(FILE, "is a folder")
        if about.st_size > MAX_PACK_BYTES:
            raise BadPack.single(FILE, _too_large(about.st_size))
        with open(path, "rb") as file:
            data = file.read(MAX_PACK_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "bad file name"
        raise BadPack.single(FILE, f"cannot be read ({reason})") from error
    return data


def _too_large(size: int) -> str:
    return f"too large: {size} bytes, the limit is {MAX_PACK_BYTES}"


def _decode(data: bytes) -> str:
    """Decode UTF-8; a byte order mark, which some editors write, is dropped."""
    body = data.removeprefix(_BOM)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise BadPack.single((f"line {line}",), f"not UTF-8 text (byte {body[error.start]:#04x})") from None


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        message = error.msg[:1].lower() + error.msg[1:]
        raise BadPack.single(
            (f"line {error.lineno}, column {error.colno}",), f"not JSON: {message}"
        ) from None
    except RecursionError:
        raise BadPack.single(FILE, "nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for key, _value in pairs:
        if key in seen:
            twice[key] = None
        seen.add(key)
    marked = ObjectWithDuplicates(plain)
    marked.duplicates = tuple(twice)
    return marked


def _integer(digits: str) -> int | Unusable:
    if len(digits) > MAX_NUMBER_LENGTH:
        return Unusable(f"number of {len(digits)} digits")
    return int(digits)


def _float(digits: str) -> float | Unusable:
    number = float(digits)
    if not math.isfinite(number):
        return Unusable(f"number out of range: {quote(digits)}")
    return number


def _constant(name: str) -> Unusable:
    return Unusable(f"{name} is not a JSON value")
