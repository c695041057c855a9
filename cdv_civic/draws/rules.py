"""What a draw of lots is made of: categories with their quotas, the published list as text, the seed.

The list is published as plain text before the seed is known, and hashed whole: title, seats, quotas and the rule of
the seed are in it, so that none of them can be changed afterwards without everybody seeing it. The format is told in
docs/tirage.md, for whoever wants to do a draw again.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from cdv_civic.core.text_folding import fold

FORMAT: Final = "cdv-tirage 1"
MOST_CANDIDATES: Final = 5000
MOST_CATEGORIES: Final = 4
MOST_VALUES: Final = 12
MOST_SEATS: Final = 200
LONGEST_NAME: Final = 60
#: A public draw gives more than that; one digit would let anybody try all ten.
SHORTEST_SEED: Final = 6
LONGEST_SEED: Final = 200


class BadQuota(ValueError):
    """A line of quotas that cannot be read; `line` counts from 1, `meant` is what it may have been meant to say."""

    def __init__(self, kind: str, line: int = 0, said: str = "", meant: str = "") -> None:
        super().__init__(kind)
        self.kind, self.line, self.said, self.meant = kind, line, said, meant


class BadList(ValueError):
    """A file that is not a published list; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True)
class Value:
    """One answer within a category, and how many of those drawn have it: at least, at most (None: no limit)."""

    name: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Category:
    """What quotas go by: « Âge », with its values."""

    name: str
    values: tuple[Value, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain values for the database."""
        return {
            "name": self.name,
            "values": [{"name": each.name, "least": each.least, "most": each.most} for each in self.values],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Category":
        """What `as_data` gave."""
        return cls(
            data["name"], tuple(Value(each["name"], each["least"], each["most"]) for each in data["values"])
        )


@dataclass(frozen=True)
class Candidate:
    """Somebody as everybody may know them: a number, and one value for each category."""

    label: str
    profile: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedList:
    """All that is known before the seed."""

    body: str
    title: str
    college: str
    seats: int
    substitutes: int
    number: int
    seed_rule: str
    seed_day: date
    categories: tuple[Category, ...] = ()
    candidates: tuple[Candidate, ...] = field(default=())


def plain(text: str) -> str:
    """A text on one line that can stand in the list: NFC, no invisible characters, no bar, one space between words."""
    kept = "".join(
        " "
        if character.isspace() or character == "|" or unicodedata.category(character)[0] == "C"
        else character
        for character in unicodedata.normalize("NFC", text)
    )
    return unicodedata.normalize("NFC", " ".join(kept.split()))


_NUMBER: Final = r"(\d{1,4})"
_QUOTAS: Final = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (_NUMBER, "exactly"),
        (rf"{_NUMBER} ?(?:a|-|–|/|\.\.) ?{_NUMBER}", "between"),
        (rf"(?:de|entre) {_NUMBER} (?:a|et) {_NUMBER}", "between"),
        (rf"(?:au moins|min|minimum|>=|≥) ?{_NUMBER}", "least"),
        (rf"{_NUMBER} ?(?:\+|ou plus|au moins|et plus)", "least"),
        (rf"(?:au plus|max|maximum|<=|≤) ?{_NUMBER}", "most"),
        (rf"{_NUMBER} (?:au plus|au maximum)", "most"),
    )
)


def _bounds(said: str) -> tuple[int, int | None] | None:
    text = " ".join(said.casefold().replace("à", "a").split())
    for pattern, kind in _QUOTAS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        numbers = [int(each) for each in found.groups()]
        if kind == "least":
            return numbers[0], None
        if kind == "most":
            return 0, numbers[0]
        return numbers[0], numbers[-1]
    return None


#: Behind these a number belongs to the name: « plus de 60 », « moins de 18 ».
_OF_THE_NAME: Final = frozenset(("de", "des", "a", "et", "entre", "plus", "moins", "no", "numero", "n"))
_BRACKETS: Final = re.compile(r"[=()\[\]]")
_PERCENT: Final = re.compile(r".*\d ?%")


def _behind(line: str) -> tuple[str, str] | None:
    """(name, quota) where a line without a colon ends in what reads as a quota; None otherwise."""
    words = _BRACKETS.sub(" ", line).split()
    # From the longest end to the shortest: « 2 à 4 » is not « 4 » behind « 2 à ».
    for place in range(1, len(words)):
        name, said = " ".join(words[:place]).rstrip(" –-"), " ".join(words[place:])
        if not any(character.isalpha() for character in name) or _bounds(said) is None:
            continue
        last = fold(name).split()[-1:]
        return None if last and last[0] in _OF_THE_NAME else (name, said)
    return None


def _only_a_number(said: str) -> bool:
    return re.fullmatch(_NUMBER, said) is not None


def _refuse_behind(lines: Sequence[tuple[int, str]]) -> None:
    """Raise `BadQuota` for a line that would become a value without limit, though a quota was meant.

    « Secteur 1 », « Secteur 2 » are names: a number alone is one where another line differs by it alone.
    """
    for number, line in lines:
        if ":" in line:
            continue
        if _PERCENT.fullmatch(line):
            raise BadQuota("percent", number, line)
        found = _behind(line)
        if found is None:
            continue
        name, said = found
        alike = sum((_behind(other) or ("",))[0] == name for _number, other in lines)
        if not _only_a_number(said) or alike < 2:
            raise BadQuota("no_colon", number, line, f"{name} : {said}")


def read_values(text: str) -> tuple[Value, ...]:
    """The values of a category, one a line: « Femmes : 6 », « 16 à 25 ans : 1 à 3 », « Nord : au moins 2 », « Sud ».

    Raises `BadQuota`.
    """
    values: list[Value] = []
    lines = [
        (number, plain(typed).lstrip("-•* ").strip()) for number, typed in enumerate(text.splitlines(), 1)
    ]
    _refuse_behind(lines)
    for number, line in lines:
        if not line:
            continue
        name, colon, said = line.rpartition(":")
        name, said = (name.strip(), said.strip()) if colon else (line, "")
        bounds = _bounds(said) if said else (0, None)
        if bounds is None:
            raise BadQuota("unreadable", number, said)
        if not name or len(name) > LONGEST_NAME:
            raise BadQuota("name", number, name)
        if bounds[1] is not None and bounds[0] > bounds[1]:
            raise BadQuota("crossed", number, said)
        if fold(name) in {fold(each.name) for each in values}:
            raise BadQuota("twice", number, name)
        values.append(Value(name, *bounds))
    if len(values) > MOST_VALUES:
        raise BadQuota("many", MOST_VALUES + 1)
    return tuple(values)


def written_values(values: Iterable[Value]) -> str:
    """The text that `read_values` reads."""

    def said(value: Value) -> str:
        if value.most is None:
            if value.least:
                return f" : {value.least}+"
            unclear = ":" in value.name or _PERCENT.fullmatch(value.name) or _behind(value.name)
            return " :" if unclear else ""
        if value.least == value.most:
            return f" : {value.least}"
        return f" : {value.least}-{value.most}"

    return "\n".join(f"{value.name}{said(value)}" for value in values)


def canonical(published: PublishedList) -> str:
    """The list as everybody can read and hash it; the order in which candidates came does not matter."""
    rows: list[tuple[object, ...]] = [
        (FORMAT,),
        ("instance", published.body),
        ("titre", published.title),
        ("college", published.college),
        ("sieges", published.seats),
        ("suppleants", published.substitutes),
        ("liste", published.number),
        ("hasard", published.seed_rule),
        ("jour", published.seed_day.isoformat()),
    ]
    for category in published.categories:
        rows += [
            ("critere", category.name, each.name, each.least, "-" if each.most is None else each.most)
            for each in category.values
        ]
    rows += [
        ("candidat", each.label, *each.profile)
        for each in sorted(published.candidates, key=lambda each: each.label)
    ]
    return "".join(" | ".join(str(cell) for cell in row) + "\n" for row in rows)


def fingerprint(text: str) -> str:
    """SHA-256 of a list, of its UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _whole(typed: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", typed):
        raise ValueError(typed)
    return int(typed)


def parse(text: str) -> PublishedList:
    """The list that a text is; line ends and empty lines do not matter. Raises `BadList`."""
    head: dict[str, str] = {}
    categories: dict[str, list[Value]] = {}
    candidates: list[Candidate] = []
    number = 0
    try:
        for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
            cells = [cell.strip() for cell in line.split("|")]
            if number == 1:
                if cells != [FORMAT]:
                    raise ValueError(line)
            elif cells == [""]:
                continue
            elif cells[0] == "critere":
                _critere, category, name, least, most = cells
                value = Value(name, _whole(least), None if most == "-" else _whole(most))
                categories.setdefault(category, []).append(value)
            elif cells[0] == "candidat":
                candidates.append(_candidate(cells[1:], categories))
            else:
                key, head[key] = cells[0], cells[1]
                if len(cells) != 2:
                    raise ValueError(line)
        if len({each.label for each in candidates}) != len(candidates):
            raise ValueError("a label twice")
        return PublishedList(
            head["instance"],
            head["titre"],
            head["college"],
            _whole(head["sieges"]),
            _whole(head["suppleants"]),
            _whole(head["liste"]),
            head["hasard"],
            date.fromisoformat(head["jour"]),
            tuple(Category(name, tuple(values)) for name, values in categories.items()),
            tuple(candidates),
        )
    except (ValueError, KeyError, IndexError):
        raise BadList(max(number, 1)) from None


def _candidate(cells: Sequence[str], categories: Mapping[str, Sequence[Value]]) -> Candidate:
    label, *profile = cells
    for said, values in zip(profile, categories.values(), strict=True):
        if said not in {each.name for each in values}:
            raise ValueError(said)
    if not label:
        raise ValueError(label)
    return Candidate(label, tuple(profile))


def normal_seed(typed: str) -> str:
    """The one form of a seed: « 03 · 17 - 22 » and « 3 17 22 » are both "3-17-22". Digits of any script are digits."""
    digits = "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in unicodedata.normalize("NFKC", typed)
    )
    runs = re.findall(r"[0-9]+|[^\W\d_]+", fold(digits))
    return "-".join(run.lstrip("0") or "0" if run.isdigit() else run for run in runs)


def seed_is_long_enough(seed: str) -> bool:
    """Whether a normalised seed is one that nobody could try out."""
    return len(seed.replace("-", "")) >= SHORTEST_SEED and len(seed) <= LONGEST_SEED
