"""The axes of contracts with their themes and how they were drawn up, as the desk reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import func, select

from cdv_civic.commitments.models import AxisOrigin, Commitment, commitment_axis
from cdv_civic.commitments.rules.origins import Origin
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words, texts_in_all
from cdv_civic.core.policy.model import Reach
from cdv_civic.territory.models import Axis, Contract
from cdv_civic.territory.scopes import contracts_within
from cdv_civic.territory.vocabulary import BORN_TREE, THEMES, CodedTerm

#: The largest contract has some hundreds of axes.
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class ThemedAxis:
    """An axis of a contract, with how many commitments hang right under it."""

    id: int
    contract_id: int
    code: str
    title: Words
    theme: CodedTerm | None
    #: What the import suggested: where it is another, staff chose.
    suggested: CodedTerm | None
    commitments: int
    #: How it was drawn up; None: nobody said.
    origin: Origin | None
    #: Whether it was born of a consultation: staff say what hangs on it.
    born: bool


def _axes(language: str, *conditions: Any) -> tuple[ThemedAxis, ...]:
    """The axes in the document's order. 1 statement."""
    title = Localized("title", Axis.title_id, language)
    counted = (
        select(commitment_axis.c.axis_id, func.count().label("commitments"))
        .group_by(commitment_axis.c.axis_id)
        .subquery()
    )
    statement: Any = (
        select(
            Axis.id,
            Axis.contract_id,
            Axis.code,
            Axis.tree,
            Axis.theme,
            Axis.suggested_theme,
            counted.c.commitments,
            AxisOrigin.how,
            *title.columns,
        )
        .outerjoin(counted, counted.c.axis_id == Axis.id)
        .outerjoin(AxisOrigin, AxisOrigin.axis_id == Axis.id)
        .where(Axis.retired_at.is_(None), *conditions)
        .order_by(Axis.contract_id, Axis.position, Axis.id)
        .limit(MOST)
    )
    return tuple(
        ThemedAxis(
            row.id,
            row.contract_id,
            row.code,
            title.words(row),
            THEMES[row.theme] if row.theme else None,
            THEMES[row.suggested_theme] if row.suggested_theme else None,
            row.commitments or 0,
            Origin(row.how) if row.how else None,
            row.tree == BORN_TREE,
        )
        for row in db.session.execute(title.join(statement))
    )


def axes_of_contract(contract_id: int, language: str, *, without_theme: bool) -> tuple[ThemedAxis, ...]:
    """The axes of a contract, or those of them that have no theme. 1 statement."""
    without = [Axis.theme.is_(None)] if without_theme else []
    return _axes(language, Axis.contract_id == contract_id, *without)


def themed_axis(axis_id: int, language: str) -> ThemedAxis | None:
    """One axis that still stands in its contract. 1 statement."""
    return next(iter(_axes(language, Axis.id == axis_id)), None)


@dataclass(frozen=True, slots=True)
class StoredOrigin:
    """How an axis was drawn up, as its form changes it."""

    how: Origin | None = None
    #: By language tag.
    note: Mapping[str, str] = field(default_factory=dict)
    #: 0 where nothing was ever said.
    version: int = 0


def stored_origin(axis_id: int) -> StoredOrigin:
    """What is said of an axis. 3 statements."""
    table = AxisOrigin
    row = rows_of(
        select(table.how, table.note_id, table.version).where(table.axis_id == axis_id)
    ).one_or_none()
    if row is None:
        return StoredOrigin()
    (note,) = texts_in_all(row.note_id)
    return StoredOrigin(Origin(row.how) if row.how else None, note, row.version)


@dataclass(frozen=True, slots=True)
class ContractTab:
    """A contract that can be chosen."""

    id: int
    short_title: str


def contract_tabs(reach: Reach) -> Sequence[ContractTab]:
    """The contracts wholly within reach, by title. 1 statement."""
    statement = (
        select(Contract.id, Contract.short_title)
        .where(contracts_within(reach))
        .order_by(Contract.short_title)
    )
    return tuple(ContractTab(*row) for row in db.session.execute(statement))


@dataclass(frozen=True, slots=True)
class HungCommitment:
    """A commitment that hangs on an axis."""

    id: int
    code: str
    title: Words


def hung_on(axis_id: int, language: str) -> Sequence[HungCommitment]:
    """The commitments that hang right on an axis, in the document's order. 1 statement."""
    title = Localized("title", Commitment.title_id, language)
    statement = (
        select(Commitment.id, Commitment.code, *title.columns)
        .join(commitment_axis, commitment_axis.c.commitment_id == Commitment.id)
        .where(commitment_axis.c.axis_id == axis_id, Commitment.retired_at.is_(None))
        .order_by(Commitment.position, Commitment.id)
    )
    return tuple(HungCommitment(row.id, row.code, title.words(row)) for row in rows_of(title.join(statement)))
