"""Charters: how many principles, in which order, and when other words make another principle."""

from collections.abc import Sequence
from typing import Final

MOST_PRINCIPLES: Final = 20
LONGEST_PRINCIPLE: Final = 400


def moved(ids: Sequence[int], one: int, *, up: bool) -> list[int]:
    """The same ids with `one` a place further up or down; as they are where it is first, or last.

    >>> moved([1, 2, 3], 3, up=True)
    [1, 3, 2]
    """
    order = list(ids)
    at = order.index(one)
    to = at - 1 if up else at + 1
    if 0 <= to < len(order):
        order[at], order[to] = order[to], order[at]
    return order


def replaces(before: str, after: str, *, named: bool) -> bool:
    """Whether other words are another principle: decisions that name one say what it said when they were taken."""
    return named and before.strip() != after.strip()
