"""Suppression of small counts: what of a table of people can be published without pointing at anybody.

A count below the threshold is small, and so is none: that nobody of a group gave an answer tells of all of them.
Small counts are hidden (primary suppression), and so are those from which totals would give them away (secondary).

Whoever reads a table is taken to know its totals and these very rules, and not which of the hidden counts are small.
What they can find out is the set of all tables for which these rules publish the same. In that set each hidden count
takes values that lie the threshold or more apart: nobody can say that it is small, nor how large it is, nor that all
people of a row gave one answer (attribute disclosure). It holds because what is hidden is chosen so that hidden counts
can be dealt out anew:

- One-way: all that is small is hidden, with the smallest count of twice the threshold or more, and all between.
  Exchange any two of the hidden counts, and the same ones are hidden.
- Those who gave no answer: that there are none of them is told, as it tells nothing of anybody; so no exchange may
  leave none there. Where they are hidden, some hidden count is small and not none, or becomes so when one person moves
  to a count of none; where that cannot be (`_stuck`), all is hidden.
- Merged (channels: everybody sees which are used): the same with those that were used, and what is hidden is told as
  one sum. Where all people are few for so many channels, all is hidden.
- Several answers each: a table of two counts per option, those who chose it and those who did not. What ties options
  together (from so many to so many answers each) stays true when two options exchange their counts: few are
  hidden with the smallest that is large enough, nearly all with the largest that leaves enough others. Those who gave
  no answer are hidden up to one more than the threshold, and only where any such number of them fits the rest.
- Two-way: rows and columns are taken by two (the last by three where their number is odd), always the same ones. A
  block of 2 x 2 that has a small count is hidden as a whole; where one of its own sums is small, its rows are
  hidden, in all columns; where one of their sums is small, all counts are, and totals alone remain. A table with given
  sums of rows and columns, all of the threshold or more, can be filled so that a count of our choice takes the whole of
  its row or its column, and so that others take it: what is emptied is small, and the same block is hidden.

Where all people together are fewer than twice the threshold, nothing is published, their total included: what adds up
to less cannot be dealt out far enough.

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
class WithBlanks:
    """What is published of counts, of those who gave no answer, and of the total of both."""

    cells: tuple[Published, ...]
    blanks: Published
    total: Published


@dataclass(frozen=True)
class TwoWay:
    """What is published of a table and of its totals."""

    rows: tuple[tuple[Published, ...], ...]
    row_totals: tuple[Published, ...]
    column_totals: tuple[Published, ...]
    total: Published


def single(count: int, threshold: int) -> Published:
    """A count whose total nobody knows, and which stands in no table."""
    _refuse_nonsense((count,), threshold)
    return count if count >= threshold else None


def step_count(count: int, threshold: int) -> int:
    """How many came, while more may come: in steps of the threshold; 0 says that they are fewer than twice as many.

    The first step is a double one: a table of so few people shows nothing, and its total must not be told more closely.
    """
    _refuse_nonsense((count,), threshold)
    return count // threshold * threshold if count >= 2 * threshold else 0


def part_of(count: int, whole: int, threshold: int) -> Published:
    """A count of some out of a `whole` that is published: hidden too where nearly all of them are counted."""
    return one_way((count, whole - count), threshold).cells[0]


def one_way(counts: Sequence[int], threshold: int) -> OneWay:
    """Counts of people who each stand in one of them, with their total. Raises `ValueError` below none."""
    _refuse_nonsense(counts, threshold)
    total = sum(counts)
    if total < 2 * threshold:
        return OneWay((None,) * len(counts), None)
    edge = _edge(counts, threshold)
    return OneWay(tuple(count if count > edge else None for count in counts), total)


def with_blanks(counts: Sequence[int], blanks: int, threshold: int) -> WithBlanks:
    """`one_way`, of people some of whom gave no answer (`blanks`). That there are none of them is told.

    Raises `ValueError` for a threshold of one, which calls no other count small than none.
    """
    _refuse_nonsense((*counts, blanks), threshold)
    if threshold < 2:
        raise ValueError("blanks need a threshold of two at least")
    if blanks == 0:
        told = one_way(counts, threshold)
        return WithBlanks(told.cells, None if told.total is None else 0, told.total)
    told = one_way((*counts, blanks), threshold)
    if told.cells[-1] is None and _stuck(counts, blanks, threshold):
        return WithBlanks((None,) * len(counts), None, told.total)
    return WithBlanks(told.cells[:-1], told.cells[-1], told.total)


def merged(counts: Sequence[int], threshold: int) -> OneWay:
    """`one_way`, where everybody sees which counts are none: these are told. What is hidden is published as its sum."""
    _refuse_nonsense(counts, threshold)
    told = one_way([count for count in counts if count] or [0], threshold)
    # One person at least stands in each hidden count: those who are left can be dealt out far enough, or all is hidden.
    if told.total is None or told.total < threshold + len(counts):
        return OneWay((None,) * len(counts), told.total)
    left = iter(told.cells)
    return OneWay(tuple(next(left) if count else 0 for count in counts), told.total)


def several(
    counts: Sequence[int], blanks: int, people: int, most: int, threshold: int, *, least: int = 1
) -> WithBlanks:
    """How many of the `people` chose each option; `blanks` chose none, each other from `least` to `most` options.

    Not all of them: there are more options than `least`. A cell tells how many did not choose it, too. Raises
    `ValueError` for counts that no people can have given.
    """
    _refuse_nonsense((*counts, blanks), threshold)
    answered, chosen = people - blanks, sum(counts)
    if not 1 <= least <= most or least >= len(counts):
        raise ValueError("who chooses, chooses one option at least, and need not choose all")
    if max(counts) > answered or not least * answered <= chosen <= most * answered:
        raise ValueError("no people can have chosen so many options")
    nothing = (None,) * len(counts)
    if people < 2 * threshold:
        return WithBlanks(nothing, None, None)
    if answered < threshold:
        return WithBlanks(nothing, None, people)
    if blanks == 0 or blanks > threshold + 1:
        return WithBlanks(_few_or_nearly_all(counts, answered, threshold), blanks, people)
    # Any number of blanks from 1 to one more than the threshold must fit what is told.
    fewest = people - threshold - 1
    if max(counts) > fewest or not least * (people - 1) <= chosen <= most * fewest:
        return WithBlanks(nothing, None, people)
    return WithBlanks(_few_or_nearly_all(counts, fewest, threshold), None, people)


def two_way(
    rows: Sequence[Sequence[int]],
    threshold: int,
    *,
    blank_row: bool = False,
    blank_column: bool = False,
) -> TwoWay:
    """A table of people who each stand in one cell, with its totals; two rows and two columns at least.

    `blank_row`, `blank_column`: the last are those who gave no answer (`with_blanks`); two others at least then.
    Raises `ValueError` for a smaller table, rows of unequal length, or counts below none.
    """
    width = len(rows[0]) if rows else 0
    if len(rows) < 2 + blank_row or width < 2 + blank_column or any(len(row) != width for row in rows):
        raise ValueError("a table has two rows and two columns at least, and all of one length")
    for row in rows:
        _refuse_nonsense(row, threshold)
    row_sums = [sum(row) for row in rows]
    column_sums = [sum(column) for column in zip(*rows, strict=True)]
    row_totals = _margin(row_sums, threshold, blanks=blank_row)
    column_totals = _margin(column_sums, threshold, blanks=blank_column)
    total = sum(row_sums)
    if total < 2 * threshold:
        return TwoWay(((None,) * width,) * len(rows), row_totals, column_totals, None)
    # A row of blanks without anybody is told, and is no part of any block.
    height = len(rows) - (blank_row and row_sums[-1] == 0)
    wide = width - (blank_column and column_sums[-1] == 0)
    blocks = _hidden_blocks([row[:wide] for row in rows[:height]], threshold)
    hidden = {(i, j) for block in blocks for i in block[0] for j in block[1]}
    return TwoWay(
        tuple(
            tuple(None if (i, j) in hidden else count for j, count in enumerate(row))
            for i, row in enumerate(rows)
        ),
        row_totals,
        column_totals,
        total,
    )


def _edge(counts: Sequence[int], threshold: int) -> int:
    """The largest count that is hidden."""
    if min(counts) >= threshold:
        return -1
    return min((count for count in counts if count >= 2 * threshold), default=max(counts))


def _stuck(counts: Sequence[int], blanks: int, threshold: int) -> bool:
    """Whether nobody can move to a hidden count of none so that the same is hidden.

    All other hidden counts are the edge then, which would be too small, or no longer the same for all.
    """
    if any(0 < count < 2 * threshold for count in (*counts, blanks)):
        return False
    return blanks == 2 * threshold or blanks in counts


def _few_or_nearly_all(counts: Sequence[int], people: int, threshold: int) -> tuple[Published, ...]:
    """How many of the people chose each option, without few and without nearly all of them."""
    nothing = (None,) * len(counts)
    low, high = -1, people + 1
    if min(counts) < threshold:
        enough = [count for count in counts if count >= 2 * threshold]
        if not enough:
            return nothing
        low = min(enough)
    if people - max(counts) < threshold:
        others = [count for count in counts if people - count >= 2 * threshold]
        if not others:
            return nothing
        high = max(others)
    return tuple(count if low < count < high else None for count in counts)


def _margin(sums: Sequence[int], threshold: int, *, blanks: bool) -> tuple[Published, ...]:
    """What is published of the sums of rows or columns, the last of which may be those who gave no answer."""
    if not blanks:
        return one_way(sums, threshold).cells
    told = with_blanks(sums[:-1], sums[-1], threshold)
    return (*told.cells, told.blanks)


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
