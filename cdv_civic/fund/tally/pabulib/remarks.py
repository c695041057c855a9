"""What is told of a file that is counted all the same."""

from dataclasses import dataclass, field
from typing import Final

#: Lines that one remark names.
MOST_LINES_NAMED: Final = 5


@dataclass
class _Met:
    lines: list[int] = field(default_factory=list)
    times: int = 0

    def __str__(self) -> str:
        more = self.times - len(self.lines)
        named = ", ".join(str(line) for line in self.lines) + (f" and {more} more" if more else "")
        return f"line{'s' if self.times > 1 else ''} {named}"


class Remarks:
    """Warnings: what is met on many lines is one, and so are all signs of the older form together."""

    def __init__(self) -> None:
        self._met: dict[str, _Met] = {}
        self._older: dict[str, int] = {}

    def note(self, text: str, line: int) -> None:
        """What is odd, and where."""
        met = self._met.setdefault(text, _Met())
        met.times += 1
        if len(met.lines) < MOST_LINES_NAMED:
            met.lines.append(line)

    def note_older_form(self, sign: str, line: int) -> None:
        """A sign of the form that files had before April 2026."""
        self._older.setdefault(sign, line)

    @property
    def warnings(self) -> tuple[str, ...]:
        """In the order in which they were met, the older form last."""
        found = [f"{met}: {text}" for text, met in self._met.items()]
        if self._older:
            signs = ", ".join(f"{sign} (line {line})" for sign, line in self._older.items())
            found.append(f"the file has the older form of Pabulib: {signs}")
        return tuple(found)
