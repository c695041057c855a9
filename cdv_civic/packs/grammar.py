"""A small grammar for the values of a pack: each rule reads one JSON value, or says what is wrong with it.

The rules stand beside the fields they govern, as `Annotated[str, Text(140)]` in `shapes.py`: one table serves the type
checker, the reader and the messages. A rule returns the value to keep, or `BAD` after noting at least one problem, so
that one pass finds everything.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from datetime import date
from html.entities import html5
from typing import Any, Final, Protocol, get_args, get_type_hints

from cdv_civic.packs.problems import JsonPath, PackProblems, quote
from cdv_civic.packs.reading import ObjectWithDuplicates, Unusable

#: What a rule returns for a value that cannot be kept.
BAD: Final = object()

#: Longest free text, in characters. The longest of the real packs has 317.
MAX_TEXT: Final = 5_000
#: Largest whole number a column of the database holds.
MAX_WHOLE: Final = 2_147_483_647
#: Largest amount, in euros; as cents it stays well inside a 64-bit column.
MAX_EUROS: Final = 1_000_000_000_000

# Characters that no text may hold: controls, line and paragraph separators, halves of surrogate pairs,
# non-characters, and the invisible ones that reorder or hide text (bidirectional controls, zero width spaces, tags).
# The joiners U+200C and U+200D stay: several languages need them.
_FORBIDDEN_CHARACTER: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_TAG: Final = re.compile(r"<(?:[A-Za-z!?]|/[A-Za-z])")
_ENTITY: Final = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


class Rule(Protocol):
    """Reads one value at one place; returns it, or BAD after noting why."""

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """The value to keep, or BAD."""


def describe(value: Any) -> str:
    """Name the JSON type of a value, for "expected a text, found a list"."""
    match value:
        case None:
            return "null (leave the key out instead)"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def wrong_type(expected: str, value: Any) -> str:
    """The sentence for a value of another type than expected."""
    return value.reason if isinstance(value, Unusable) else f"expected {expected}, found {describe(value)}"


def _refuse_type(expected: str, value: Any, place: JsonPath, problems: PackProblems) -> Any:
    problems.add(place, wrong_type(expected, value))
    return BAD


def flaw_of_text(value: str, max_length: int = MAX_TEXT) -> str | None:
    """What forbids a text to be shown to people, or None when nothing does."""
    if not value:
        return "empty text"
    if len(value) > max_length:
        return f"text of {len(value)} characters, the limit is {max_length}"
    if found := _FORBIDDEN_CHARACTER.search(value):
        return f"control character U+{ord(found.group()):04X}"
    if value != value.strip():
        return "starts or ends with a space" if value.strip() else "empty text"
    if found := _TAG.search(value):
        return f"HTML tag near {quote(value[found.start() : found.start() + 20])}"
    for found in _ENTITY.finditer(value):
        if found.group(1).startswith("#") or f"{found.group(1)};" in html5:
            return f"HTML entity {quote(found.group())}"
    return None


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A text of one line for people: no space around it, no HTML, no control character."""

    max_length: int = MAX_TEXT

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """See `Rule`."""
        if not isinstance(value, str):
            return _refuse_type("a text", value, place, problems)
        if flaw := flaw_of_text(value, self.max_length):
            problems.add(place, flaw)
            return BAD
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class Pattern:
    """A text of a fixed form: a slug, a code, a département, a word."""

    name: str
    pattern: re.Pattern[str]
    max_length: int

    def fits(self, value: Any) -> bool:
        """Whether the value has the form."""
        return (
            isinstance(value, str) and len(value) <= self.max_length and bool(self.pattern.fullmatch(value))
        )

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """See `Rule`."""
        if not isinstance(value, str):
            return _refuse_type(f"a {self.name}", value, place, problems)
        if len(value) > self.max_length:
            problems.add(place, f"{self.name} of {len(value)} characters, the limit is {self.max_length}")
            return BAD
        if not self.pattern.fullmatch(value):
            problems.add(place, f"not a {self.name}: {quote(value)}")
            return BAD
        return value


