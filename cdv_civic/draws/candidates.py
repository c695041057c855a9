"""Candidates as people paste them: a table from a spreadsheet, read with an error for each line that cannot be.

Any of tab, « ; » and « , » separates the columns; UTF-8 (with or without BOM), UTF-16 with BOM, or Windows-1252.
With a first line of names the columns may come in any order; without, they are: first name, last name, contact, then
one for each category.
"""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cdv_civic.accounts.emails import BadEmail, fold_email
from cdv_civic.core.text_folding import fold, stem
from cdv_civic.draws.rules import MOST_CANDIDATES, Category, plain
from cdv_civic.seats.rules import person_key

#: Bytes of a table; many times what 5,000 people need. The rest of a file is not read, so its cut line is named.
LARGEST_TABLE: Final = 2 * 1024 * 1024
LONGEST: Final = 80
_COLUMNS: Final = {
    **dict.fromkeys(("prenom", "prenoms", "first name", "given name", "الاسم الاول"), "first_name"),
    **dict.fromkeys(("nom", "nom de famille", "last name", "family name", "surname", "اللقب"), "last_name"),
    **dict.fromkeys(("contact", "coordonnees", "الاتصال"), "contact"),
    **dict.fromkeys(("e mail", "email", "mail", "courriel", "adresse e mail", "adresse mail"), "email"),
    **dict.fromkeys(("telephone", "tel", "portable", "mobile", "phone", "numero"), "phone"),
}


@dataclass(frozen=True)
class NewCandidate:
    """Somebody to put on the list; `profile` holds a value for each category."""

    first_name: str
    last_name: str = ""
    email: str = ""
    phone: str = ""
    profile: tuple[str, ...] = ()

    @property
    def key(self) -> str | None:
        """What tells this person from the others on the list; None: not enough is known."""
        return person_key(self.first_name, self.last_name, self.email, self.phone)


@dataclass(frozen=True)
class TableProblem:
    """Why a line is not read: a kind (see `wording.problem_text`), what was typed, and what is known."""

    line: int
    kind: str
    said: str = ""
    known: str = ""


@dataclass(frozen=True)
class CandidateRow:
    """A line that was read."""

    line: int
    candidate: NewCandidate


@dataclass(frozen=True)
class Reading:
    """What a table holds. `repeated`: lines that say a person again, with the line that said them first."""

    rows: tuple[CandidateRow, ...] = ()
    problems: tuple[TableProblem, ...] = ()
    repeated: tuple[tuple[int, int], ...] = ()


def decoded(data: bytes) -> str:
    """The text of a file, whatever program wrote it."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max("\t;,", key=first.count) if any(character in first for character in "\t;,") else ";"


def value_of(category: Category, typed: str) -> str | None:
    """The value that was meant: case, accents and a plural ending are ignored."""

    def bare(text: str) -> str:
        return " ".join(map(stem, fold(text).split()))

    for same in (fold, bare):
        found = [value.name for value in category.values if same(value.name) == same(typed)]
        if len(found) == 1:
            return found[0]
    return None


def contact_of(typed: str) -> tuple[str, str] | None:
    """(e-mail address, phone number) of what was typed, one of them or both empty; None where it is neither."""
    said = plain(typed)
    if not said:
        return "", ""
    if "@" in said:
        try:
            return fold_email(said), ""
        except BadEmail:
            return None
    digits = sum(character.isdigit() for character in said)
    fine = re.fullmatch(r"\+?[0-9 ./()-]+", said) and 6 <= digits <= 15
    return ("", said) if fine else None


def read_candidates(text: str, categories: Sequence[Category]) -> Reading:
    """What a table holds; never raises."""
    lines, problems = _lines(text.removeprefix("\ufeff").replace("\x00", " "))
    if len(lines) > MOST_CANDIDATES + 1:
        return Reading(problems=(TableProblem(lines[-1][0], "many", str(MOST_CANDIDATES)),))
    columns = _columns(lines[0][1], categories) if lines else None
    if columns is None:
        columns = {name: place for place, name in enumerate(("first_name", "last_name", "contact"))}
        columns |= {f"category {place}": place + 3 for place in range(len(categories))}
    else:
        missing = _missing(columns, categories, lines[0][0])
        if missing:
            return Reading(problems=tuple(missing))
        lines = lines[1:]
    rows: list[CandidateRow] = []
    repeated: list[tuple[int, int]] = []
    known: dict[str, int] = {}
    for line, cells in lines:
        found = _row(line, cells, columns, categories)
        if isinstance(found, list):
            problems += found
        elif (first := known.setdefault(found.candidate.key or "", line)) != line:
            repeated.append((line, first))
        else:
            rows.append(found)
    return Reading(tuple(rows), tuple(sorted(problems, key=lambda each: each.line)), tuple(repeated))


def _lines(text: str) -> tuple[list[tuple[int, list[str]]], list[TableProblem]]:
    """The lines that say something, each with its number, as far as one too many; and what could not be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), skipinitialspace=True)
    lines: list[tuple[int, list[str]]] = []
    problems: list[TableProblem] = []
    while len(lines) <= MOST_CANDIDATES + 1:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            problems.append(TableProblem(start, "unreadable"))
            continue
        if any(cell.strip() for cell in cells):
            lines.append((start, cells))
    return lines, problems


def _columns(cells: Sequence[str], categories: Sequence[Category]) -> dict[str, int] | None:
    """Where each column is, where this is a line of names."""
    named = {fold(category.name): f"category {place}" for place, category in enumerate(categories)}
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = named.get(fold(cell)) or _COLUMNS.get(fold(cell))
        if name:
            found.setdefault(name, place)
    return found if {"first_name", "last_name"} & set(found) or len(found) > 1 else None


def _missing(columns: dict[str, int], categories: Sequence[Category], line: int) -> list[TableProblem]:
    missing = [] if "first_name" in columns else [TableProblem(line, "no_first_name_column")]
    return missing + [
        TableProblem(line, "no_column", category.name)
        for place, category in enumerate(categories)
        if f"category {place}" not in columns
    ]


def _row(
    line: int, cells: Sequence[str], columns: dict[str, int], categories: Sequence[Category]
) -> CandidateRow | list[TableProblem]:
    def cell(name: str) -> str:
        place = columns.get(name)
        return plain(cells[place]) if place is not None and place < len(cells) else ""

    problems = []
    first_name, last_name = cell("first_name"), cell("last_name")
    if not first_name:
        problems.append(TableProblem(line, "no_first_name"))
    problems += [
        TableProblem(line, "long", said[:20]) for said in (first_name, last_name) if len(said) > LONGEST
    ]
    email = phone = ""
    for name in ("contact", "email", "phone"):
        contact = contact_of(cell(name))
        if contact is None:
            problems.append(TableProblem(line, "contact", cell(name)[:LONGEST]))
        else:
            email, phone = contact[0] or email, contact[1] or phone
    profile = []
    for place, category in enumerate(categories):
        said = cell(f"category {place}")
        value = value_of(category, said)
        if value is None:
            known = " · ".join(each.name for each in category.values)
            kind = "value" if said else "no_value"
            problems.append(TableProblem(line, kind, said[:LONGEST] or category.name, known))
        else:
            profile.append(value)
    candidate = NewCandidate(first_name, last_name, email, phone, tuple(profile))
    if not problems and candidate.key is None:
        problems.append(TableProblem(line, "unknown_person", first_name))
    return problems or CandidateRow(line, candidate)
