"""Sheets as a table: the model that is filled in, and what came back, read by row and column.

The first line of a model names the consultation and, over each column, the question by its id; the second one says both
in words. A table of another consultation, of an older model, with formulas or with a cell that cannot be read is never
guessed at: each thing that is wrong is named by its line and its column.
"""

import csv
import hashlib
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cdv_civic.consultations.engine.wording import answers_said
from cdv_civic.consultations.paper.form import PLACE
from cdv_civic.consultations.paper.operations.sheets import TypedSheet
from cdv_civic.consultations.paper.rules.codes import letter_of, on_paper, read_all
from cdv_civic.consultations.paper.rules.numbers import Spans, read_sheet, sheet_code
from cdv_civic.consultations.queries.definition import ShownQuestion
from cdv_civic.consultations.rules.questions import IN_WORDS, AnswerFault, kept
from cdv_civic.core.spreadsheets.lines import Line, Table, read_table
from cdv_civic.core.spreadsheets.writing import letters

#: Sheets of one table, and columns that are looked at: a consultation has fewer questions, and a file of nothing but
#: separators has millions of both.
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 100
#: Bytes of a file.
LARGEST_FILE: Final = 5 * 1024 * 1024
_NAMED: Final = "consultation:"
#: Whole numbers as spreadsheets write them.
_WHOLE: Final = re.compile(r"(\d+)\.0+")


class TableFault(StrEnum):
    """What is wrong with a table or a cell."""

    EMPTY = "empty"
    MANY = "many"
    #: A quote that nothing closes.
    QUOTE = "quote"
    #: The first line of the model is gone.
    NO_NAME = "no_name"
    #: It is of another consultation: `said` names it.
    OTHER = "other"
    UNKNOWN_COLUMN = "unknown_column"
    MISSING_COLUMN = "missing_column"
    FORMULA = "formula"
    BAD_NUMBER = "bad_number"
    #: The number begins with the letters of another consultation.
    OTHER_SHEET = "other_sheet"
    NOT_PRINTED = "not_printed"
    VOID = "void"
    TWICE = "twice"
    NO_NUMBER = "no_number"
    #: A `AnswerFault` of what was answered: `fault` says which.
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """One thing that is wrong."""

    line: int
    kind: TableFault
    #: The column as a spreadsheet names it: « C »; empty: the whole line.
    column: str = ""
    #: What stands there, or what is missing.
    said: str = ""
    fault: AnswerFault | None = None
    question: ShownQuestion | None = None


@dataclass(frozen=True)
class ReadSheets:
    """What a table holds."""

    rows: tuple[TypedSheet, ...] = ()
    problems: tuple[SheetProblem, ...] = ()
    #: Lines with the number of a sheet and nothing else.
    blank: int = 0

    @property
    def wrong_lines(self) -> int:
        """How many lines something is wrong with."""
        return len({problem.line for problem in self.problems})

    @property
    def unusable(self) -> bool:
        """Whether nothing of it can be kept: it is not known what its columns are."""
        whole = (
            TableFault.EMPTY,
            TableFault.MANY,
            TableFault.NO_NAME,
            TableFault.OTHER,
            TableFault.UNKNOWN_COLUMN,
            TableFault.MISSING_COLUMN,
        )
        return any(problem.kind in whole for problem in self.problems)


@dataclass(frozen=True)
class Expected:
    """What a table must be of."""

    consultation_id: int
    slug: str
    questions: Sequence[ShownQuestion]
    printed: Spans
    void: Collection[int]
    #: Whether two people type each sheet, so that each has its number.
    numbered: bool = False
    lang: str = "fr"


def column_of(question: ShownQuestion) -> str:
    """The name of the column of a question, whatever is said of it."""
    return "quartier" if question.id == PLACE else f"q{question.id}"


def heading_of(question: ShownQuestion, number: int) -> str:
    """What stands over a column: the question, and what each letter means."""
    means = " · ".join(f"{letter_of(place)} {words}" for place, words in enumerate(answers_said(question)))
    return f"{number}. {question.words}" + (f" ({means})" if means else "")


def model_rows(
    slug: str, questions: Sequence[ShownQuestion], sheet: str, numbers: Sequence[int] = ()
) -> list[list[str]]:
    """The model: a line for programs, a line for people (`sheet`: over the numbers), a line for each of `numbers`."""
    return [
        [_NAMED + slug, *map(column_of, questions)],
        [sheet, *(heading_of(question, place) for place, question in enumerate(questions, 1))],
        *([str(number), *("" for _question in questions)] for number in numbers[:MOST_ROWS]),
    ]


def read_sheets(text: str, expected: Expected) -> ReadSheets:
    """What a table holds; never raises."""
    table = _well_formed(text) or read_table(text, MOST_ROWS + 2)
    if not table.lines and not table.broken:
        return ReadSheets(problems=(SheetProblem(1, TableFault.EMPTY),))
    if len(table.lines) + len(table.broken) > MOST_ROWS + 2:
        return ReadSheets(
            problems=(SheetProblem(table.lines[-1].number if table.lines else 1, TableFault.MANY),)
        )
    if not table.lines:
        return ReadSheets(problems=tuple(SheetProblem(number, TableFault.QUOTE) for number in table.broken))
    columns, problems = _columns(table.lines[0], expected)
    if problems:
        return ReadSheets(problems=tuple(problems))
    lines = table.lines[1:]
    first = lines[0].cells[0].strip() if lines else ""
    if lines and lines[0].number <= table.lines[0].number + 2 and first and read_sheet(_value(first)) is None:
        lines = lines[1:]
    reader = _Rows(expected, columns, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32])
    for line in lines:
        reader.read(line)
    broken = [SheetProblem(number, TableFault.QUOTE) for number in table.broken]
    return ReadSheets(
        tuple(reader.rows),
        tuple(sorted([*broken, *reader.problems], key=lambda each: each.line)),
        reader.blank,
    )


