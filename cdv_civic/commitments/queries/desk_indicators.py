"""What is measured of a commitment, as staff see it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select

from cdv_civic.commitments.models import Indicator, IndicatorValue, commitment_indicator
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import Quartier


@dataclass(frozen=True, slots=True)
class DeskMeasure:
    """One measure of an indicator."""

    id: int
    measured_on: date
    number: float | None
    text: str | None
    quartier: str | None
    source: str | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class DeskIndicator:
    """An indicator of a commitment with its latest measures."""

    id: int
    name: Words
    value_kind: str
    unit: str | None
    baseline: str | None
    target: str | None
    measures: tuple[DeskMeasure, ...]


def desk_indicators(commitment_id: int, language: str) -> tuple[DeskIndicator, ...]:
    """What is measured of a commitment, newest measure first. 2 statements."""
    name = Localized("name", Indicator.name_id, language)
    linked = and_(commitment_indicator.c.commitment_id == commitment_id, Indicator.retired_at.is_(None))
    statement: Any = (
        select(
            Indicator.id,
            Indicator.value_kind,
            Indicator.unit,
            Indicator.baseline,
            Indicator.target,
            *name.columns,
        )
        .join(commitment_indicator, commitment_indicator.c.indicator_id == Indicator.id)
        .where(linked)
        .order_by(commitment_indicator.c.position, Indicator.id)
    )
    rows = db.session.execute(name.join(statement)).all()
    measures: dict[int, list[DeskMeasure]] = defaultdict(list)
    for row in db.session.execute(
        select(IndicatorValue, Quartier.name.label("quartier"))
        .join(commitment_indicator, commitment_indicator.c.indicator_id == IndicatorValue.indicator_id)
        .outerjoin(Quartier, Quartier.id == IndicatorValue.quartier_id)
        .where(commitment_indicator.c.commitment_id == commitment_id)
        .order_by(IndicatorValue.measured_on.desc(), IndicatorValue.id.desc())
        .limit(500)
        .execution_options(populate_existing=True)
    ):
        value: IndicatorValue = row.IndicatorValue
        measures[value.indicator_id].append(
            DeskMeasure(
                value.id,
                value.measured_on,
                value.number,
                value.text,
                row.quartier,
                value.source,
                value.withdrawn_at is not None,
            )
        )
    return tuple(
        DeskIndicator(
            row.id,
            name.words(row),
            row.value_kind,
            row.unit,
            row.baseline,
            row.target,
            tuple(measures[row.id]),
        )
        for row in rows
    )
