"""A pasted table or a CSV file as lines of cells: every line of it is read, or named with what is wrong.

Any of tab, « ; » and « , » separates the columns; a first line `sep=;`, which spreadsheets write, says which one. A
cell may stand in quotes, and then go over several lines; a quote that nothing closes is a slip of the pen, and never
makes one line of several: in pasted cells (tabs) it is a character like another, in a CSV file its line is named.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: Lines that one cell in quotes may go over.
_MOST_IN_A_CELL: Final = 20
#: Characters of a table that are gone through once more to find such cells: a table of nothing but quotes ends too.
_MOST_JOINED: Final = 4 * 1024 * 1024
_SEPARATORS: Final = "\t;,"
_SAID: Final = re.compile(r'\ufeff?"?sep=(.)"?[;,\t ]*', re.IGNORECASE)
_END_OF_LINE: Final = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Line:
    """A line that says something; `number` counts from 1, as an editor shows it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What was read, as far as one line more than was asked for."""

    lines: tuple[Line, ...] = ()
    #: Lines with a quote that nothing closes.
    broken: tuple[int, ...] = ()


def _separator(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    return max(_SEPARATORS, key=first.count) if any(each in first for each in _SEPARATORS) else ";"


def _cells(text: str, separator: str) -> tuple[list[str], bool]:
    """The cells of a line, and whether a quote of it is not closed; such a cell is read as it stands."""
    quoted = re.compile(rf' *"((?:[^"]|"")*)"[ \r\n]*(?={re.escape(separator)}|\Z)')
    cells: list[str] = []
    whole = True
    place = 0
    while True:
        found = quoted.match(text, place)
        if found:
            cells.append(found[1].replace('""', '"'))
            place = found.end()
        else:
            end = text.find(separator, place)
            cell = text[place : end if end >= 0 else len(text)]
            if cell.lstrip(" ").startswith('"'):
                whole = False
                cell = cell.strip(" ").strip('"')
            cells.append(cell)
            place += len(text[place : end if end >= 0 else len(text)])
        if place >= len(text):
            return cells, whole
        place += 1
        if place == len(text):
            return [*cells, ""], whole


@dataclass
class _Budget:
    """How many characters may still be gone through once more."""

    characters: int = _MOST_JOINED


def _joined(
    lines: Sequence[str], start: int, separator: str, expected: int, budget: _Budget
) -> tuple[list[str], int] | None:
    """The cells of the lines from `start` on that one cell in quotes holds together, and how many lines they are.

    What could be lines of its own is never swallowed: such a cell holds no separator, and its line as many cells as
    the first one.
    """
    text = lines[start]
    for count in range(2, _MOST_IN_A_CELL + 1):
        if start + count > len(lines):
            return None
        more = lines[start + count - 1]
        if separator in more.partition('"')[0]:
            return None
        text += "\n" + more
        budget.characters -= len(text)
        if budget.characters < 0:
            return None
        cells, whole = _cells(text, separator)
        if not whole:
            continue
        inside = any("\n" in cell and separator in cell for cell in cells)
        return None if inside or expected not in (0, len(cells)) else (cells, count)
    return None


def read_table(text: str, most: int) -> Table:
    """The lines of a table that say something, as far as one more than `most`; never raises."""
    typed = _END_OF_LINE.split(text.removeprefix("\ufeff").replace("\x00", " "))
    said = _SAID.fullmatch(typed[0].strip(" "))
    separator = said[1] if said else _separator(typed)
    place = 1 if said else 0
    found: list[Line] = []
    broken: list[int] = []
    expected = 0
    budget = _Budget()
    while place < len(typed) and len(found) + len(broken) <= most:
        cells, whole = _cells(typed[place], separator)
        count = 1
        if not whole:
            held = _joined(typed, place, separator, expected, budget)
            if held is not None:
                cells, count = held
            elif separator != "\t":
                broken.append(place + 1)
                place += 1
                continue
        if any(cell.strip() for cell in cells):
            found.append(Line(place + 1, tuple(cells)))
            expected = expected or len(cells)
        place += count
    return Table(tuple(found), tuple(broken))
