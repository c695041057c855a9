"""The indicators of a commitment and their values over time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select

from cdv_civic.commitments.models import Indicator, IndicatorValue, commitment_indicator
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import Quartier
from cdv_civic.territory.vocabulary import INDICATOR_FAMILIES, CodedTerm

#: Rows of diagnosis: they can stigmatise a quartier, and tell nothing of how far a commitment is.
NOT_SHOWN = "contexte"
MOST_VALUES = 1000


@dataclass(frozen=True, slots=True)
class Measure:
    """One value of a day: a number in the indicator's unit (cents for euros), or words."""

    on: date
    number: float | None
    text: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one place, oldest first."""

    #: None for the whole.
    quartier: str | None
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator: often without baseline, target or value, which is a normal state."""

    id: int
    name: Words
    family: CodedTerm
    value_kind: str
    unit: str | None
    baseline: str | None
    target: str | None
    source: str | None
    series: tuple[Series, ...]


def indicators_of(commitment_id: int, language: str) -> tuple[IndicatorLine, ...]:
    """What is measured, diagnosis left out. 2 statements, 1 where nothing is."""
    name, statement = _indicators_statement(language)
    rows = rows_of(statement, {"id": commitment_id}).all()
    values = _values(commitment_id) if rows else {}
    return tuple(
        IndicatorLine(
            id=row.id,
            name=name.words(row),
            family=INDICATOR_FAMILIES[row.family],
            value_kind=row.value_kind,
            unit=row.unit,
            baseline=row.baseline,
            target=row.target,
            source=row.source,
            series=tuple(
                Series(quartier, tuple(measures)) for quartier, measures in values.get(row.id, {}).items()
            ),
        )
        for row in rows
    )


def _shown() -> tuple[Any, ...]:
    return (
        commitment_indicator.c.commitment_id == bindparam("id"),
        Indicator.family != NOT_SHOWN,
        Indicator.retired_at.is_(None),
    )


# The statements are made once: to build them costs more than to ask them.
@lru_cache(maxsize=64)
def _indicators_statement(language: str) -> tuple[Localized, Any]:
    name = Localized("name", Indicator.name_id, language)
    statement: Any = (
        select(
            Indicator.id,
            Indicator.family,
            Indicator.value_kind,
            Indicator.unit,
            Indicator.baseline,
            Indicator.target,
            Indicator.source,
            *name.columns,
        )
        .join(commitment_indicator, commitment_indicator.c.indicator_id == Indicator.id)
        .where(*_shown())
        .order_by(commitment_indicator.c.position, Indicator.id)
    )
    return name, name.join(statement)


def _values(commitment_id: int) -> dict[int, dict[str | None, list[Measure]]]:
    """The values that were not withdrawn; the whole first, then quartier by quartier."""
    found: dict[int, dict[str | None, list[Measure]]] = defaultdict(dict)
    rows = reversed(rows_of(_values_statement(), {"id": commitment_id}).all())
    for row in sorted(rows, key=lambda each: (each.quartier is not None, each.quartier or "")):
        found[row.indicator_id].setdefault(row.quartier, []).append(
            Measure(row.measured_on, row.number, row.text, row.source)
        )
    return found


@lru_cache(maxsize=1)
def _values_statement() -> Any:
    return (
        select(
            IndicatorValue.indicator_id,
            IndicatorValue.measured_on,
            IndicatorValue.number,
            IndicatorValue.text,
            IndicatorValue.source,
            Quartier.name.label("quartier"),
        )
        .join(Indicator, Indicator.id == IndicatorValue.indicator_id)
        .join(commitment_indicator, commitment_indicator.c.indicator_id == Indicator.id)
        .outerjoin(Quartier, Quartier.id == IndicatorValue.quartier_id)
        .where(*_shown(), IndicatorValue.withdrawn_at.is_(None))
        .order_by(IndicatorValue.measured_on.desc(), IndicatorValue.id.desc())
        .limit(MOST_VALUES)
    )
