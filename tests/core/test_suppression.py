"""Published tables point at nobody, even for an attacker who knows the totals and these rules and tries all tables.

For each hidden count such an attacker is left with values that lie the threshold or more apart.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdv_civic.core.suppression import (
    OneWay,
    Published,
    TwoWay,
    WithBlanks,
    merged,
    one_way,
    part_of,
    several,
    single,
    step_count,
    two_way,
    with_blanks,
)

Rows = tuple[tuple[int, ...], ...]
Told = tuple[Published, ...]


def dealt_out(total: int, cells: int) -> Iterator[tuple[int, ...]]:
    """All ways to deal a number out among cells."""
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in dealt_out(total - first, cells - 1):
            yield (first, *rest)


def reshaped(cells: Sequence[int], width: int) -> Rows:
    return tuple(tuple(cells[start : start + width]) for start in range(0, len(cells), width))


# --- an attacker who tries all tables -----------------------------------------------------------------------------


def given_away(published: Iterable[tuple[Told, tuple[int, ...]]], threshold: int) -> list[tuple[Told, int]]:
    """What is published of each possible table, with its counts: the hidden ones that it leaves too little room for.

    Published counts are seen to be true on the way.
    """
    lowest: dict[Told, list[int]] = {}
    highest: dict[Told, list[int]] = {}
    for told, counts in published:
        lowest[told] = list(map(min, lowest.get(told, counts), counts))
        highest[told] = list(map(max, highest.get(told, counts), counts))
    found = []
    for told, low in lowest.items():
        for number, cell in enumerate(told):
            if cell is None:
                if highest[told][number] - low[number] < threshold:
                    found.append((told, number))
            else:
                assert low[number] == highest[told][number] == cell, told
    return found


SIZES = [(1, 2, 16), (2, 2, 16), (3, 2, 14), (4, 2, 12), (2, 3, 24), (3, 3, 20), (1, 5, 30), (2, 5, 32)]


@pytest.mark.parametrize(("cells", "threshold", "most"), [*SIZES, (2, 1, 8), (3, 1, 8), (4, 3, 14)])
def test_an_attacker_who_tries_all_counts_never_comes_near_a_hidden_one(
    cells: int, threshold: int, most: int
) -> None:
    for total in range(2 * threshold, most + 1):
        told = {counts: one_way(counts, threshold) for counts in dealt_out(total, cells + 1)}
        assert {each.total for each in told.values()} == {total}
        assert given_away(((each.cells, counts) for counts, each in told.items()), threshold) == []
        assert all(cell is None or cell >= threshold for each in told.values() for cell in each.cells)


@pytest.mark.parametrize(("cells", "threshold", "most"), SIZES)
def test_nor_where_some_gave_no_answer(cells: int, threshold: int, most: int) -> None:
    for total in range(2 * threshold, most + 1):
        told = {
            counts: with_blanks(counts[:-1], counts[-1], threshold) for counts in dealt_out(total, cells + 1)
        }
        assert {each.total for each in told.values()} == {total}
        shown = (((*each.cells, each.blanks), counts) for counts, each in told.items())
        assert given_away(shown, threshold) == []
        assert all(cell is None or cell >= threshold for each in told.values() for cell in each.cells)
        assert all(each.blanks in (None, 0) or each.blanks >= threshold for each in told.values())


@pytest.mark.parametrize(("cells", "threshold", "most"), [*SIZES, (4, 1, 8)])
def test_nor_where_everybody_sees_which_counts_are_none(cells: int, threshold: int, most: int) -> None:
    for total in range(2 * threshold, most + 1):
        told = {counts: merged(counts, threshold) for counts in dealt_out(total, cells + 1)}
        assert {each.total for each in told.values()} == {total}
        assert given_away(((each.cells, counts) for counts, each in told.items()), threshold) == []


def chosen(people: int, options: int, most: int) -> Iterator[tuple[int, ...]]:
    """All that so many people can have chosen, at most so many options each; the last are those who chose none."""
    for blanks in range(people + 1):
        answered = people - blanks
        for counts in product(range(answered + 1), repeat=options):
            if answered <= sum(counts) <= most * answered:
                yield (*counts, blanks)


@pytest.mark.parametrize(
    ("options", "threshold", "largest"),
    [(2, 1, 7), (3, 1, 7), (2, 2, 12), (3, 2, 10), (4, 2, 6), (2, 3, 14), (2, 5, 16)],
)
def test_nor_where_each_gives_several_answers_and_how_many_is_known(
    options: int, threshold: int, largest: int
) -> None:
    for people, most in product(range(2 * threshold, largest + 1), range(1, options + 1)):
        told = {
            counts: several(counts[:-1], counts[-1], people, most, threshold)
            for counts in chosen(people, options, most)
        }
        assert {each.total for each in told.values()} == {people}
        shown = (((*each.cells, each.blanks), counts) for counts, each in told.items())
        assert given_away(shown, threshold) == []
        small = range(threshold)
        for each in told.values():
            assert not any(cell in small or people - cell in small for cell in each.cells if cell is not None)
            assert each.blanks in (None, 0) or each.blanks > threshold


@pytest.mark.parametrize(
    ("height", "width", "threshold", "totals", "blanks"),
    [
        (2, 2, 2, range(4, 13), (False, False)),
        (2, 2, 3, range(6, 17), (False, False)),
        (2, 2, 5, range(10, 17), (False, False)),
        (2, 3, 2, range(4, 10), (False, False)),
        (3, 2, 2, range(4, 10), (False, False)),
        (3, 3, 2, range(4, 7), (False, False)),
        (2, 4, 2, range(8, 9), (False, False)),
        (4, 2, 2, range(4, 8), (False, False)),
        (2, 5, 1, range(2, 6), (False, False)),
        (5, 2, 1, range(2, 6), (False, False)),
        (4, 4, 1, range(2, 5), (False, False)),
        (3, 2, 2, range(4, 10), (True, False)),
        (2, 3, 2, range(4, 10), (False, True)),
        (3, 3, 2, range(4, 7), (True, True)),
    ],
)
def test_an_attacker_who_tries_all_tables_never_comes_near_a_hidden_count(
    height: int, width: int, threshold: int, totals: range, blanks: tuple[bool, bool]
) -> None:
    for total in totals:
        shown: list[tuple[Told, tuple[int, ...]]] = []
        answers: dict[TwoWay, list[set[int | None]]] = {}
        for cells in dealt_out(total, height * width):
            rows = reshaped(cells, width)
            published = two_way(rows, threshold, blank_row=blanks[0], blank_column=blanks[1])
            assert published.total == total
            told = sum(published.rows, ()) + published.row_totals + published.column_totals
            shown.append((told, (*cells, *map(sum, rows), *map(sum, zip(*rows, strict=True)))))
            for row, of_all in zip(
                rows, answers.setdefault(published, [set() for _row in rows]), strict=True
            ):
                of_all.add(next((j for j, count in enumerate(row) if count == sum(row)), None))
        assert given_away(shown, threshold) == []
        for rows_told in answers.values():
            for of_all in rows_told[:-1] if blanks[0] else rows_told:
                assert None in of_all or len(of_all) > 1, "nobody learns the one answer of a whole row"


def naive(counts: Sequence[int], threshold: int) -> Told:
    """What does not do: nothing is hidden but what is small."""
    return tuple(count if count >= threshold else None for count in counts)


def with_the_next(counts: Sequence[int], threshold: int) -> Told:
    """What did for a weaker promise: what is small is hidden with the smallest count that is not."""
    edge = min((count for count in counts if count >= threshold), default=max(counts))
    return naive(counts, edge + 1 if min(counts) < threshold else threshold)


@pytest.mark.parametrize("rule", [naive, with_the_next])
def test_the_attacker_succeeds_against_weaker_rules(rule: Callable[[Sequence[int], int], Told]) -> None:
    assert given_away(((rule(counts, 3), counts) for counts in dealt_out(9, 3)), 3)


def test_the_attacker_succeeds_where_options_are_hidden_one_by_one() -> None:
    """Three options, at most one each, all answered: the third follows from two."""
    shown = ((naive(counts, 3), counts) for counts in chosen(14, 3, 1) if counts[-1] == 0)
    assert given_away(shown, 3)


def test_below_twice_the_threshold_nothing_is_published() -> None:
    for counts in dealt_out(9, 3):
        assert one_way(counts, 5) == OneWay((None, None, None), None)
        assert merged(counts, 5) == OneWay((None, None, None), None)
        assert with_blanks(counts[:2], counts[2], 5) == WithBlanks((None, None), None, None)
    for counts in chosen(9, 2, 2):
        assert several(counts[:2], counts[2], 9, 2, 5) == WithBlanks((None, None), None, None)
    for cells in dealt_out(9, 4):
        found = two_way(reshaped(cells, 2), 5)
        assert found == TwoWay(((None, None), (None, None)), (None, None), (None, None), None)


# --- larger tables: other tables are shown that publish the same --------------------------------------------------


counts_of_people = st.one_of(st.integers(0, 8), st.integers(0, 60), st.just(0))


def swapped(counts: Sequence[int], i: int, j: int) -> tuple[int, ...]:
    other = list(counts)
    other[i], other[j] = other[j], other[i]
    return tuple(other)


def exchanged(counts: Sequence[int], told: Told) -> Iterator[tuple[int, ...]]:
    """Counts where hidden ones are exchanged, after one of them gave one person to another or not."""
    hidden = [number for number, cell in enumerate(told) if cell is None]
    for i, j in product(hidden, repeat=2):
        moved = list(counts)
        moved[i] -= 1
        moved[j] += 1
        for k in hidden:
            yield swapped(swapped(counts, i, j), j, k)
            yield swapped(moved, i, k)


def told_one_way(counts: Sequence[int], threshold: int) -> Told:
    return one_way(counts, threshold).cells


def told_merged(counts: Sequence[int], threshold: int) -> Told:
    return merged(counts, threshold).cells


def told_with_blanks(counts: Sequence[int], threshold: int) -> Told:
    told = with_blanks(counts[:-1], counts[-1], threshold)
    return (*told.cells, told.blanks)


def crowded(counts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All of them in one cell; all but one who stands in the last; all but one in each other that is not empty."""
    total = sum(counts)
    for number in range(len(counts)):
        yield tuple(total if each == number else 0 for each in range(len(counts)))
        for left in ([0] * (len(counts) - 1) + [1], [min(count, 1) for count in counts]):
            left[number] += total - sum(left)
            yield tuple(left)


