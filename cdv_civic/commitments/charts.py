"""Drawings of an indicator's values: pure geometry, and the words that say the same.

A drawing always starts at zero (or below, where a value is), so that no small change looks big; time runs to
scale. Its numbers are those of an SVG of `WIDTH` by `HEIGHT`, left to right in every language, as on a ruler.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from cdv_civic.commitments.wording import value_text
from cdv_civic.core.i18n.formats import day_text
from cdv_civic.core.i18n.locales import locale_of
from cdv_civic.core.typed_numbers import BadNumber, read_decimal

WIDTH: Final = 320
HEIGHT: Final = 176
_LEFT: Final = 34
_RIGHT: Final = 286
_TOP: Final = 26
_FLOOR: Final = 148
_LABEL_LINE: Final = 168
#: Two labels nearer than this would touch.
_LABEL_ROOM: Final = 62
_BAR: Final = 44
_NUMBER: Final = re.compile(r"[+-]?\d{1,3}(?:[\s\u00a0\u202f.]\d{3})+(?:[.,]\d+)?|[+-]?\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class ChartValue:
    """A value of a day."""

    on: date
    value: float
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A value where it is drawn, and as it is said."""

    x: float
    y: float
    on: date
    label: str
    text: str
    source: str | None
    #: The value without its unit, as the drawing says it.
    short: str
    #: Whether there is room for its words in the drawing; the table says them anyway.
    labelled: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """The rectangle of a value."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that a template needs to draw a chart and its table."""

    kind: Literal["line", "bar"]
    points: tuple[Point, ...]
    bars: tuple[Bar, ...]
    #: Points of the line, as SVG wants them.
    path: str
    floor: float
    #: Height of the line of the value aimed at.
    target: float | None
    label_line: float = _LABEL_LINE
    width: int = WIDTH
    height: int = HEIGHT


def number_in(text: str | None) -> float | None:
    """The number that a text of the document is, where it is nothing but one (a unit may follow it)."""
    if text is None:
        return None
    match = _NUMBER.match(text.strip())
    if match is None or re.search(r"[\d,;/(à]", text.strip()[match.end() :]):
        return None
    try:
        return float(read_decimal(match.group()))
    except BadNumber:
        return None


def draw(
    measured: Sequence[ChartValue],
    *,
    value_kind: str,
    unit: str | None,
    locale: str,
    target: float | None = None,
) -> Drawing:
    """The drawing of some values, oldest first; one value alone is a bar. Raises `ValueError` for none."""
    if not measured:
        raise ValueError("nothing to draw")
    values = [each.value for each in measured] + ([target] if target is not None else [])
    lowest, highest = min(0.0, *values), max(0.0, *values)
    if highest == lowest:
        highest = 1.0
    top = highest if lowest < 0 and highest <= 0 else _round_up(highest)

    def height_of(value: float) -> float:
        return round(_FLOOR - (_FLOOR - _TOP) * (value - lowest) / (top - lowest), 1)

    places = _places([each.on for each in measured])
    labels = _labels([each.on for each in measured], locale)
    labelled = _with_room(places)
    zero = height_of(0.0)
    points = tuple(
        Point(
            x,
            height_of(each.value),
            each.on,
            label,
            value_text(value_kind, number=each.value, unit=unit, locale=locale),
            each.source,
            value_text(value_kind, number=each.value, locale=locale),
            index in labelled,
        )
        for index, (each, x, label) in enumerate(zip(measured, places, labels, strict=True))
    )
    single = len(points) == 1
    return Drawing(
        kind="bar" if single else "line",
        points=points,
        bars=tuple(
            Bar(round(each.x - _BAR / 2, 1), min(each.y, zero), _BAR, round(abs(zero - each.y), 1))
            for each in points
        )
        if single
        else (),
        path=" ".join(f"{each.x},{each.y}" for each in points),
        floor=zero,
        target=height_of(target) if target is not None else None,
    )


def _round_up(value: float) -> float:
    """The next "round" number: 1, 1.2, 1.5, 2... times a power of ten."""
    power: float = 10 ** math.floor(math.log10(value))
    return next(
        step * power
        for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
        if step * power >= value * (1 - 1e-12)
    )


def _places(days: Sequence[date]) -> list[float]:
    """Where each day stands between left and right; days that are all the same stand evenly."""
    if len(days) == 1:
        return [WIDTH / 2]
    first, last = days[0].toordinal(), days[-1].toordinal()
    if last <= first:
        step = (_RIGHT - _LEFT) / (len(days) - 1)
        return [round(_LEFT + step * index, 1) for index in range(len(days))]
    scale = (_RIGHT - _LEFT) / (last - first)
    return [round(_LEFT + scale * (day.toordinal() - first), 1) for day in days]


def _labels(days: Sequence[date], locale: str) -> list[str]:
    """The shortest way to say each day that sets it apart: year, month or day."""
    known = str(locale_of(locale))
    for pattern in ("y", "MMM y"):
        labels = [day_text(day, pattern, known) for day in days]
        if len(set(labels)) == len(labels) and (pattern != "y" or len(labels) > 1):
            return labels
    return [day_text(day, "d MMM y", known) for day in days]


def _with_room(places: Sequence[float]) -> set[int]:
    """The points whose words fit: the last always, the first, then those between that touch neither."""
    last = len(places) - 1
    chosen = {last}
    at = -math.inf
    for index, x in enumerate(places[:-1]):
        if x - at >= _LABEL_ROOM and places[last] - x >= _LABEL_ROOM:
            chosen.add(index)
            at = x
    return chosen
