"""Rows of a file: bytes in, cells with the number of their line out, and nothing larger than a row in memory."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

#: A million ballots of a hundred projects.
MOST_BYTES: Final = 512 * 2**20
#: One line, in bytes; a cell is at most `csv.field_size_limit()`, which is 131,072 characters.
MOST_LINE: Final = 2**20


class BadPabulibFile(ValueError):
    """A file is no election, and where it stops being one."""

    def __init__(self, line: int, place: str, problem: str) -> None:
        self.line = line
        self.place = place  #: a section, and the column or key in it
        self.problem = problem
        super().__init__(f"line {line}, {place}: {problem}")


class Row(NamedTuple):
    """Cells of one row, without the space around them."""

    line: int  #: where it begins, from 1
    cells: list[str]
    lines: int  #: over how many lines it goes: a cell in quotation marks may hold their ends


class _Lines:
    """Lines as text. Only a line feed ends one: names hold U+2028 and its like."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._bytes = 0
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(MOST_LINE + 1):
            self.number += 1
            self._bytes += len(line)
            if len(line) > MOST_LINE:
                raise BadPabulibFile(self.number, "file", f"a line has more than {MOST_LINE:,} bytes")
            if self._bytes > MOST_BYTES:
                raise BadPabulibFile(self.number, "file", f"it has more than {MOST_BYTES:,} bytes")
            try:
                text = line.decode("utf-8-sig" if self.number == 1 else "utf-8")
            except UnicodeDecodeError as wrong:
                raise BadPabulibFile(
                    self.number, f"byte {wrong.start + 1}", "it is not UTF-8 (perhaps Latin-1 or UTF-16)"
                ) from None
            if "\0" in text:
                raise BadPabulibFile(
                    self.number, f"character {text.index(chr(0)) + 1}", "it holds a null character"
                )
            yield text


def rows_of(file: BinaryIO) -> Iterator[Row]:
    """Rows that hold something.

    Raises:
        BadPabulibFile: not UTF-8, too long, or quotes that do not close.
    """
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=";")
    begins = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield Row(begins, stripped, lines.number + 1 - begins)
            begins = lines.number + 1
    except csv.Error as wrong:
        raise BadPabulibFile(begins, "row", f"it cannot be read as cells: {wrong}") from None