@pytest.mark.parametrize("rule", [told_one_way, told_merged, told_with_blanks])
@settings(max_examples=40)
@given(counts=st.lists(counts_of_people, min_size=2, max_size=8), threshold=st.integers(2, 8))
def test_hidden_counts_of_any_size_can_be_exchanged(
    rule: Callable[[Sequence[int], int], Told], counts: list[int], threshold: int
) -> None:
    if sum(counts) < max(2 * threshold, threshold + len(counts)):
        return
    told = rule(counts, threshold)
    others = [*exchanged(counts, told), *crowded(counts)]
    same = [each for each in others if min(each) >= 0 and rule(each, threshold) == told]
    for number, cell in enumerate(told):
        if cell is None:
            values = [each[number] for each in (counts, *same)]
            assert max(values) - min(values) >= threshold, (counts, told, number)


def filled(rows: Sequence[int], columns: Sequence[int], first_row: int, first_column: int) -> list[list[int]]:
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


def with_hidden_first(counts: tuple[int, ...], threshold: int) -> Iterator[tuple[int, ...]]:
    """These sums, and others that are published the same way: each hidden one has been made the largest."""
    told = one_way(counts, threshold).cells
    yield counts
    hidden = [number for number, cell in enumerate(told) if cell is None]
    if hidden:
        largest = max(hidden, key=lambda number: counts[number])
        for number in hidden:
            other = list(counts)
            other[number], other[largest] = other[largest], other[number]
            yield tuple(other)
    if len(hidden) == len(counts):
        for number in hidden:
            yield tuple(sum(counts) if number == each else 0 for each in hidden)


