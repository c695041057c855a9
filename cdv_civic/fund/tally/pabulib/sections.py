"""Rows of a file of Pabulib, section by section: META, PROJECTS, VOTES, in this order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from cdv_civic.fund.tally.pabulib.cells import shown
from cdv_civic.fund.tally.pabulib.rows import BadPabulibFile, Row, rows_of

_SECTIONS: Final = ("META", "PROJECTS", "VOTES")


@dataclass(frozen=True)
class SectionColumns:
    """The columns that the header of a section names."""

    section: str
    names: list[str]

    def cell(self, row: Row, name: str) -> str:
        """A cell by its column; "" where the file has none."""
        place = self.names.index(name) if name in self.names else len(row.cells)
        return row.cells[place] if place < len(row.cells) else ""


class FileSections:
    """Rows of a file, section by section."""

    def __init__(self, file: BinaryIO) -> None:
        self._rows = rows_of(file)
        self.line = 1
        self._ahead: Row | None = None

    def _next(self) -> Row | None:
        row = next(self._rows, None)
        if row is not None:
            self.line = row.line
        return row

    @staticmethod
    def _section(row: Row) -> str | None:
        name = row.cells[0].upper()
        return name if name in _SECTIONS and not any(row.cells[1:]) else None

    def begin(self, name: str) -> SectionColumns:
        """Step into the section that comes next, past its header."""
        row = self._ahead if self._ahead is not None else self._next()
        self._ahead = None
        if row is None:
            raise BadPabulibFile(self.line, "file", f"the section {name} is missing: the file ends here")
        if self._section(row) != name:
            raise BadPabulibFile(
                row.line, "file", f"the section {name} must begin here, not {shown(row.cells[0])}"
            )
        header = self._next()
        if header is None or self._section(header) is not None:
            raise BadPabulibFile(self.line, name, "the names of its columns are missing")
        names = [cell.lower() for cell in header.cells]
        while names and not names[-1]:
            names.pop()
        if len(names) == 1:
            for separator in ",\t|":
                if separator in names[0]:
                    kind = "a tab" if separator == "\t" else f"“{separator}”"
                    raise BadPabulibFile(header.line, name, f"cells are separated by {kind}, not by “;”")
        for column in names:
            if names.count(column) > 1:
                raise BadPabulibFile(header.line, name, f"the column {shown(column)} stands twice")
        return SectionColumns(name, names)

    def rest(self, columns: SectionColumns) -> Iterator[Row]:
        """Rows up to the next section."""
        while (row := self._next()) is not None:
            if self._section(row) is not None:
                self._ahead = row
                return
            if row.lines > 1 and columns.section == "VOTES":
                raise BadPabulibFile(
                    row.line, "VOTES", f"the row has {row.lines} lines: a quotation mark does not close"
                )
            if columns.section != "META" and any(row.cells[len(columns.names) :]):
                raise BadPabulibFile(
                    row.line,
                    columns.section,
                    f"the row has {len(row.cells)} cells, and there are {len(columns.names)} columns",
                )
            yield row

    def end(self) -> None:
        """Make sure that no section follows."""
        if self._ahead is not None:
            raise BadPabulibFile(
                self._ahead.line,
                "file",
                f"the section {self._ahead.cells[0].upper()} stands twice or too late",
            )
