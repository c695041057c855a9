"""Where a commitment stands in the trees of its contract."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, bindparam, literal, select
from sqlalchemy.orm import aliased

from cdv_civic.commitments.models import commitment_axis
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import Axis
from cdv_civic.territory.vocabulary import TREES, CodedTerm


@dataclass(frozen=True, slots=True)
class AxisStep:
    """A node on the way from the top of a tree to the commitment."""

    code: str
    title: Words


@dataclass(frozen=True, slots=True)
class AxisPath:
    """A place of the commitment in one of the contract's trees, from the top down."""

    tree: CodedTerm
    steps: tuple[AxisStep, ...]


def paths_of(commitment_id: int, language: str) -> tuple[AxisPath, ...]:
    """Where the commitment stands in the contract's trees: one statement, climbing from its axes."""
    title, statement = _paths_statement(language)
    paths: dict[int, tuple[str, list[AxisStep]]] = {}
    for row in rows_of(statement, {"id": commitment_id}):
        paths.setdefault(row.leaf, (row.tree, []))[1].append(AxisStep(row.code, title.words(row)))
    return tuple(AxisPath(TREES[tree], tuple(steps)) for tree, steps in paths.values())


# Made once for each language: to build it costs more than to ask it.
@lru_cache(maxsize=64)
def _paths_statement(language: str) -> tuple[Localized, Any]:
    start = (
        select(
            commitment_axis.c.axis_id.label("leaf"),
            commitment_axis.c.position.label("position"),
            literal(0, Integer).label("height"),
            Axis.id.label("axis_id"),
            Axis.parent_id.label("parent_id"),
        )
        .join(Axis, Axis.id == commitment_axis.c.axis_id)
        .where(commitment_axis.c.commitment_id == bindparam("id"))
        .cte("climb", recursive=True)
    )
    above = aliased(Axis, name="above")
    climb = start.union_all(
        select(start.c.leaf, start.c.position, start.c.height + 1, above.id, above.parent_id)
        .join(above, above.id == start.c.parent_id)
        .where(start.c.height < 20)
    )
    title = Localized("title", Axis.title_id, language)
    statement: Any = (
        select(climb.c.leaf, Axis.code, Axis.tree, *title.columns)
        .join(climb, climb.c.axis_id == Axis.id)
        .order_by(climb.c.position, climb.c.leaf, climb.c.height.desc())
    )
    return title, title.join(statement)