def witnesses(rows: Rows, threshold: int) -> Iterator[Rows]:
    """Tables that may publish the same: each cell in turn as large as it can be, in its block, its rows, the whole."""
    height, width = len(rows), len(rows[0])
    downs = list(pairwise([*range(0, height - 1, 2), height]))
    acrosses = [*pairwise([*range(0, width - 1, 2), width]), (0, width)]
    for (start, end), (left, right) in product(downs, acrosses):
        sums = [sum(row[left:right]) for row in rows[start:end]]
        down = [sum(row[number] for row in rows[start:end]) for number in range(left, right)]
        for i, j in product(range(end - start), range(right - left)):
            table = [list(row) for row in rows]
            for number, row in enumerate(filled(sums, down, i, j)):
                table[start + number][left:right] = row
            yield tuple(map(tuple, table))
    for row_sums in with_hidden_first(tuple(map(sum, rows)), threshold):
        for column_sums in with_hidden_first(tuple(map(sum, zip(*rows, strict=True))), threshold):
            for i, j in product(range(height), range(width)):
                yield tuple(map(tuple, filled(row_sums, column_sums, i, j)))


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    width = draw(st.integers(2, 5))
    row = st.tuples(*[counts_of_people] * width)
    return tuple(draw(st.lists(row, min_size=2, max_size=4)))


