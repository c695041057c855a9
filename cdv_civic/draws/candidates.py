"""Candidates as people paste them: a table from a spreadsheet, of which every line is read, asked about, or named.

With a first line of names the columns may come in any order; without, they are: first name, last name, contact, then
one for each category. What cannot be known is asked once: a column of another name, a value of another spelling (« 149
fois H : Hommes ? »), and whether two lines with one name or one contact are one person. A person is not a contact: a
couple shares an address, a mother and her son a phone.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cdv_civic.accounts.emails import BadEmail, fold_email
from cdv_civic.accounts.phones import BadPhone, read_number, written
from cdv_civic.core.spreadsheets.lines import Line, read_table
from cdv_civic.core.stemming import stem
from cdv_civic.core.text_folding import fold
from cdv_civic.draws.columns import CONTACT, EMAIL, FIRST_NAME, KINDS, LAST_NAME, PHONE, known_columns
from cdv_civic.draws.persons import CandidateRow, Doubt, NewCandidate, Persons, question
from cdv_civic.draws.rules import MOST_CANDIDATES, Category, plain

#: Bytes of a table; many times what 5,000 people need. The rest of a file is not read, so its cut line is named.
LARGEST_TABLE: Final = 2 * 1024 * 1024
LONGEST: Final = 80
#: Spellings that are asked about; where there are more, it is another column that was meant.
MOST_ASKED: Final = 24
#: Columns that are asked about.
MOST_COLUMNS: Final = 60
#: Doubts that stand on one page, besides those that are answered.
MOST_DOUBTS: Final = 100
#: A number as a spreadsheet writes it that took a phone for one: « 612345678.0 », « 6,12345678E+08 ».
_WITH_DECIMALS: Final = re.compile(r"(\+?\d{6,15})[.,]0{1,3}")
_WITH_EXPONENT: Final = re.compile(r"(\d)[.,](\d{6,14})[eE]\+?(\d{1,2})")
_FEMALE: Final = frozenset(("f", "w", "mme", "mlle", "madame", "feminin", "female", "fille", "انثي", "امراه"))
_MALE: Final = frozenset(("h", "m", "mr", "monsieur", "masculin", "male", "garcon", "ذكر", "رجل"))
_WOMEN: Final = ("femme", "woman", "women", "نساء", "امراه", "fille")
_MEN: Final = ("homme", "man", "men", "رجال", "رجل", "garcon")


@dataclass(frozen=True)
class TableProblem:
    """Why a line is not read: a kind (see `wording.problem_text`), what was typed, and what is known."""

    line: int
    kind: str
    said: str = ""
    known: str = ""


@dataclass(frozen=True)
class UnreadColumn:
    """A column that nothing is read of; `field` names its question."""

    field: str
    name: str
    answer: str = ""


@dataclass(frozen=True)
class UnknownValue:
    """A spelling that so many lines have and no value of a category has; `answer` may be a guess to confirm."""

    field: str
    category: Category
    said: str
    lines: int
    first_line: int
    answer: str = ""
    answered: bool = False


@dataclass(frozen=True)
class Reading:
    """What a table holds. Each of its `lines` is in `rows`, `problems`, `repeated`, `known`, or asked about."""

    lines: int = 0
    rows: tuple[CandidateRow, ...] = ()
    problems: tuple[TableProblem, ...] = ()
    #: Lines that say a person again, with the line that said them first.
    repeated: tuple[tuple[int, int], ...] = ()
    #: Lines that say somebody who is on the list already, as they stand there.
    known: tuple[int, ...] = ()
    unread: tuple[UnreadColumn, ...] = ()
    values: tuple[UnknownValue, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    #: Changes with the table and with each answer: what somebody confirms is what they saw.
    digest: str = ""

    @property
    def asks(self) -> bool:
        """Whether an answer is missing."""
        return any(not each.answered for each in self.values) or any(not each.answer for each in self.doubts)

    @property
    def doubts_drawn(self) -> list[Doubt]:
        """Those to show on a page: each that was answered by itself, and the first of the others."""
        alone = [each for each in self.doubts if not each.with_others]
        waiting = [each for each in alone if not each.answer][:MOST_DOUBTS]
        return [each for each in alone if each.answer or each in waiting]

    @property
    def answered_together(self) -> int:
        """How many doubts one answer settles."""
        return sum(each.with_others for each in self.doubts)

    @property
    def complete(self) -> bool:
        """Whether all lines are understood."""
        return bool(self.lines) and not self.problems and not self.asks


def value_of(category: Category, typed: str) -> str | None:
    """The value that was meant: case, accents and a plural ending are ignored."""

    def bare(text: str) -> str:
        return " ".join(map(stem, fold(text).split()))

    for same in (fold, bare):
        found = [value.name for value in category.values if same(value.name) == same(typed)]
        if len(found) == 1:
            return found[0]
    return None


def guess_of(category: Category, typed: str) -> str:
    """The value that was probably meant, to confirm: « H » of « Hommes », « Mme » of « Femmes »; empty: no idea."""
    said = fold(typed)
    if not said:
        return ""
    named = [(fold(value.name), value.name) for value in category.values]
    for words, beginnings in ((_FEMALE, _WOMEN), (_MALE, _MEN)):
        found = [name for folded, name in named if folded.startswith(beginnings)]
        if said in words and len(found) == 1:
            return found[0]
    found = [name for folded, name in named if folded.startswith(said) or said.startswith(folded)]
    return found[0] if len(found) == 1 else ""


def _as_typed(said: str) -> str:
    """A phone that a spreadsheet took for a number, as it was typed; where digits are lost it stays what it is."""
    plainly = _WITH_DECIMALS.fullmatch(said)
    if plainly:
        return plainly[1]
    short = _WITH_EXPONENT.fullmatch(said)
    return short[1] + short[2] if short and len(short[2]) == int(short[3]) else said


def contact_of(typed: str) -> tuple[str, str] | None:
    """(e-mail address, phone number) of what was typed or pasted, one or both empty; None where it is neither."""
    said = plain(typed)
    if not said:
        return "", ""
    if "@" in said:
        try:
            return fold_email(said), ""
        except BadEmail:
            return None
    try:
        # Nobody is sent a message from here: the numbers of films and examples are as good.
        return "", written(read_number(_as_typed(said), fictional=True))
    except BadPhone:
        return None


def read_candidates(
    text: str,
    categories: Sequence[Category],
    answers: Mapping[str, str] | None = None,
    there: Sequence[NewCandidate] = (),
) -> Reading:
    """What a table holds, with what was answered so far, beside those who are on the list; never raises."""
    answers = answers or {}
    table = read_table(text, MOST_CANDIDATES + 1)
    if len(table.lines) + len(table.broken) > MOST_CANDIDATES + 1:
        last = max(*(each.number for each in table.lines), *table.broken, 0)
        return Reading(
            lines=MOST_CANDIDATES + 1, problems=(TableProblem(last, "many", str(MOST_CANDIDATES)),)
        )
    lines = table.lines
    columns = _Columns(lines[0] if lines else None, lines, categories, answers)
    lines = lines[1:] if columns.named else lines
    problems = [TableProblem(number, "quote") for number in table.broken] + columns.missing
    read = _Rows(lines if not columns.missing else (), columns, categories, answers)
    persons = Persons(read.rows, answers, there)
    asked = [each for each in answers.items() if each[1]]
    return Reading(
        lines=len(lines) + len(table.broken),
        rows=tuple(persons.rows),
        problems=tuple(sorted(problems + read.problems, key=lambda each: each.line)),
        repeated=tuple(persons.repeated),
        known=tuple(persons.known),
        unread=tuple(columns.unread),
        values=tuple(read.values),
        doubts=tuple(persons.doubts),
        digest=hashlib.sha256(repr((text, sorted(asked), len(there))).encode()).hexdigest()[:32],
    )


class _Columns:
    """Where each column of a table is, by its name or, without names, by its place."""

    def __init__(
        self,
        first: Line | None,
        lines: Sequence[Line],
        categories: Sequence[Category],
        answers: Mapping[str, str],
    ) -> None:
        names = first.cells if first else ()
        self.places = known_columns(names, [category.name for category in categories])
        self.named = bool({FIRST_NAME, LAST_NAME} & set(self.places)) or len(self.places) > 1
        self.missing: list[TableProblem] = []
        self.unread: list[UnreadColumn] = []
        wanted = [*KINDS, *(f"category {place}" for place in range(len(categories)))]
        if not self.named:
            kept = (FIRST_NAME, LAST_NAME, CONTACT, *wanted[len(KINDS) :])
            self.places = {name: [place] for place, name in enumerate(kept)}
        read = {place for places in self.places.values() for place in places}
        for place in range(min(MOST_COLUMNS, max((len(line.cells) for line in lines), default=0))):
            name = plain(names[place])[:LONGEST] if self.named and place < len(names) else ""
            said = any(line.cells[place].strip() for line in lines[self.named :] if place < len(line.cells))
            if place in read or not said:
                continue
            field = question("column", place, name)
            answer = answers.get(field, "")
            if answer in wanted:
                self.places.setdefault(answer, []).append(place)
            self.unread.append(
                UnreadColumn(field, name or str(place + 1), answer if answer in wanted else "")
            )
        if first is not None and self.named:
            if FIRST_NAME not in self.places:
                self.missing.append(TableProblem(first.number, "no_first_name_column"))
            self.missing += [
                TableProblem(first.number, "no_column", category.name)
                for place, category in enumerate(categories)
                if f"category {place}" not in self.places
            ]

    def cells(self, line: Line, name: str) -> list[str]:
        """What a line says in the columns of a name, the one that counts first."""
        found = (line.cells[place] for place in self.places.get(name, ()) if place < len(line.cells))
        return [said for cell in found if (said := plain(cell))]

    def cell(self, line: Line, name: str) -> str:
        """What a line says first."""
        return next(iter(self.cells(line, name)), "")


class _Rows:
    """The lines of a table, each read, named, or waiting for what one of its values means."""

    def __init__(
        self,
        lines: Sequence[Line],
        columns: _Columns,
        categories: Sequence[Category],
        answers: Mapping[str, str],
    ) -> None:
        self.rows: list[CandidateRow] = []
        self.problems: list[TableProblem] = []
        self._columns, self._categories = columns, categories
        self._means: dict[tuple[int, str], str] = {}
        self._spelled: dict[tuple[int, str], str | None] = {}
        self.values = self._unknown(lines, answers)
        for line in lines:
            self._read(line)

    def _value(self, place: int, said: str) -> str | None:
        if (place, said) not in self._spelled:
            self._spelled[place, said] = value_of(self._categories[place], said) if said else None
        return self._spelled[place, said]

    def _unknown(self, lines: Sequence[Line], answers: Mapping[str, str]) -> list[UnknownValue]:
        found: list[UnknownValue] = []
        for place, category in enumerate(self._categories):
            known = {value.name for value in category.values}
            said = [(line.number, self._columns.cell(line, f"category {place}")) for line in lines]
            spelled = [(number, cell) for number, cell in said if cell and self._value(place, cell) is None]
            counts = Counter(fold(cell) or cell for _number, cell in spelled)
            if len(counts) > MOST_ASKED:
                continue
            first = {fold(cell) or cell: (number, cell) for number, cell in reversed(spelled)}
            for spelling, count in counts.items():
                number, cell = first[spelling]
                field = question("value", place, spelling)
                answer = answers.get(field, "")
                answered = answer in known
                if answered:
                    self._means[place, spelling] = answer
                guess = answer if answered else guess_of(category, cell)
                found.append(UnknownValue(field, category, cell[:LONGEST], count, number, guess, answered))
        self._asked = {each.field for each in found}
        return found

    def _read(self, line: Line) -> None:
        columns, problems = self._columns, []
        first_name, last_name = columns.cell(line, FIRST_NAME), columns.cell(line, LAST_NAME)
        if not first_name:
            problems.append(TableProblem(line.number, "no_first_name"))
        problems += [
            TableProblem(line.number, "long", said[:20])
            for said in (first_name, last_name)
            if len(said) > LONGEST
        ]
        email = phone = ""
        for name in (CONTACT, EMAIL, PHONE):
            typed = columns.cells(line, name)
            read = [contact for cell in typed if (contact := contact_of(cell)) is not None]
            if typed and not read:
                problems.append(TableProblem(line.number, "contact", typed[0][:LONGEST]))
            for found in read:
                email, phone = email or found[0], phone or found[1]
        profile: list[str] = []
        waits = False
        for place, category in enumerate(self._categories):
            said = columns.cell(line, f"category {place}")
            spelling = fold(said) or said
            value = self._value(place, said) or self._means.get((place, spelling))
            if value is not None:
                profile.append(value)
            elif said and question("value", place, spelling) in self._asked:
                waits = True
            else:
                known = " · ".join(each.name for each in category.values)
                kind = "value" if said else "no_value"
                problems.append(TableProblem(line.number, kind, said[:LONGEST] or category.name, known))
        candidate = NewCandidate(first_name, last_name, email, phone, tuple(profile))
        if not problems and candidate.key is None:
            problems.append(TableProblem(line.number, "unknown_person", first_name))
        self.problems += problems
        if not problems and not waits:
            self.rows.append(CandidateRow(line.number, candidate))
