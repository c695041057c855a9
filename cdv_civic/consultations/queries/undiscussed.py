"""Parts of contracts that had no consultation of their own, and that none is about yet: what the desk proposes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, true

from cdv_civic.commitments.models import AxisOrigin
from cdv_civic.commitments.rules.origins import Origin
from cdv_civic.consultations.models import Consultation, ConsultationOption, ConsultationQuestion
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.model import Reach
from cdv_civic.territory.models import (
    Axis,
    Commune,
    Contract,
    body_commune,
    body_quartier,
    quartier_commune,
)
from cdv_civic.territory.scopes import contracts_touched, contracts_within

#: On the list of consultations; the page of a new one shows those of its contract.
SHOWN_FIRST: Final = 4
MOST: Final = 100


@dataclass(frozen=True)
class UndiscussedPart:
    """A part of a contract to propose a consultation for."""

    code: str
    title: Words
    commune: str | None
    contract: str
    contract_title: str


@dataclass(frozen=True)
class Undiscussed:
    """The first of them, and how many there are."""

    parts: Sequence[UndiscussedPart]
    total: int


def undiscussed_parts(
    reach: Reach, language: str, *, contract_id: int | None = None, most: int = SHOWN_FIRST
) -> Undiscussed:
    """Those within reach, of one contract or of all; 1 statement.

    One that a consultation is prepared about is left out already; one that is withdrawn counts for nothing.
    """
    title = Localized("title", Axis.title_id, language)
    asked = (
        select(ConsultationOption.id)
        .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationOption.question_id)
        .join(Consultation, Consultation.id == ConsultationQuestion.consultation_id)
        .where(ConsultationOption.axis_id == Axis.id, Consultation.withdrawn_at.is_(None))
        .correlate(Axis)
    )
    statement = (
        select(
            Axis.code,
            Commune.name.label("commune"),
            Contract.slug,
            Contract.short_title,
            func.count().over().label("total"),
            *title.columns,
        )
        .select_from(AxisOrigin)
        .join(Axis, Axis.id == AxisOrigin.axis_id)
        .join(Contract, Contract.id == Axis.contract_id)
        .outerjoin(Commune, Commune.id == Axis.commune_id)
        .where(
            AxisOrigin.how == Origin.NO_CONSULTATION.value,
            Axis.retired_at.is_(None),
            ~asked.exists(),
            _within(reach),
        )
        .order_by(Contract.short_title, Contract.id, Axis.position, Axis.id)
        .limit(most)
    )
    if contract_id is not None:
        statement = statement.where(Axis.contract_id == contract_id)
    rows = rows_of(title.join(statement)).all()
    return Undiscussed(
        [UndiscussedPart(row.code, title.words(row), row.commune, row.slug, row.short_title) for row in rows],
        rows[0].total if rows else 0,
    )


def _within(reach: Reach) -> ColumnElement[bool]:
    """The condition that an `Axis` of a `Contract` is for whoever asks there: their whole contract, or their town."""
    if reach.everywhere:
        return true()
    lies = quartier_commune.c
    of_bodies = (
        select(lies.commune_id)
        .join(body_quartier, body_quartier.c.quartier_id == lies.quartier_id)
        .where(body_quartier.c.body_id.in_(sorted(reach.bodies)))
    )
    here = or_(
        Axis.commune_id.is_(None),
        Axis.commune_id.in_(sorted(reach.communes)),
        Axis.commune_id.in_(select(lies.commune_id).where(lies.quartier_id.in_(sorted(reach.quartiers)))),
        Axis.commune_id.in_(of_bodies),
        Axis.commune_id.in_(
            select(body_commune.c.commune_id).where(body_commune.c.body_id.in_(sorted(reach.bodies)))
        ),
    )
    return or_(contracts_within(reach), contracts_touched(reach) & here)


@dataclass(frozen=True)
class StartingPart:
    """A part of a contract that a consultation begins with, among those that stand beside it."""

    id: int
    title: Words
    #: It comes first, then those beside it; those right below it where it stands alone.
    axes: Sequence[int]

    @property
    def value(self) -> str:
        """As a form sends it."""
        return f"axe-{self.id}"


def starting_part(contract_id: int, code: str, language: str) -> StartingPart | None:
    """A part of a contract by its code, and what residents choose among then; 2 statements."""
    title = Localized("title", Axis.title_id, language)
    statement = select(Axis.id, Axis.parent_id, Axis.tree, Axis.commune_id, *title.columns).where(
        Axis.contract_id == contract_id, Axis.code == code, Axis.retired_at.is_(None)
    )
    row = rows_of(title.join(statement)).one_or_none()
    if row is None:
        return None
    of_commune = Axis.commune_id.is_(None) if row.commune_id is None else Axis.commune_id == row.commune_id
    above = Axis.parent_id.is_(None) if row.parent_id is None else Axis.parent_id == row.parent_id
    around = rows_of(
        select(Axis.id, Axis.parent_id)
        .where(
            Axis.contract_id == contract_id,
            Axis.retired_at.is_(None),
            or_((Axis.tree == row.tree) & of_commune & above, Axis.parent_id == row.id),
        )
        .order_by(Axis.position, Axis.id)
    ).all()
    beside = [each.id for each in around if each.parent_id == row.parent_id and each.id != row.id]
    below = [each.id for each in around if each.parent_id == row.id]
    return StartingPart(row.id, title.words(row), [row.id, *(beside or below)])
