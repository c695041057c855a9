"""Among what an organiser chooses: who asks, in which quartiers, and the parts of a contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from cdv_civic.consultations.models import (
    consultation_quartier,
)
from cdv_civic.consultations.queries.desk import DeskConsultation
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import (
    Axis,
    Commune,
    Quartier,
    quartier_commune,
)


@dataclass(frozen=True)
class QuartierChoice:
    """A quartier that can be asked."""

    id: int
    name: str
    communes: tuple[str, ...]
    chosen: bool


def quartier_choices(found: DeskConsultation) -> list[QuartierChoice]:
    """The quartiers of the contract, or of the commune that asks; 2 statements."""
    chosen = select(consultation_quartier.c.quartier_id).where(
        consultation_quartier.c.consultation_id == found.id
    )
    statement = (
        select(Quartier.id, Quartier.name, Quartier.id.in_(chosen).label("chosen"))
        .where(Quartier.contract_id == found.contract_id)
        .order_by(Quartier.name, Quartier.id)
    )
    lies = quartier_commune.c
    if found.commune_id is not None:
        here = select(lies.quartier_id).where(lies.commune_id == found.commune_id)
        statement = statement.where(Quartier.id.in_(here))
    rows = rows_of(statement).all()
    communes: dict[int, list[str]] = {}
    named = (
        select(lies.quartier_id, Commune.name)
        .join(Commune, Commune.id == lies.commune_id)
        .join(Quartier, Quartier.id == lies.quartier_id)
        .where(Quartier.contract_id == found.contract_id)
        .order_by(Commune.name)
    )
    for quartier_id, name in rows_of(named):
        communes.setdefault(quartier_id, []).append(name)
    return [
        QuartierChoice(row.id, row.name, tuple(communes.get(row.id, ())), bool(row.chosen)) for row in rows
    ]


@dataclass(frozen=True)
class TreePart:
    """A tree of a contract, or the part of a commune, whose first nodes residents can choose among."""

    tree: str
    commune_id: int | None
    commune: str | None
    how_many: int

    @property
    def value(self) -> str:
        """As a form sends it."""
        return f"{self.tree}-{self.commune_id or 0}"


def tree_parts(contract_id: int) -> list[TreePart]:
    """The parts of a contract that have at least two axes; 1 statement."""
    rows = rows_of(
        select(Axis.tree, Axis.commune_id, Commune.name, func.count().label("how_many"))
        .outerjoin(Commune, Commune.id == Axis.commune_id)
        .where(Axis.contract_id == contract_id, Axis.retired_at.is_(None))
        .group_by(Axis.tree, Axis.commune_id, Commune.name)
        .having(func.count() > 1)
        .order_by(Axis.tree.desc(), Commune.name)
    )
    return [TreePart(row.tree, row.commune_id, row.name, row.how_many) for row in rows]


@dataclass(frozen=True)
class AxisChoice:
    """An axis that can be an option, and how deep it lies."""

    id: int
    title: Words
    depth: int


def axis_choices(
    contract_id: int, language: str, part: tuple[str, int | None] | None = None
) -> list[AxisChoice]:
    """The axes of a contract (or of one part of it) as a tree that is read from the top; 1 statement."""
    title = Localized("title", Axis.title_id, language)
    statement = select(Axis.id, Axis.parent_id, *title.columns).where(
        Axis.contract_id == contract_id, Axis.retired_at.is_(None)
    )
    if part is not None:
        tree, commune_id = part
        of_commune = Axis.commune_id.is_(None) if commune_id is None else Axis.commune_id == commune_id
        statement = statement.where(Axis.tree == tree, of_commune)
    rows = rows_of(title.join(statement).order_by(Axis.tree.desc(), Axis.position, Axis.id)).all()
    ids = {row.id for row in rows}
    below: dict[int | None, list[Any]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in ids else None, []).append(row)
    found: list[AxisChoice] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in below.get(parent, ()):
            found.append(AxisChoice(row.id, title.words(row), depth))
            walk(row.id, depth + 1)

    walk(None, 0)
    return found


def first_axes(choices: Sequence[AxisChoice]) -> list[int]:
    """The axes that residents choose among at first: the highest level that has at least two."""
    depths = sorted({each.depth for each in choices})
    for depth in depths:
        ids = [each.id for each in choices if each.depth == depth]
        if len(ids) > 1:
            return ids
    return [each.id for each in choices]