@settings(max_examples=40)
@given(tables(), st.integers(2, 8))
def test_other_tables_that_publish_the_same_lie_the_threshold_apart(rows: Rows, threshold: int) -> None:
    published = two_way(rows, threshold)
    if published.total is None:
        return
    same = [rows, *(each for each in witnesses(rows, threshold) if two_way(each, threshold) == published)]
    for i, row in enumerate(published.rows):
        for j, cell in enumerate(row):
            if cell is None:
                values = [each[i][j] for each in same]
                assert max(values) - min(values) >= threshold, (rows, i, j)


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


def test_one_small_count_hides_the_next_that_is_large_enough_with_it() -> None:
    assert one_way((50, 3, 30, 20), 5).cells == (50, None, 30, None)
    assert one_way((50, 3, 20, 20), 5).cells == (50, None, None, None), (
        "its equals too: their order tells nothing"
    )
    assert one_way((50, 3, 9, 10), 5).cells == (50, None, None, None)
    assert one_way((100, 0, 0), 5).cells == (None, None, None), "all gave one answer"
    assert one_way((12, 5), 5) == OneWay((12, 5), 17)


def test_a_question_of_two_hundred_answers_shows_all() -> None:
    assert one_way((20, 40, 60, 80), 5) == OneWay((20, 40, 60, 80), 200)
    assert with_blanks((20, 40, 60, 80), 0, 5) == WithBlanks((20, 40, 60, 80), 0, 200), "nobody left it blank"
    assert with_blanks((20, 40, 60, 73), 7, 5) == WithBlanks((20, 40, 60, 73), 7, 200)
    assert with_blanks((20, 40, 60, 77), 3, 5) == WithBlanks((None, 40, 60, 77), None, 200)
    assert with_blanks((0, 40, 60, 77), 23, 5) == WithBlanks((None, 40, 60, 77), None, 200)


def test_blanks_that_could_not_be_fewer_hide_all() -> None:
    assert with_blanks((0, 40, 60, 90), 10, 5).cells == (None,) * 4, "9 of them would not be hidden"
    assert with_blanks((0, 23, 60, 94), 23, 5).cells == (None,) * 4, "22 and 23 would not be hidden together"
    assert with_blanks((0, 7, 60, 110), 23, 5).cells == (None, None, 60, 110)


def test_options_of_which_several_can_be_chosen_are_told_unless_few_or_nearly_all_chose_one() -> None:
    told = several((20, 40, 190, 180), 0, 200, 4, 5)
    assert told == WithBlanks((20, 40, 190, 180), 0, 200)
    assert several((3, 20, 40, 180), 0, 200, 4, 5).cells == (None, None, 40, 180)
    assert several((20, 40, 150, 198), 0, 200, 4, 5).cells == (20, 40, None, None), "2 of 200 did not"
    assert several((3, 20, 40, 198), 0, 200, 3, 5).cells == (None, None, None, None)
    assert several((3, 4, 2, 198), 0, 200, 3, 5).cells == (None,) * 4, (
        "only one that is large, and it is too large"
    )


