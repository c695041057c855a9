"""Numbers of sheets: the code of a consultation, batches, ranges as people say them, and which sheets are missing."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: Sheets of a batch, and of a consultation.
MOST_AT_ONCE: Final = 500
LARGEST: Final = 99_999
#: Letters that nobody takes for another or for a digit.
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODES: Final = len(_ALPHABET) ** 3
#: Shares no factor with `_CODES`: as many consultations as there are codes have each its own.
_STEP: Final = 5003
_SHEET: Final = re.compile(r"(?:([A-Z]{3})[\s\-_.]*)?0*([0-9]{1,5})")
_RANGE: Final = re.compile(r"0*([0-9]{1,5})(?:\s*(?:-|À|A|TO)\s*0*([0-9]{1,5}))?")


class VoidReason(StrEnum):
    """Why a sheet is not counted, and is not looked for either."""

    BLANK = "vide"
    SPOILED = "abimee"
    LOST = "perdue"
    #: The same person answered in another way.
    TWICE = "double"
    #: The person asked for it.
    TAKEN_BACK = "retiree"


VOID_REASONS: Final = tuple(reason.value for reason in VoidReason)


def sheet_code(consultation_id: int) -> str:
    """Three letters that tell the sheets of a consultation from those of another."""
    number = (consultation_id * _STEP + 7919) % _CODES
    base = len(_ALPHABET)
    return "".join(_ALPHABET[number // base**power % base] for power in (2, 1, 0))


@dataclass(frozen=True)
class SheetName:
    """What was typed of the name of a sheet; `code` is empty where the number stands alone."""

    code: str
    number: int


def written(consultation_id: int, number: int) -> str:
    """The name of a sheet as it is printed: « KMR 0042 »."""
    return f"{sheet_code(consultation_id)} {number:04d}"


def _plain(typed: str) -> str:
    kept = unicodedata.normalize("NFKC", typed[:2_000]).upper()
    plain = "".join(str(int(each)) if each.isdecimal() else each for each in kept)
    return re.sub("[\u2010-\u2015\u2212]", "-", plain).strip()


def read_sheet(typed: str) -> SheetName | None:
    """The name of a sheet, with or without the code of its consultation; None: it is none."""
    found = _SHEET.fullmatch(_plain(typed))
    if found is None or not int(found[2]):
        return None
    return SheetName(found[1] or "", int(found[2]))


def read_ranges(typed: str) -> list[int] | None:
    """« 12, 14-18 » as numbers, in order, each once; None where something else was typed, or too much."""
    numbers: set[int] = set()
    for part in re.split(r"[,;\n]+", _plain(typed)):
        if not part.strip():
            continue
        found = _RANGE.fullmatch(part.strip())
        if found is None:
            return None
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last or last - first >= MOST_AT_ONCE:
            return None
        numbers.update(range(first, last + 1))
    return sorted(numbers) if 0 < len(numbers) <= MOST_AT_ONCE else None


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as they are said: 12, and 14 to 18."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def ranges_said(numbers: Iterable[int]) -> str:
    """The same in one line, as `read_ranges` takes it: « 12, 14-18 »."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges(numbers))


@dataclass(frozen=True)
class Spans:
    """The sheets of some printed batches: (first, last) each."""

    batches: Sequence[tuple[int, int]] = ()

    def __contains__(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.batches)

    def numbers(self) -> Iterable[int]:
        """All of them, in order."""
        for first, last in sorted(self.batches):
            yield from range(first, last + 1)


def next_sheet(printed: Spans, done: Iterable[int], after: int = 0) -> int | None:
    """The sheet that is typed next: the first one after the last that was; else the first that is left; else none."""
    gone = set(done)
    left = [number for number in printed.numbers() if number not in gone]
    return next((number for number in left if number > after), left[0] if left else None)
