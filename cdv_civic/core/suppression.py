"""Suppression of small counts: what of a table of people can be published without pointing at anybody.

A count below the threshold is small, and so is none: that nobody of a group gave an answer tells of all of them.
Small counts are hidden (primary suppression), and so are those from which totals would give them away (secondary).

Whoever reads a table is taken to know its totals and these very rules, and not which of the hidden counts are small.
What they can find out is the set of all tables for which these rules publish the same. Each hidden count is the
threshold or more in one of them: nobody can say that it is small, nor that all people of a row gave one answer
(attribute disclosure). It holds because what is hidden is chosen so that hidden counts can be dealt out anew:

- One-way: all that is small is hidden, with the smallest count that is not, and its equals. Exchange any two of the
  hidden counts, and the same ones are hidden.
- Two-way: rows and columns are taken by two (the last by three where their number is odd), always the same ones. A
  block of 2 x 2 that has a small count is hidden as a whole; where one of its own sums is small, its rows are
  hidden, in all columns; where one of their sums is small, all counts are, and totals alone remain. A table with given
  sums of rows and columns, all of the threshold or more, can be filled so that a count of our choice takes the whole of
  its row or its column: it is no longer small, what it empties is, and the same block is hidden.

Where all people together are fewer than the threshold, nothing is published.

Pure: plain numbers in and out. `tests/core/test_suppression.py` holds an attacker who tries all tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

#: A count that is published, or None: it is hidden.
Published: TypeAlias = int | None
_Block: TypeAlias = tuple[Sequence[int], Sequence[int]]


@dataclass(frozen=True)
class OneWay:
    """What is published of some counts and their total."""

    cells: tuple[Published, ...]
    total: Published


@dataclass(frozen=True)
class TwoWay:
    """What is published of a table and of its totals."""

    rows: tuple[tuple[Published, ...], ...]
    row_totals: tuple[Published, ...]
    column_totals: tuple[Published, ...]
    total: Published


def single(count: int, threshold: int) -> Published:
    """A count whose total nobody knows."""
    _refuse_nonsense((count,), threshold)
    return count if count >= threshold else None


def part_of(count: int, whole: int, threshold: int) -> Published:
    """A count of some out of a `whole` that is published: hidden too where nearly all of them are counted."""
    return one_way((count, whole - count), threshold).cells[0]


def one_way(counts: Sequence[int], threshold: int) -> OneWay:
    """Counts of people who each stand in one of them, with their total. Raises `ValueError` below none."""
    _refuse_nonsense(counts, threshold)
    total = sum(counts)
    if total < threshold:
        return OneWay((None,) * len(counts), None)
    if min(counts) >= threshold:
        return OneWay(tuple(counts), total)
    edge = min(count for count in (*counts, total) if count >= threshold)
    return OneWay(tuple(count if count > edge else None for count in counts), total)


def two_way(rows: Sequence[Sequence[int]], threshold: int) -> TwoWay:
    """A table of people who each stand in one cell, with its totals; two rows and two columns at least.

    Raises `ValueError` for a smaller table, rows of unequal length, or counts below none.
    """
    width = len(rows[0]) if rows else 0
    if len(rows) < 2 or width < 2 or any(len(row) != width for row in rows):
        raise ValueError("a table has two rows and two columns at least, and all of one length")
    for row in rows:
        _refuse_nonsense(row, threshold)
    by_row = one_way([sum(row) for row in rows], threshold)
    by_column = one_way([sum(column) for column in zip(*rows, strict=True)], threshold)
    hidden = {(i, j) for block in _hidden_blocks(rows, threshold) for i in block[0] for j in block[1]}
    return TwoWay(
        tuple(
            tuple(None if (i, j) in hidden else count for j, count in enumerate(row))
            for i, row in enumerate(rows)
        ),
        by_row.cells,
        by_column.cells,
        by_row.total,
    )


def _hidden_blocks(rows: Sequence[Sequence[int]], threshold: int) -> list[_Block]:
    """The blocks that are hidden: the smallest ones whose own sums give no small count away."""
    columns = range(len(rows[0]))
    found: list[_Block] = []
    for group in _by_two(len(rows)):
        blocks: list[_Block] = [(group, few) for few in _by_two(len(columns))]
        blocks = [
            block for block in blocks if min(rows[i][j] for i in block[0] for j in block[1]) < threshold
        ]
        if any(_smallest_sum(rows, block) < threshold for block in blocks):
            blocks = [(group, columns)]
            if _smallest_sum(rows, blocks[0]) < threshold:
                return [(range(len(rows)), columns)]
        found += blocks
    return found


def _by_two(length: int) -> list[range]:
    """0 and 1, 2 and 3…; the last three together where one would stay alone."""
    starts = range(0, length - 1, 2)
    return [range(start, length if start == starts[-1] else start + 2) for start in starts]


def _smallest_sum(rows: Sequence[Sequence[int]], block: _Block) -> int:
    """The smallest of the sums of a block's rows and columns."""
    across = (sum(rows[i][j] for j in block[1]) for i in block[0])
    down = (sum(rows[i][j] for i in block[0]) for j in block[1])
    return min(*across, *down)


def _refuse_nonsense(counts: Sequence[int], threshold: int) -> None:
    if threshold < 1 or not counts or min(counts) < 0:
        raise ValueError("counts of people are none or more, and a threshold is one or more")