def test_who_chose_none_is_hidden_where_few_did_and_nothing_else_for_it() -> None:
    assert several((50, 60, 70), 3, 100, 2, 5) == WithBlanks((50, 60, 70), None, 100)
    assert several((50, 60, 70), 6, 100, 2, 5) == WithBlanks((50, 60, 70), None, 100)
    assert several((50, 60, 70), 7, 100, 2, 5) == WithBlanks((50, 60, 70), 7, 100)
    assert several((30, 30, 37), 3, 100, 2, 5).cells == (None,) * 3, (
        "their sum tells that two at least chose none"
    )
    assert several((5, 1, 1), 95, 100, 2, 5) == WithBlanks((None, None, None), 95, 100)
    assert several((2, 1, 1), 97, 100, 2, 5) == WithBlanks((None, None, None), None, 100)


def test_channels_of_which_few_came_are_told_together_with_the_next() -> None:
    assert merged((120, 3, 30, 20, 0), 5) == OneWay((120, None, 30, None, 0), 173)
    assert merged((173, 0, 0), 5) == OneWay((173, 0, 0), 173), (
        "all came by one channel: the others were not used"
    )
    assert merged((120, 3), 5) == OneWay((None, None), 123)
    assert merged((10, 1, 1, 0, 0, 0, 0, 0), 5).cells == (None,) * 8


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


def test_a_row_that_all_left_blank_or_nobody_did_is_told_for_what_it_is() -> None:
    rows = ((30, 40, 0), (50, 60, 0), (0, 0, 0))
    published = two_way(rows, 5, blank_row=True, blank_column=True)
    assert published.rows == rows
    assert published.row_totals == (70, 110, 0)
    assert published.column_totals == (80, 100, 0)
    few = two_way(((30, 40, 2), (50, 60, 1), (0, 1, 0)), 5, blank_row=True, blank_column=True)
    assert few.rows == ((None,) * 3,) * 3
    assert few.row_totals == (None, 111, None)


def test_a_part_is_hidden_too_where_nearly_all_are_counted() -> None:
    assert [part_of(count, 20, 5) for count in (0, 4, 5, 15, 16, 20)] == [None, None, 5, 15, None, None]
    assert part_of(5, 9, 5) is None
    assert [single(count, 5) for count in (0, 4, 5, 20)] == [None, None, 5, 20]


def test_how_many_came_so_far_is_told_in_steps_the_first_of_them_a_double_one() -> None:
    assert [step_count(count, 5) for count in (0, 4, 5, 9, 10, 14, 15, 203)] == [0, 0, 0, 0, 10, 10, 15, 200]


@pytest.mark.parametrize("rows", [(), ((5, 6),), ((5,), (6,)), ((5, 6), (7,)), ((5, -1), (6, 7))])
def test_what_is_no_table_is_refused(rows: Rows) -> None:
    with pytest.raises(ValueError):
        two_way(rows, 5)


def test_a_table_of_blanks_has_two_other_rows_and_columns() -> None:
    rows = ((5, 6), (7, 8))
    with pytest.raises(ValueError):
        two_way(rows, 5, blank_row=True)
    with pytest.raises(ValueError):
        two_way(rows, 5, blank_column=True)


@pytest.mark.parametrize(("counts", "threshold"), [((), 5), ((-1, 9), 5), ((5, 6), 0)])
def test_what_are_no_counts_is_refused(counts: tuple[int, ...], threshold: int) -> None:
    with pytest.raises(ValueError):
        one_way(counts, threshold)
    with pytest.raises(ValueError):
        merged(counts, threshold)


def test_blanks_need_a_threshold_that_calls_one_small() -> None:
    with pytest.raises(ValueError):
        with_blanks((5, 6), 3, 1)


@pytest.mark.parametrize(
    ("counts", "blanks", "most"),
    [((5,), 5, 1), ((4, 4), 1, 2), ((9, 8), 2, 2), ((9, 9), 1, 1), ((9, 9), 1, 0)],
)
def test_what_no_people_can_have_chosen_is_refused(counts: tuple[int, ...], blanks: int, most: int) -> None:
    with pytest.raises(ValueError):
        several(counts, blanks, 10, most, 5)
