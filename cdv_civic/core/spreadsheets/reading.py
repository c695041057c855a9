"""The first sheet of an XLSX file (ECMA-376) as a table to paste: tabs between cells, a line for each row.

Read with the standard library alone, within bounds: a file of a few kilobytes may unpack to gigabytes, and XML may name
entities that grow. Values only: no formula is worked out, no link is followed.
"""

import codecs
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Final
from xml.parsers import expat

#: Bytes of one part of the file, unpacked: many times what 5,000 people need.
LARGEST_PART: Final = 24 * 1024 * 1024
#: Characters of the table that comes out.
LARGEST_TEXT: Final = 2 * 1024 * 1024
MOST_COLUMNS: Final = 100
#: Rows that say something: many times what is read of them, and no more than memory has room for.
MOST_ROWS: Final = 100_000
#: What the standard library raises for a file that is damaged or locked.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    KeyError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)
_CHUNK: Final = 64 * 1024
_CELL: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_FOLDER: Final = "xl/"
_WORKBOOK: Final = f"{_FOLDER}workbook.xml"
_LINKS: Final = f"{_FOLDER}_rels/workbook.xml.rels"
_STRINGS: Final = f"{_FOLDER}sharedStrings.xml"


class BadSpreadsheet(ValueError):
    """Not a spreadsheet that is read here: damaged, locked, of another format or much too large."""


def is_spreadsheet(data: bytes) -> bool:
    """Whether a file is a ZIP, as XLSX files are, or an older or locked Office file: no text in any case."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def decoded(data: bytes) -> str:
    """The text of a file of text, whatever program wrote it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_spreadsheet(data: bytes, *, marked: bool = False) -> str:
    """The first sheet as text; raises `BadSpreadsheet`.

    A cell with a formula holds what its program worked out last, or, `marked`, begins with « = »: somebody who must
    not take it for what was typed can tell.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            strings = _strings(archive) if _STRINGS in names else []
            return _text(_Sheet(archive, _first_sheet(archive, names), strings, marked=marked).rows)
    except _DAMAGED as error:
        raise BadSpreadsheet(str(error)) from None


def _parse(
    archive: zipfile.ZipFile,
    name: str,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_said: object) -> None:
        raise BadSpreadsheet("a document type")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(" ")[2], attributes)
    if end is not None:
        closing = end
        parser.EndElementHandler = lambda tag: closing(tag.rpartition(" ")[2])
    if characters is not None:
        parser.CharacterDataHandler = characters
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadSpreadsheet("compressed in an unusual way")
    with archive.open(name) as part:
        for chunk in _bounded(part):
            parser.Parse(chunk)
    parser.Parse(b"", True)


def _bounded(part: IO[bytes]) -> Iterator[bytes]:
    """What is in a part of the file; what it says of its own size is not believed."""
    total = 0
    while chunk := part.read(_CHUNK):
        total += len(chunk)
        if total > LARGEST_PART:
            raise BadSpreadsheet("too large")
        yield chunk


def _attribute(attributes: Mapping[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(" ")[2] == name), "")


def _first_sheet(archive: zipfile.ZipFile, names: set[str]) -> str:
    links: list[str] = []
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet" and _attribute(attributes, "state") in ("", "visible"):
            links.append(next((value for key, value in attributes.items() if key.endswith(" id")), ""))

    def link(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            targets[_attribute(attributes, "Id")] = _attribute(attributes, "Target")

    _parse(archive, _WORKBOOK, sheet)
    _parse(archive, _LINKS, link)
    if not links:
        raise BadSpreadsheet("no sheet")
    target = targets.get(links[0], "")
    path = target.lstrip("/") if target.startswith("/") else f"{_FOLDER}{target}"
    if path not in names:
        raise BadSpreadsheet("no such sheet")
    return path


def _strings(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells name by their number, without the phonetic readings beside them."""
    found: list[str] = []
    pieces: list[str] = []
    inside = {"t": False, "rPh": False}

    def start(tag: str, _attributes: Mapping[str, str]) -> None:
        if tag == "si":
            pieces.clear()
        elif tag in inside:
            inside[tag] = True

    def end(tag: str) -> None:
        if tag == "si":
            found.append("".join(pieces))
        elif tag in inside:
            inside[tag] = False

    def characters(text: str) -> None:
        if inside["t"] and not inside["rPh"]:
            pieces.append(text)

    _parse(archive, _STRINGS, start, end, characters)
    return found


class _Sheet:
    """The rows of a sheet that say something, cells by their column."""

    def __init__(
        self, archive: zipfile.ZipFile, path: str, strings: list[str], *, marked: bool = False
    ) -> None:
        self.rows: dict[int, dict[int, str]] = {}
        self._strings = strings
        self._row = self._column = self._size = 0
        self._kind = ""
        self._marked = marked
        self._formula = self._reads = False
        self._pieces: list[str] = []
        _parse(archive, path, self._start, self._end, self._characters)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._column = 0
        elif tag == "c":
            place = _CELL.fullmatch(attributes.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._kind = attributes.get("t", "n")
            self._pieces = []
            self._formula = False
        elif tag == "f":
            self._formula = self._marked
        elif tag in ("v", "t"):
            self._reads = True

    def _characters(self, text: str) -> None:
        if self._reads:
            self._pieces.append(text)

    def _end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._reads = False
        elif tag == "c" and self._column <= MOST_COLUMNS:
            self._put("=" * self._formula + self._value("".join(self._pieces)))

    def _put(self, value: str) -> None:
        # Blanks count too: every cell may name the same megabytes of them, and each time they are gone through.
        self._size += len(value) + bool(value)
        if self._size > LARGEST_TEXT:
            raise BadSpreadsheet("too large")
        said = " ".join(value.split())
        if said:
            self.rows.setdefault(self._row, {})[self._column] = said
        if len(self.rows) > MOST_ROWS:
            raise BadSpreadsheet("too many rows")

    def _value(self, said: str) -> str:
        if self._kind == "s":
            number = int(said) if said.strip() else -1
            return self._strings[number] if 0 <= number < len(self._strings) else ""
        if self._kind == "e":
            return ""
        return said


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _text(rows: Mapping[int, Mapping[int, str]]) -> str:
    """A line for each row, so that a line's number is the row's as far as rows follow each other."""
    if not rows:
        return ""
    widest = max(max(cells) for cells in rows.values())
    if len(rows) * widest > LARGEST_TEXT:
        raise BadSpreadsheet("too large")
    first, last = min(rows), max(rows)
    numbers = range(first, last + 1) if last - first < 4 * len(rows) + 100 else sorted(rows)
    return "\n".join(
        "\t".join(rows.get(number, {}).get(column, "") for column in range(1, widest + 1))
        for number in numbers
    )
