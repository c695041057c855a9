"""Tables that people open in a spreadsheet."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from flask import Response

#: What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection"), once full-width forms are narrow.
_FORMULA: Final = ("=", "+", "-", "@", "|", "%")
#: Control and format characters, spaces and separators of lines: nobody sees them, programs skip them.
_UNSEEN: Final = ("Cc", "Cf", "Zs", "Zl", "Zp")
#: What separates cells and rows in another setting, where our quotes are part of the text.
_SEPARATORS: Final = re.compile(r"[,;\t\r\n]+")


def harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: an apostrophe makes it text. Numbers stay numbers.

    So does each part of it after a character that separates cells elsewhere: a program set to commas keeps our quotes
    in the second column for words, and begins a cell at each comma of a text.
    """
    if not isinstance(cell, str):
        return "" if cell is None else cell
    made, after = "", 0
    for found in _SEPARATORS.finditer(cell):
        made += _as_text(cell[after : found.start()], first=not after) + found[0]
        after = found.end()
    made += _as_text(cell[after:], first=not after)
    return "'" + made if made.startswith(("\t", "\r", "\n")) else made


def _as_text(part: str, *, first: bool) -> str:
    """What may stand alone in a cell, as text. In its own place a quote begins nothing; elsewhere it is skipped."""
    start = unicodedata.normalize("NFKC", part)
    seen = "".join(char for char in start if unicodedata.category(char) not in _UNSEEN)
    if not (seen if first else seen.lstrip('"')).startswith(_FORMULA):
        return part
    quotes = 0 if first else len(part) - len(part.lstrip('"'))
    return f"{part[:quotes]}'{part[quotes:]}"


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]], separator: str = ";") -> Iterator[str]:
    """A table as CSV, a line at a time: all text quoted, and no formula where other separators cut it (`harmless`)."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([harmless(cell) for cell in header])
    for row in rows:
        yield written.getvalue()
        written.seek(0)
        written.truncate()
        writer.writerow([harmless(cell) for cell in row])
    yield written.getvalue()


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A file for spreadsheets set to French: `;` between cells, and a mark that says UTF-8 (`csv_lines`)."""
    answer = Response(
        ("\ufeff" + "".join(csv_lines(header, rows))).encode(), content_type="text/csv; charset=utf-8"
    )
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