SLUG: Final = Pattern("slug", re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"), 140)
CODE: Final = Pattern("code", re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*"), 60)
DEPARTEMENT: Final = Pattern("département number", re.compile(r"[0-9]{2,3}|2[AB]"), 3)
POSTCODE: Final = Pattern("postcode", re.compile(r"[0-9]{5}"), 5)
WORD: Final = Pattern("word in snake case", re.compile(r"[a-z][a-z0-9_]*"), 60)


@dataclasses.dataclass(frozen=True, slots=True)
class OneOf:
    """One word of a closed list."""

    words: Collection[str]

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """See `Rule`."""
        if not isinstance(value, str):
            return _refuse_type("a text", value, place, problems)
        if value not in self.words:
            problems.add(place, f"unknown word {quote(value)}, expected one of: {', '.join(self.words)}")
            return BAD
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class Whole:
    """A whole number. As in JSON Schema, 12.0 is one; true is not."""

    minimum: int
    maximum: int = MAX_WHOLE

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """See `Rule`."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return _refuse_type("a whole number", value, place, problems)
        if not self.minimum <= value <= self.maximum:
            problems.add(place, f"{value} is not between {self.minimum} and {self.maximum}")
            return BAD
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class Euros:
    """An amount in euros, whole or not, never negative."""

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """See `Rule`."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return _refuse_type("a number", value, place, problems)
        if not 0 <= value <= MAX_EUROS:
            problems.add(place, f"{value} is not between 0 and {MAX_EUROS} euros")
            return BAD
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """See `Rule`."""
        return value if isinstance(value, bool) else _refuse_type("true or false", value, place, problems)


def first_day(text: str) -> date | None:
    """First day of a year, month or day ("2024", "2024-05", "2024-05-12"); None where the calendar has no such day."""
    year, month, day = ([int(part) for part in text.split("-")] + [1, 1])[:3]
    try:
        return date(year, month, day)
    except ValueError:
        return None


def last_day(text: str) -> date | None:
    """Last day of a year, month or day; None where the calendar has no such day."""
    if first_day(text) is None:
        return None
    numbers = [int(part) for part in text.split("-")]
    if len(numbers) == 1:
        return date(numbers[0], 12, 31)
    if len(numbers) == 2:
        year, month = numbers
        return next(d for day in (31, 30, 29, 28) if (d := first_day(f"{year}-{month}-{day}")) is not None)
    return first_day(text)


@dataclasses.dataclass(frozen=True, slots=True)
class Calendar:
    """A date written as in ISO 8601; with `partial`, a year or a month alone is one too."""

    partial: bool = False

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """See `Rule`."""
        form = "year, month or date" if self.partial else "date"
        if not isinstance(value, str):
            return _refuse_type(f"a {form}", value, place, problems)
        pattern = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?" if self.partial else r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
        if not re.fullmatch(pattern, value):
            problems.add(place, f"not a {form}: {quote(value)}")
            return BAD
        if first_day(value) is None:
            problems.add(place, f"impossible date {quote(value)}")
            return BAD
        return value


@dataclasses.dataclass(frozen=True, slots=True)
class ListOf:
    """A list, read into a tuple; with `unique`, nothing may stand in it twice."""

    item: Rule
    at_least: int = 0
    unique: bool = True

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """See `Rule`."""
        if not isinstance(value, list):
            return _refuse_type("a list", value, place, problems)
        if len(value) < self.at_least:
            problems.add(place, "empty list")
            return BAD
        kept = [self.item.read(one, (*place, index), problems) for index, one in enumerate(value)]
        good = all(one is not BAD for one in kept)
        if self.unique:
            seen = set()
            for index, one in enumerate(kept):
                if one is not BAD and one in seen:
                    shown = quote(one) if isinstance(one, str) else one
                    problems.add((*place, index), f"{shown} stands twice in the list")
                    good = False
                seen.add(one)
        return tuple(kept) if good else BAD


@dataclasses.dataclass(frozen=True, slots=True)
class RecordOf:
    """An object, read into a dataclass whose fields carry their rules. A field without default is a required key."""

    shape: type[Any]

    def read(self, value: Any, place: JsonPath, problems: PackProblems) -> Any:
        """See `Rule`."""
        if not isinstance(value, dict):
            return _refuse_type("an object", value, place, problems)
        fields = rules_of(self.shape)
        good = check_keys(value, fields, place, problems)
        kept = {
            key: rule.read(value[key], (*place, key), problems)
            for key, (rule, _required) in fields.items()
            if key in value
        }
        if not good or any(one is BAD for one in kept.values()):
            return BAD
        return self.shape(**kept)


def check_keys(
    value: dict[str, Any], fields: Mapping[str, tuple[Rule, bool]], place: JsonPath, problems: PackProblems
) -> bool:
    """Note the keys that stand twice, that nobody knows, that are missing. True when there are none."""
    good = True
    if isinstance(value, ObjectWithDuplicates):
        for key in value.duplicates:
            problems.add(place, f"key {quote(key)} stands twice")
        good = False
    for key in value:
        if key not in fields:
            problems.add(place, f"unknown key {quote(key)}")
            good = False
    for key, (_rule, required) in fields.items():
        if required and key not in value:
            problems.add(place, f"missing key {quote(key)}")
            good = False
    return good


_RULES: Final[dict[type[Any], Mapping[str, tuple[Rule, bool]]]] = {}


def rules_of(shape: type[Any]) -> Mapping[str, tuple[Rule, bool]]:
    """The rule of each field of a shape, and whether the key is required."""
    if shape not in _RULES:
        hints = get_type_hints(shape, include_extras=True)
        found: dict[str, tuple[Rule, bool]] = {}
        for field in dataclasses.fields(shape):
            _kind, rule = get_args(hints[field.name])
            found[field.name] = (rule, field.default is dataclasses.MISSING)
        _RULES[shape] = found
    return _RULES[shape]


def to_json(row: Any) -> dict[str, Any]:
    """A row as the file has it: lists for tuples, and no key for what is not said."""
    result: dict[str, Any] = {}
    for field in dataclasses.fields(row):
        value = getattr(row, field.name)
        if value is not None:
            result[field.name] = _plain(value)
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return to_json(value) if dataclasses.is_dataclass(value) else value
