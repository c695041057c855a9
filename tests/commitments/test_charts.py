"""Drawings are honest: from zero, to scale, and said in words too."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.commitments.charts import HEIGHT, WIDTH, ChartValue, Drawing, draw, number_in
from cdv_civic.commitments.wording import value_text

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 2))
SERIES = st.lists(
    st.tuples(st.dates(date(2015, 1, 1), date(2035, 12, 31)), NUMBERS), min_size=1, max_size=30
).map(lambda pairs: [ChartValue(day, number) for day, number in sorted(pairs, key=lambda pair: pair[0])])


def drawn(measured: list[ChartValue], target: float | None = None) -> Drawing:
    return draw(measured, value_kind="count", unit=None, locale="fr", target=target)


@given(SERIES, st.none() | NUMBERS)
def test_everything_stays_inside_the_drawing(measured: list[ChartValue], target: float | None) -> None:
    drawing = drawn(measured, target=target)
    heights = [point.y for point in drawing.points] + [drawing.floor]
    heights += [drawing.target] if drawing.target is not None else []
    assert all(0 <= y <= HEIGHT for y in heights)
    assert all(0 <= point.x <= WIDTH for point in drawing.points)
    assert [point.x for point in drawing.points] == sorted(point.x for point in drawing.points)
    assert all(bar.height >= 0 for bar in drawing.bars)


@given(SERIES)
def test_a_greater_value_is_never_drawn_lower(measured: list[ChartValue]) -> None:
    points = drawn(measured).points
    for one, first in zip(measured, points, strict=True):
        for other, second in zip(measured, points, strict=True):
            if one.value > other.value:
                assert first.y <= second.y


@given(SERIES)
def test_words_in_the_drawing_never_touch_and_the_last_value_is_always_said(
    measured: list[ChartValue],
) -> None:
    points = drawn(measured).points
    places = [point.x for point in points if point.labelled]
    assert points[-1].labelled
    assert all(after - before >= 60 for before, after in pairwise(places))


def test_nothing_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="nothing"):
        drawn([])


def test_twice_the_value_is_twice_the_height() -> None:
    drawing = drawn([ChartValue(date(2024, 1, 1), 10), ChartValue(date(2025, 1, 1), 20)])
    first, second = (drawing.floor - point.y for point in drawing.points)
    assert second == pytest.approx(2 * first, abs=0.2)


def test_time_runs_to_scale() -> None:
    start = date(2024, 1, 1)
    days = [start, start + timedelta(days=100), start + timedelta(days=400)]
    x = [point.x for point in drawn([ChartValue(day, 1) for day in days]).points]
    assert (x[2] - x[0]) == pytest.approx(4 * (x[1] - x[0]), abs=0.3)


def test_one_value_alone_is_a_bar_and_labels_set_days_apart() -> None:
    assert drawn([ChartValue(date(2024, 5, 1), 3)]).kind == "bar"
    years = drawn([ChartValue(date(year, 1, 1), 3) for year in (2024, 2025)])
    assert [point.label for point in years.points] == ["2024", "2025"]
    months = drawn([ChartValue(date(2024, month, 1), 3) for month in (1, 6)])
    assert [point.label for point in months.points] == ["janv. 2024", "juin 2024"]


@pytest.mark.parametrize(
    ("kind", "value", "unit", "french", "english"),
    [
        ("count", 1234, None, "1 234", "1,234"),
        ("quantity", 12.5, "km", "12,5 km", "12.5 km"),
        ("rate", 45.5, None, "45,5 %", "45.5%"),
        ("amount", 1234500, None, "12 345 €", "€12,345"),
        ("amount", 1234550, None, "12 345,50 €", "€12,345.50"),
        ("count", 3, "nombre", "3", "3"),
    ],
)
def test_numbers_are_written_as_people_write_them(
    kind: str, value: float, unit: str | None, french: str, english: str
) -> None:
    for locale, expected in (("fr", french), ("en", english)):
        text = value_text(kind, number=value, unit=unit, locale=locale)
        assert text.replace("\u00a0", " ").replace("\u202f", " ") == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 520", 1520),
        ("1\u202f520", 1520),
        ("45 %", 45),
        ("22,3", 22.3),
        ("12 logements par an", 12),
        ("1.250 logements", 1250),
        ("1,250 logements", None),
        ("18 (3 257 089 €)", None),
        ("12 à 14", None),
        ("près de 14", None),
        ("À déterminer", None),
        ("54 (2018)", None),
        (None, None),
    ],
)
def test_a_target_is_a_number_only_where_it_is_nothing_else(text: str | None, number: float | None) -> None:
    assert number_in(text) == number
