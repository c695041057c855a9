"""Published tables point at nobody, even for an attacker who knows the totals and these rules and tries all tables."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.suppression import OneWay, TwoWay, one_way, part_of, single, two_way

Rows = tuple[tuple[int, ...], ...]


def dealt_out(total: int, cells: int) -> Iterator[tuple[int, ...]]:
    """All ways to deal a number out among cells."""
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in dealt_out(total - first, cells - 1):
            yield (first, *rest)


def reshaped(cells: tuple[int, ...], width: int) -> Rows:
    return tuple(cells[start : start + width] for start in range(0, len(cells), width))


# --- an attacker who tries all tables -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "threshold", "most"), [(1, 5, 12), (2, 5, 25), (3, 5, 24), (3, 3, 20), (4, 3, 16), (5, 2, 12)]
)
def test_an_attacker_who_tries_all_counts_never_learns_that_a_hidden_one_is_small(
    cells: int, threshold: int, most: int
) -> None:
    for total in range(threshold, most + 1):
        seen: dict[OneWay, list[tuple[int, ...]]] = defaultdict(list)
        for counts in dealt_out(total, cells):
            seen[one_way(counts, threshold)].append(counts)
        for published, possible in seen.items():
            assert published.total == total
            for number, cell in enumerate(published.cells):
                values = {counts[number] for counts in possible}
                if cell is None:
                    assert max(values) >= threshold, (published, possible)
                    assert len(values) > 1
                else:
                    assert values == {cell}
                    assert cell >= threshold
            # Nobody learns that all gave one answer, unless there is but one.
            assert cells == 1 or any(sum(count > 0 for count in counts) > 1 for counts in possible)


@pytest.mark.parametrize(
    ("height", "width", "threshold", "most"),
    [
        (2, 2, 2, 14),
        (2, 2, 3, 18),
        (2, 2, 5, 17),
        (2, 3, 2, 10),
        (3, 2, 2, 10),
        (3, 3, 2, 6),
        (2, 4, 2, 8),
        (4, 2, 2, 8),
        (2, 5, 1, 6),
        (5, 2, 1, 6),
        (4, 4, 1, 4),
    ],
)
def test_an_attacker_who_tries_all_tables_never_learns_that_a_hidden_count_is_small(
    height: int, width: int, threshold: int, most: int
) -> None:
    for total in range(threshold, most + 1):
        # What was published, and of all tables that publish the same the largest and smallest of each cell.
        highest: dict[TwoWay, list[int]] = {}
        lowest: dict[TwoWay, list[int]] = {}
        answers: dict[TwoWay, list[set[int | None]]] = {}
        for cells in dealt_out(total, height * width):
            rows = reshaped(cells, width)
            published = two_way(rows, threshold)
            lines = [*cells, *map(sum, rows), *map(sum, zip(*rows, strict=True))]
            highest[published] = list(map(max, highest.get(published, lines), lines))
            lowest[published] = list(map(min, lowest.get(published, lines), lines))
            for row, told in zip(rows, answers.setdefault(published, [set() for _row in rows]), strict=True):
                told.add(next((j for j, count in enumerate(row) if count == sum(row)), None))
        for published, most_of in highest.items():
            assert published.total == total
            shown = [
                *(cell for row in published.rows for cell in row),
                *published.row_totals,
                *published.column_totals,
            ]
            for cell, high, low in zip(shown, most_of, lowest[published], strict=True):
                if cell is None:
                    assert high >= threshold, published
                    assert high > low, published
                else:
                    assert high == low == cell
                    assert cell >= threshold, published
            for told in answers[published]:
                assert None in told or len(told) > 1, "nobody learns the one answer of a whole row"


def test_below_the_threshold_nothing_is_published() -> None:
    for counts in dealt_out(4, 3):
        assert one_way(counts, 5) == OneWay((None, None, None), None)
    for cells in dealt_out(4, 4):
        found = two_way(reshaped(cells, 2), 5)
        assert found == TwoWay(((None, None), (None, None)), (None, None), (None, None), None)


# --- larger tables: another table is shown that publishes the same ------------------------------------------------


def other_margins(counts: tuple[int, ...], wanted: int, threshold: int) -> list[int]:
    """Counts that are published the same way, where the one that is wanted is not small."""
    published = one_way(counts, threshold)
    if published.cells[wanted] is not None:
        return list(counts)
    hidden = [number for number, cell in enumerate(published.cells) if cell is None]
    other = list(counts)
    if all(counts[number] < threshold for number in hidden):
        for number in hidden:
            other[number] = 0
        other[wanted] = sum(counts[number] for number in hidden)
        return other
    large = next(number for number in hidden if counts[number] >= threshold)
    other[wanted], other[large] = other[large], other[wanted]
    return other


def filled(rows: list[int], columns: list[int], first_row: int, first_column: int) -> list[list[int]]:
    """The table with these sums in which one cell takes all that it can (the north-west corner rule)."""
    down = [first_row, *(number for number in range(len(rows)) if number != first_row)]
    across = [first_column, *(number for number in range(len(columns)) if number != first_column)]
    left, above = list(rows), list(columns)
    table = [[0] * len(columns) for _row in rows]
    i = j = 0
    while i < len(down) and j < len(across):
        most = min(left[down[i]], above[across[j]])
        table[down[i]][across[j]] = most
        left[down[i]] -= most
        above[across[j]] -= most
        if left[down[i]] == 0:
            i += 1
        else:
            j += 1
    return table


def witnesses(rows: Rows, published: TwoWay, i: int, j: int, threshold: int) -> Iterator[list[list[int]]]:
    """Tables that may publish the same, and in which a cell is as large as it can be: its block filled anew, then
    its rows, then the whole table."""
    for start, end in pairwise(sorted({0, *range(0, len(rows) - 1, 2)} | {len(rows)})):
        if not start <= i < end:
            continue
        for left, right in pairwise(sorted({*range(0, len(rows[0]) - 1, 2)} | {len(rows[0])})):
            for first, last in ((left, right), (0, len(rows[0]))):
                if not first <= j < last:
                    continue
                sums = [sum(row[first:last]) for row in rows[start:end]]
                down = [sum(row[number] for row in rows[start:end]) for number in range(first, last)]
                anew = filled(sums, down, i - start, j - first)
                table = [list(row) for row in rows]
                for number, row in enumerate(anew):
                    table[start + number][first:last] = row
                yield table
    row_sums = other_margins(tuple(map(sum, rows)), i, threshold)
    column_sums = other_margins(tuple(map(sum, zip(*rows, strict=True))), j, threshold)
    yield filled(row_sums, column_sums, i, j)


counts_of_people = st.one_of(st.integers(0, 8), st.integers(0, 60))


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    width = draw(st.integers(2, 7))
    row = st.tuples(*[counts_of_people] * width)
    return tuple(draw(st.lists(row, min_size=2, max_size=7)))


@given(tables(), st.integers(1, 8))
def test_of_any_hidden_count_another_table_that_publishes_the_same_makes_more_than_a_few(
    rows: Rows, threshold: int
) -> None:
    published = two_way(rows, threshold)
    if published.total is None:
        return
    for i, row in enumerate(published.rows):
        for j, cell in enumerate(row):
            if cell is None:
                assert any(
                    two_way(other, threshold) == published and other[i][j] >= threshold
                    for other in witnesses(rows, published, i, j, threshold)
                ), (rows, i, j)


@given(tables(), st.integers(1, 8))
def test_what_is_published_is_true_and_never_small(rows: Rows, threshold: int) -> None:
    published = two_way(rows, threshold)
    columns = tuple(zip(*rows, strict=True))
    pairs = [
        (published.total, sum(map(sum, rows))),
        *zip(published.row_totals, map(sum, rows), strict=True),
        *zip(published.column_totals, map(sum, columns), strict=True),
        *(
            pair
            for told, row in zip(published.rows, rows, strict=True)
            for pair in zip(told, row, strict=True)
        ),
    ]
    assert all(told is None or (told == true and told >= threshold) for told, true in pairs)


@given(tables(), st.integers(1, 8))
def test_nothing_is_hidden_where_nothing_is_small(rows: Rows, threshold: int) -> None:
    raised = tuple(tuple(count + threshold for count in row) for row in rows)
    published = two_way(raised, threshold)
    assert published.rows == raised
    assert None not in (*published.row_totals, *published.column_totals, published.total)


# --- what it costs ------------------------------------------------------------------------------------------------


def test_one_small_count_hides_the_next_larger_one_with_it() -> None:
    assert one_way((50, 3, 30, 20), 5).cells == (50, None, 30, None)
    assert one_way((50, 3, 20, 20), 5).cells == (50, None, None, None), (
        "its equals too: their order tells nothing"
    )
    assert one_way((100, 0, 0), 5).cells == (None, None, None), "all gave one answer"
    assert one_way((12, 5), 5) == OneWay((12, 5), 17)


def test_one_small_count_of_a_table_hides_its_block_alone() -> None:
    rows = ((3, 40, 30, 20), (50, 60, 10, 9), (10, 11, 12, 13), (8, 7, 6, 5))
    assert two_way(rows, 5).rows == ((None, None, 30, 20), (None, None, 10, 9), *rows[2:])


def test_a_block_whose_own_sums_are_small_takes_its_rows_along() -> None:
    rows = ((3, 1, 30, 20), (50, 60, 10, 9), (10, 11, 12, 13), (8, 7, 6, 5))
    assert two_way(rows, 5).rows == ((None,) * 4, (None,) * 4, *rows[2:])


def test_a_group_that_is_small_leaves_totals_alone() -> None:
    rows = ((3, 0, 0, 1), (50, 60, 10, 9), (10, 11, 12, 13), (8, 7, 6, 5))
    published = two_way(rows, 5)
    assert published.rows == ((None,) * 4,) * 4
    assert published.row_totals == (None, 129, 46, None)


def test_a_part_is_hidden_too_where_nearly_all_are_counted() -> None:
    assert [part_of(count, 20, 5) for count in (0, 4, 5, 15, 16, 20)] == [None, None, 5, 15, None, None]
    assert [single(count, 5) for count in (0, 4, 5, 20)] == [None, None, 5, 20]


@pytest.mark.parametrize("rows", [(), ((5, 6),), ((5,), (6,)), ((5, 6), (7,)), ((5, -1), (6, 7))])
def test_what_is_no_table_is_refused(rows: Rows) -> None:
    with pytest.raises(ValueError):
        two_way(rows, 5)


@pytest.mark.parametrize(("counts", "threshold"), [((), 5), ((-1, 9), 5), ((5, 6), 0)])
def test_what_are_no_counts_is_refused(counts: tuple[int, ...], threshold: int) -> None:
    with pytest.raises(ValueError):
        one_way(counts, threshold)
