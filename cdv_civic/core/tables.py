"""Tables that people open in a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from flask import Response

#: What a spreadsheet takes for the start of a formula (OWASP, "CSV Injection"), once full-width forms are narrow.
_FORMULA: Final = ("=", "+", "-", "@", "|", "%")
#: Control and format characters, spaces and separators of lines: nobody sees them, programs skip them.
_UNSEEN: Final = ("Cc", "Cf", "Zs", "Zl", "Zp")


def harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula: an apostrophe makes it text. Numbers stay numbers."""
    if not isinstance(cell, str):
        return "" if cell is None else cell
    signs = unicodedata.normalize("NFKC", cell)
    seen = next((sign for sign in signs if unicodedata.category(sign) not in _UNSEEN), "")
    return "'" + cell if seen in _FORMULA or cell.startswith(("\t", "\r", "\n")) else cell


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A file for spreadsheets set to French: `;` between cells, and a mark that says UTF-8.

    All text is quoted: read with other separators, no part of it becomes a cell of its own.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    for row in (header, *rows):
        writer.writerow([harmless(cell) for cell in row])
    answer = Response(("\ufeff" + written.getvalue()).encode(), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
