"""The JSON Schema (2020-12) of `contrat-de-ville/1`, made from the rules that stand beside the fields.

`python -m cdv_civic.packs.json_schema` prints it: what it prints is published as `docs/contrat-de-ville-1.schema.json`.
A schema cannot say all that the importer asks for: that names are unique, that references lead somewhere, that a parent
stands before its children in the same tree, that a period ends after it starts, that a year has a 29 February.
"""

from __future__ import annotations

import json
from functools import singledispatch
from typing import Any, Final

from cdv_civic.packs.grammar import (
    MAX_EUROS,
    Calendar,
    Euros,
    Flag,
    ListOf,
    OneOf,
    Pattern,
    RecordOf,
    Rule,
    Text,
    Whole,
    rules_of,
)
from cdv_civic.packs.shapes import FORMAT, Pack

Schema = dict[str, Any]

#: Controls, separators, halves of surrogate pairs and invisible characters, in the regular expressions of ECMA-262.
_HIDDEN: Final = (
    r"[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f"
    r"\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff" + "\U000e0000-\U000e007f]"
)
_NEVER_IN_TEXT: Final = (
    _HIDDEN,
    r"^\s|\s$",
    r"<([A-Za-z!?]|/[A-Za-z])",
    r"&(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|nbsp);",
)
_YEAR: Final = r"(?!0000)[0-9]{4}"
_MONTH: Final = r"(0[1-9]|1[0-2])"
_MONTH_AND_DAY: Final = (
    r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
)


def pack_schema() -> Schema:
    """The schema of a whole pack; each kind of rows stands in `$defs`."""
    definitions: dict[str, Schema] = {}
    top = _record(Pack, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FORMAT,
        **top,
        "$defs": dict(sorted(definitions.items())),
    }


def _record(shape: type[Any], definitions: dict[str, Schema]) -> Schema:
    rules = rules_of(shape)
    return {
        "description": " ".join((shape.__doc__ or "").split()),
        "type": "object",
        "required": [name for name, (_rule, required) in rules.items() if required],
        "additionalProperties": False,
        "properties": {name: _of_rule(rule, definitions) for name, (rule, _required) in rules.items()},
    }


@singledispatch
def _of_rule(rule: Rule, _definitions: dict[str, Schema]) -> Schema:
    """The schema of the values that a rule takes."""
    raise TypeError(f"no schema for {type(rule).__name__}")


@_of_rule.register
def _text(rule: Text, definitions: dict[str, Schema]) -> Schema:
    definitions.setdefault(
        "text",
        {
            "description": "One line for people: no space around it, no HTML, no control character.",
            "type": "string",
            "minLength": 1,
            "allOf": [{"not": {"pattern": pattern}} for pattern in _NEVER_IN_TEXT],
        },
    )
    return {"$ref": "#/$defs/text", "maxLength": rule.max_length}


@_of_rule.register
def _pattern(rule: Pattern, _definitions: dict[str, Schema]) -> Schema:
    return {"type": "string", "pattern": f"^({rule.pattern.pattern})$", "maxLength": rule.max_length}


@_of_rule.register
def _one_of(rule: OneOf, _definitions: dict[str, Schema]) -> Schema:
    return {"enum": list(rule.words)}


@_of_rule.register
def _whole(rule: Whole, _definitions: dict[str, Schema]) -> Schema:
    return {"type": "integer", "minimum": rule.minimum, "maximum": rule.maximum}


@_of_rule.register
def _euros(_rule: Euros, _definitions: dict[str, Schema]) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": MAX_EUROS}


@_of_rule.register
def _flag(_rule: Flag, _definitions: dict[str, Schema]) -> Schema:
    return {"type": "boolean"}


@_of_rule.register
def _calendar(rule: Calendar, _definitions: dict[str, Schema]) -> Schema:
    form = f"(-({_MONTH}|{_MONTH_AND_DAY}))?" if rule.partial else f"-{_MONTH_AND_DAY}"
    return {"type": "string", "pattern": f"^{_YEAR}{form}$"}


@_of_rule.register
def _list(rule: ListOf, definitions: dict[str, Schema]) -> Schema:
    schema: Schema = {"type": "array", "items": _of_rule(rule.item, definitions)}
    if rule.at_least:
        schema["minItems"] = rule.at_least
    if rule.unique:
        schema["uniqueItems"] = True
    return schema


@_of_rule.register
def _object(rule: RecordOf, definitions: dict[str, Schema]) -> Schema:
    name = rule.shape.__name__.removeprefix("Pack").lower()
    if name not in definitions:
        definitions[name] = _record(rule.shape, definitions)
    return {"$ref": f"#/$defs/{name}"}


if __name__ == "__main__":
    print(json.dumps(pack_schema(), ensure_ascii=True, indent=2))  # noqa: T201
