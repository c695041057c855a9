"""The list of words that a territory asks to look at, as people paste it: every line is read, or named."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cdv_civic.core import pasted_text
from cdv_civic.core.spreadsheets.lines import Line, read_table
from cdv_civic.core.stemming import SMALL_WORDS
from cdv_civic.core.text_folding import fold
from cdv_civic.moderation.rules.detectors.listed_words import MOST_WORDS, key_of

#: Lines of one table; words that are looked for in one language of a contract.
MOST_LINES: Final = 5000
MOST_LISTED: Final = 5000
#: Characters of a word or phrase.
LONGEST: Final = 80
#: Characters of a table: as many as its lines may have.
LONGEST_TABLE: Final = MOST_LINES * (LONGEST + 20)
#: How the columns of an export are called, folded, in the languages of the site.
_WORD_COLUMNS: Final = frozenset(map(fold, ("mot", "mots", "word", "words", "الكلمة", "كلمة")))
_LANGUAGE_COLUMNS: Final = frozenset(map(fold, ("langue", "language", "اللغة", "لغة")))
_SMALL: Final = frozenset[str]().union(*SMALL_WORDS.values())


class LineFault(StrEnum):
    """Why a word is not taken."""

    LONG = "long"
    #: More words than a phrase may have.
    MANY_WORDS = "many_words"
    #: No letter, or one alone.
    SHORT = "short"
    #: It stands in nearly every text.
    COMMON = "common"
    LANGUAGE = "language"
    QUOTE = "quote"


@dataclass(frozen=True)
class NewWord:
    """A word or phrase to look for."""

    lang: str
    words: str
    folded: str


@dataclass(frozen=True)
class BadLine:
    """A line that is not taken; `said`: what it says."""

    number: int
    fault: LineFault
    said: str


@dataclass(frozen=True)
class ReadList:
    """What a table holds."""

    words: tuple[NewWord, ...] = ()
    bad: tuple[BadLine, ...] = ()
    #: Lines that say a word again.
    repeated: int = 0
    #: Whether there are more than `MOST_LINES` lines; then nothing of it is read.
    too_long: bool = False


def read_list(text: str, lang: str, languages: Collection[str]) -> ReadList:
    """The words of a table: one a line, or several; with columns named as in an export, that of the words.

    `lang`: the language of those that say none; `languages`: the tags that may be said. Never raises.
    """
    table = read_table(text, MOST_LINES + 1)
    lines = table.lines
    columns = [fold(cell) for cell in lines[0].cells] if lines else []
    word_column = next((place for place, name in enumerate(columns) if name in _WORD_COLUMNS), None)
    language_column = next((place for place, name in enumerate(columns) if name in _LANGUAGE_COLUMNS), None)
    if word_column is not None:
        lines = lines[1:]
    if len(lines) + len(table.broken) > MOST_LINES:
        return ReadList(too_long=True)
    words: dict[tuple[str, str], NewWord] = {}
    bad = [BadLine(number, LineFault.QUOTE, "") for number in table.broken]
    repeated = 0
    for line in lines:
        said_lang, cells = _of_line(line, word_column, language_column, lang, languages)
        for cell in cells:
            read = _read(line.number, said_lang, cell, languages)
            if isinstance(read, BadLine):
                bad.append(read)
            elif (read.lang, read.folded) in words:
                repeated += 1
            else:
                words[read.lang, read.folded] = read
    return ReadList(tuple(words.values()), tuple(sorted(bad, key=lambda each: each.number)), repeated)


def _of_line(
    line: Line, word_column: int | None, language_column: int | None, lang: str, languages: Collection[str]
) -> tuple[str, list[str]]:
    """The language that a line says (else `lang`), and its words."""

    def cell(place: int | None) -> str:
        return line.cells[place].strip() if place is not None and place < len(line.cells) else ""

    if word_column is not None:
        return cell(language_column).lower() or lang, [cell(word_column)]
    if len(line.cells) == 2 and cell(0).lower() in languages and cell(1):
        return cell(0).lower(), [cell(1)]
    return lang, [each for each in line.cells if each.strip()]


def _read(number: int, lang: str, said: str, languages: Collection[str]) -> NewWord | BadLine:
    # Exports put an apostrophe before what a spreadsheet would take for a formula.
    words = " ".join(pasted_text.free_text(said).removeprefix("'").split())
    folded = key_of(words[: LONGEST + 1])
    fault = _fault(lang, words, folded, languages)
    return NewWord(lang, words, folded) if fault is None else BadLine(number, fault, words[:LONGEST])


def _fault(lang: str, words: str, folded: str, languages: Collection[str]) -> LineFault | None:
    if lang not in languages:
        return LineFault.LANGUAGE
    if len(words) > LONGEST:
        return LineFault.LONG
    if len(folded) < 2:
        return LineFault.SHORT
    if folded in _SMALL:
        return LineFault.COMMON
    return LineFault.MANY_WORDS if folded.count(" ") >= MOST_WORDS else None
