"""What is wrong in a contract pack, named by its place.

The sentences are read in a terminal, quoted in tickets and compared by scripts: they are in English, stable, and
never translated. `commitments[12].axes[0]: unknown axis "X"`
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

#: Problems kept in full; the others are only counted, so that a file of nonsense costs no memory.
MAX_PROBLEMS: Final = 50
#: Longest quotation of a value of the file, in characters.
QUOTE_LENGTH: Final = 60

#: Keys and positions that lead from the top of the file to a value: ("commitments", 12, "axes", 0).
JsonPath = tuple[str | int, ...]

#: The place of a problem of the whole file (unreadable, empty, too large).
FILE: Final[JsonPath] = ("file",)


def show_path(place: JsonPath) -> str:
    """Write a place as a reader of the file would: `commitments[12].axes[0]`. The top of the file is `pack`."""
    if not place:
        return "pack"
    words = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(words).removeprefix(".")


def quote(value: str) -> str:
    """Quote a text of the file for a terminal: one line, short, with every unusual character escaped."""
    short = value if len(value) <= QUOTE_LENGTH else value[: QUOTE_LENGTH - 1] + "…"
    quoted = json.dumps(short, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in quoted)


@dataclass(frozen=True, slots=True)
class PackProblem:
    """One thing to correct: where it is and what it is."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class PackProblems:
    """Collects problems: the first `MAX_PROBLEMS` are kept, the rest counted."""

    def __init__(self) -> None:
        self.kept: list[PackProblem] = []
        self.more = 0

    def add(self, place: JsonPath, message: str) -> None:
        """Note one problem."""
        if len(self.kept) < MAX_PROBLEMS:
            self.kept.append(PackProblem(show_path(place), message))
        else:
            self.more += 1

    def refuse_if_any(self) -> None:
        """Raise BadPack when anything was noted."""
        if self.kept:
            raise BadPack(self.kept, self.more)


class BadPack(Exception):
    """The file is not a usable contract pack. Nothing of it may be written.

    `problems` holds at most `MAX_PROBLEMS` entries; `more` counts the others.
    """

    def __init__(self, problems: list[PackProblem], more: int = 0) -> None:
        self.problems = problems
        self.more = more
        super().__init__("\n".join(self.lines()))

    @classmethod
    def single(cls, place: JsonPath, message: str) -> BadPack:
        """The refusal of a file for one reason."""
        return cls([PackProblem(show_path(place), message)])

    @property
    def count(self) -> int:
        """How many problems there are in all."""
        return len(self.problems) + self.more

    def lines(self) -> list[str]:
        """What to print, a line for each problem kept and one for the rest."""
        lines = [str(problem) for problem in self.problems]
        if self.more:
            lines.append(f"... and {self.more} more {'problem' if self.more == 1 else 'problems'}")
        return lines
