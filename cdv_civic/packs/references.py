"""What ties the rows of a pack together: unique names, references that lead somewhere, a period that ends.

Works on the JSON values, not on the checked rows: a broken row must not hide the broken references of the others.
Values of a wrong type or form were already reported by the grammar and are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cdv_civic.packs.grammar import CODE, SLUG, Calendar, Pattern, first_day, last_day
from cdv_civic.packs.problems import JsonPath, PackProblems, quote
from cdv_civic.packs.shapes import ROW_KEYS

_NAMES: Final = {
    "communes": "commune",
    "organisations": "organisation",
    "quartiers": "quartier",
    "axes": "axis",
    "indicators": "indicator",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """The field of a kind of rows that names rows of another kind (one, or a list of them)."""

    rows: str
    field: str
    target: str


REFERENCES: Final = (
    Reference("quartiers", "communes", "communes"),
    Reference("quartiers", "bailleurs", "organisations"),
    Reference("axes", "commune", "communes"),
    Reference("axes", "quartier", "quartiers"),
    Reference("commitments", "axes", "axes"),
    Reference("commitments", "holders", "organisations"),
    Reference("commitments", "partners", "organisations"),
    Reference("commitments", "quartiers", "quartiers"),
    Reference("commitments", "communes", "communes"),
    Reference("commitments", "indicators", "indicators"),
    Reference("indicators", "axis", "axes"),
    Reference("indicators", "quartiers", "quartiers"),
    Reference("bodies", "communes", "communes"),
    Reference("bodies", "quartiers", "quartiers"),
)


def check_references(value: Mapping[str, Any], problems: PackProblems) -> None:
    """Note names that stand twice and references that lead nowhere."""
    known = {kind: _check_names(value, kind, problems) for kind in ROW_KEYS}
    for reference in REFERENCES:
        form = _form(reference.target)
        for place, name in _named(value, reference):
            if form.fits(name) and name not in known[reference.target]:
                problems.add(place, f"unknown {_NAMES[reference.target]} {quote(name)}")
    _check_parents(value, known["axes"], problems)


def check_period(value: Mapping[str, Any], problems: PackProblems) -> None:
    """Note a contract that ends before it starts."""
    contract = value.get("contract")
    if not isinstance(contract, dict):
        return
    calendar = Calendar(partial=True)
    unheard = PackProblems()
    start, end = (calendar.read(contract.get(key), (), unheard) for key in ("period_start", "period_end"))
    if unheard.kept:
        return
    starts, ends = first_day(start), last_day(end)
    if starts is not None and ends is not None and ends < starts:
        problems.add(("contract", "period_end"), f"{quote(end)} is before the start {quote(start)}")


def _form(kind: str) -> Pattern:
    return SLUG if ROW_KEYS[kind] == "slug" else CODE


def _rows(value: Mapping[str, Any], kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = value.get(kind)
    if isinstance(rows, list):
        for index, row in enumerate(rows):
            if isinstance(row, dict):
                yield index, row


def _check_names(value: Mapping[str, Any], kind: str, problems: PackProblems) -> dict[str, int]:
    """Position of each row by its name; a name that stands twice is a problem."""
    key = ROW_KEYS[kind]
    positions: dict[str, int] = {}
    for index, row in _rows(value, kind):
        name = row.get(key)
        if not isinstance(name, str):
            continue
        if name in positions:
            problems.add(
                (kind, index, key), f"duplicate {key} {quote(name)}, first in {kind}[{positions[name]}]"
            )
        else:
            positions[name] = index
    return positions


def _named(value: Mapping[str, Any], reference: Reference) -> Iterator[tuple[JsonPath, Any]]:
    for index, row in _rows(value, reference.rows):
        found = row.get(reference.field)
        place = (reference.rows, index, reference.field)
        if isinstance(found, list):
            for position, name in enumerate(found):
                yield (*place, position), name
        else:
            yield place, found


def _check_parents(value: Mapping[str, Any], positions: Mapping[str, int], problems: PackProblems) -> None:
    """A parent stands earlier in the list, in the same tree: the axes are a forest, and no loop is possible."""
    axes = dict(_rows(value, "axes"))
    for index, row in axes.items():
        parent = row.get("parent")
        if not isinstance(parent, str) or not CODE.fits(parent):
            continue
        place = ("axes", index, "parent")
        position = positions.get(parent)
        if position is None:
            problems.add(place, f"unknown axis {quote(parent)}")
        elif position >= index:
            which = "is the axis itself" if position == index else "comes later in the list"
            problems.add(place, f"axis {quote(parent)} {which}")
        elif (tree := axes[position].get("tree")) != row.get("tree"):
            shown = quote(tree) if isinstance(tree, str) else "no tree"
            problems.add(place, f"axis {quote(parent)} is in another tree ({shown})")
