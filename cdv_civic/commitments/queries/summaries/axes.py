"""How many commitments hang below each axis of a contract."""

from collections import Counter, defaultdict

from sqlalchemy import func, select

from cdv_civic.commitments.models import Commitment, commitment_axis
from cdv_civic.core.db import rows_of
from cdv_civic.territory.models import Axis


def axis_counts(contract_id: int) -> dict[int, int]:
    """For each axis of a contract, how many commitments hang in its subtree. 3 statements.

    A commitment under several axes is counted once in each node above them, and once in their common ones.
    """
    parents: dict[int, int | None] = {
        row.id: row.parent_id
        for row in rows_of(select(Axis.id, Axis.parent_id).where(Axis.contract_id == contract_id))
    }
    hung = (
        select(
            commitment_axis.c.commitment_id,
            func.min(commitment_axis.c.axis_id).label("axis_id"),
            func.count().label("axes"),
        )
        .join(Commitment, Commitment.id == commitment_axis.c.commitment_id)
        .where(Commitment.contract_id == contract_id, Commitment.retired_at.is_(None))
        .group_by(commitment_axis.c.commitment_id)
        .subquery()
    )
    # Nearly all hang under one axis: the database counts those, and only the others are looked at one by one.
    counts: Counter[int] = Counter()
    for row in rows_of(
        select(hung.c.axis_id, func.count().label("number")).where(hung.c.axes == 1).group_by(hung.c.axis_id)
    ):
        for axis in _up(row.axis_id, parents):
            counts[axis] += row.number
    several: dict[int, set[int]] = defaultdict(set)
    for row in rows_of(
        select(commitment_axis.c.commitment_id, commitment_axis.c.axis_id)
        .join(hung, hung.c.commitment_id == commitment_axis.c.commitment_id)
        .where(hung.c.axes > 1)
    ):
        several[row.commitment_id].update(_up(row.axis_id, parents))
    for axes in several.values():
        counts.update(axes)
    return {axis: counts[axis] for axis in parents}


def _up(axis_id: int, parents: dict[int, int | None]) -> list[int]:
    """An axis and all above it."""
    way: list[int] = []
    at: int | None = axis_id
    while at is not None and at in parents and at not in way:
        way.append(at)
        at = parents[at]
    return way
