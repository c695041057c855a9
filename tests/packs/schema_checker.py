"""Enough of JSON Schema 2020-12 to check a pack: an unknown keyword is an error, so that none goes unchecked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]

TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, float) and value.is_integer())
    ),
}
SAYS_NOTHING = {"$schema", "$defs", "title", "description"}


class Checker:
    """Checks values against one schema; keywords as in the vocabularies of applicators and validation."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def faults(self, value: Any, schema: Schema | None = None, place: str = "pack") -> Iterator[str]:
        """Each place of the value that a keyword refuses."""
        for keyword, wanted in (self.schema if schema is None else schema).items():
            if keyword not in SAYS_NOTHING:
                yield from getattr(self, f"_{keyword.removeprefix('$')}")(value, wanted, place, schema)

    def _ref(self, value: Any, wanted: str, place: str, _schema: Any) -> Iterator[str]:
        yield from self.faults(value, self.schema["$defs"][wanted.removeprefix("#/$defs/")], place)

    def _type(self, value: Any, wanted: str, place: str, _schema: Any) -> Iterator[str]:
        if not TYPES[wanted](value):
            yield f"{place}: type"

    def _enum(self, value: Any, wanted: list[Any], place: str, _schema: Any) -> Iterator[str]:
        if value not in wanted:
            yield f"{place}: enum"

    def _pattern(self, value: Any, wanted: str, place: str, _schema: Any) -> Iterator[str]:
        # In ECMA-262 `$` is the very end; in Python it also stands before a last line break.
        if isinstance(value, str) and not re.search(wanted.replace("$", r"\Z"), value):
            yield f"{place}: pattern"

    def _minLength(self, value: Any, wanted: int, place: str, _schema: Any) -> Iterator[str]:  # noqa: N802
        if isinstance(value, str) and len(value) < wanted:
            yield f"{place}: minLength"

    def _maxLength(self, value: Any, wanted: int, place: str, _schema: Any) -> Iterator[str]:  # noqa: N802
        if isinstance(value, str) and len(value) > wanted:
            yield f"{place}: maxLength"

    def _minimum(self, value: Any, wanted: float, place: str, _schema: Any) -> Iterator[str]:
        if TYPES["number"](value) and value < wanted:
            yield f"{place}: minimum"

    def _maximum(self, value: Any, wanted: float, place: str, _schema: Any) -> Iterator[str]:
        if TYPES["number"](value) and value > wanted:
            yield f"{place}: maximum"

    def _items(self, value: Any, wanted: Schema, place: str, _schema: Any) -> Iterator[str]:
        for index, each in enumerate(value if isinstance(value, list) else ()):
            yield from self.faults(each, wanted, f"{place}[{index}]")

    def _minItems(self, value: Any, wanted: int, place: str, _schema: Any) -> Iterator[str]:  # noqa: N802
        if isinstance(value, list) and len(value) < wanted:
            yield f"{place}: minItems"

    def _uniqueItems(self, value: Any, wanted: bool, place: str, _schema: Any) -> Iterator[str]:  # noqa: N802
        if wanted and isinstance(value, list) and any(each in value[:at] for at, each in enumerate(value)):
            yield f"{place}: uniqueItems"

    def _required(self, value: Any, wanted: list[str], place: str, _schema: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (f"{place}: required {name}" for name in wanted if name not in value)

    def _properties(self, value: Any, wanted: Schema, place: str, _schema: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, schema in wanted.items():
                if name in value:
                    yield from self.faults(value[name], schema, f"{place}.{name}")

    def _additionalProperties(  # noqa: N802
        self, value: Any, wanted: bool, place: str, schema: Schema | None
    ) -> Iterator[str]:
        known = (self.schema if schema is None else schema)["properties"]
        if isinstance(value, dict) and not wanted:
            yield from (f"{place}: additionalProperties {name}" for name in value if name not in known)

    def _allOf(self, value: Any, wanted: list[Schema], place: str, _schema: Any) -> Iterator[str]:  # noqa: N802
        for schema in wanted:
            yield from self.faults(value, schema, place)

    def _not(self, value: Any, wanted: Schema, place: str, _schema: Any) -> Iterator[str]:
        if not any(self.faults(value, wanted, place)):
            yield f"{place}: not"