def _well_formed(text: str) -> Table | None:
    """The lines of a file that keeps to the rules of CSV: each line as wide as the first one, each quote closed. None:
    it does not, and is read with more care. Only here may a cell hold both line breaks and what separates cells.
    """
    head = text.removeprefix("\ufeff").lstrip("\r\n").partition("\n")[0]
    separator = max(";,\t", key=head.count)
    if not head.count(separator) or text.count('"') % 2:
        return None
    reader = csv.reader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator, strict=True
    )
    found: list[Line] = []
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append(Line(number, tuple(cells)))
            number = reader.line_num + 1
            if len(found) > MOST_ROWS + 2:
                break
    except csv.Error:
        return None
    return Table(tuple(found)) if len({len(line.cells) for line in found}) == 1 else None


def _columns(first: Line, expected: Expected) -> tuple[Mapping[int, ShownQuestion], list[SheetProblem]]:
    """The question of each column, by its place."""
    name = first.cells[0].strip()
    if not name.lower().startswith(_NAMED):
        return {}, [SheetProblem(first.number, TableFault.NO_NAME)]
    slug = name[len(_NAMED) :].strip()
    if slug != expected.slug:
        return {}, [SheetProblem(first.number, TableFault.OTHER, said=slug[:80])]
    known = {column_of(question): question for question in expected.questions}
    found: dict[int, ShownQuestion] = {}
    problems: list[SheetProblem] = []
    for place, cell in enumerate(first.cells[1:MOST_COLUMNS], 1):
        said = cell.strip().lower()
        if not said:
            continue
        if said not in known or any(column_of(each) == said for each in found.values()):
            problems.append(
                SheetProblem(first.number, TableFault.UNKNOWN_COLUMN, letters(place + 1), cell.strip()[:80])
            )
        else:
            found[place] = known[said]
    there = {question.id for question in found.values()}
    problems += [
        SheetProblem(first.number, TableFault.MISSING_COLUMN, said=str(question.words)[:80])
        for question in expected.questions
        # A sentence that came after the model was made has no column in it.
        if question.id not in there and question.asked_from is None
    ]
    return found, problems


def _value(cell: str) -> str:
    """What stands in a cell: 42.0 is 42."""
    said = cell.strip()
    whole = _WHOLE.fullmatch(said)
    return whole[1] if whole else said


class _Rows:
    """The lines of a table, each read or named."""

    def __init__(self, expected: Expected, columns: Mapping[int, ShownQuestion], digest: str) -> None:
        self.rows: list[TypedSheet] = []
        self.problems: list[SheetProblem] = []
        self.blank = 0
        self._expected, self._columns, self._digest = expected, columns, digest
        self._rules = [question.rule for question in expected.questions]
        self._seen: set[int] = set()

    def read(self, line: Line) -> None:
        """One line: a sheet, or what is wrong with it."""
        cells = {place: _value(cell) for place, cell in enumerate(line.cells[:MOST_COLUMNS])}
        formulas = [place for place, cell in cells.items() if cell.startswith("=")]
        if formulas:
            self.problems += [
                SheetProblem(line.number, TableFault.FORMULA, letters(place + 1), cells[place][:40])
                for place in formulas
            ]
            return
        # Words are no numbers: « 2.0 » stays as the sheet has it.
        typed = {
            question.id: line.cells[place].strip() if question.kind in IN_WORDS else cells[place]
            for place, question in self._columns.items()
            if place in cells
        }
        if not any(typed.values()):
            self.blank += 1
            return
        number, wrong = self._number(line, cells.get(0, ""))
        answers, faults = read_all(self._rules, typed)
        problems = [wrong] if wrong is not None else []
        problems += [
            SheetProblem(
                line.number,
                TableFault.ANSWER,
                letters(place + 1),
                cells.get(place, "")[:40],
                faults[question.id],
                question,
            )
            for place, question in self._columns.items()
            if question.id in faults
        ]
        self.problems += problems
        if problems:
            return
        if not kept(on_paper(self._rules), answers):
            self.blank += 1
            return
        self.rows.append(TypedSheet(number, answers, f"{self._digest}-{line.number}", self._expected.lang))

    def _number(self, line: Line, cell: str) -> tuple[int | None, SheetProblem | None]:
        """The number of a sheet, or what is wrong with it."""
        if not cell:
            wrong = SheetProblem(line.number, TableFault.NO_NUMBER, "A") if self._expected.numbered else None
            return None, wrong
        name = read_sheet(cell)
        kind = None
        if name is None:
            kind = TableFault.BAD_NUMBER
        elif name.code not in ("", sheet_code(self._expected.consultation_id)):
            kind = TableFault.OTHER_SHEET
        elif name.number not in self._expected.printed:
            kind = TableFault.NOT_PRINTED
        elif name.number in self._expected.void:
            kind = TableFault.VOID
        elif name.number in self._seen:
            kind = TableFault.TWICE
        if name is None or kind is not None:
            return None, SheetProblem(line.number, kind or TableFault.BAD_NUMBER, "A", cell[:40])
        self._seen.add(name.number)
        return name.number, None
