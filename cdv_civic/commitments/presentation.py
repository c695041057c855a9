"""From what was read to what is said: values of indicators and changes of versions, in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel.speaklater import LazyString

from cdv_civic.commitments.charts import ChartValue, Drawing, draw, number_in
from cdv_civic.commitments.queries.indicators import IndicatorLine, Series
from cdv_civic.commitments.wording import value_text
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.territory.codes import NUMERIC_VALUE_KINDS
from cdv_civic.territory.vocabulary import CERTAINTIES, NATURES, THEMES

_FIELDS: Final[Mapping[str, LazyString]] = {
    "title": _l("Titre"),
    "nature": _l("Promesse ou idée"),
    "theme": _l("Thème"),
    "holders": _l("Qui est responsable"),
    "partners": _l("Avec qui"),
    "partners_text": _l("Avec qui"),
    "quartiers": _l("Quartiers"),
    "communes": _l("Villes"),
    "deadline_text": _l("Échéance"),
    "recurrence": _l("Combien de fois"),
    "condition": _l("Condition"),
    "budget_text": _l("Argent"),
    "budget_certainty": _l("Ce que l’on sait de l’argent"),
    "status_text": _l("Ce que dit le contrat"),
    "axes": _l("Place dans le contrat"),
    "indicators": _l("Ce que l’on mesure"),
}


@dataclass(frozen=True)
class ShownSeries:
    """The values of one place: drawn where they are numbers, and always told in a table."""

    quartier: str | None
    drawing: Drawing | None
    #: Day, words, source.
    rows: tuple[tuple[date, str, str | None], ...]


@dataclass(frozen=True)
class ShownIndicator:
    """An indicator as its page shows it."""

    line: IndicatorLine
    series: tuple[ShownSeries, ...]

    @property
    def undetermined(self) -> bool:
        """Neither start, aim nor value is known yet."""
        return not (self.line.baseline or self.line.target or self.series)


def shown_indicator(line: IndicatorLine, locale: str) -> ShownIndicator:
    """The indicator with its values drawn and written for readers of `locale`."""
    return ShownIndicator(line, tuple(_series(line, series, locale) for series in line.series))


def _series(line: IndicatorLine, series: Series, locale: str) -> ShownSeries:
    numbers = [
        ChartValue(each.on, each.number, each.source) for each in series.measures if each.number is not None
    ]
    drawing = None
    if line.value_kind in NUMERIC_VALUE_KINDS and numbers and len(numbers) == len(series.measures):
        # A target of the whole says nothing of one quartier; euros are kept in cents.
        target = number_in(line.target) if series.quartier is None else None
        if target is not None and line.value_kind == "amount":
            target *= 100
        drawing = draw(numbers, value_kind=line.value_kind, unit=line.unit, locale=locale, target=target)
    rows = tuple(
        (
            each.on,
            value_text(line.value_kind, number=each.number, text=each.text, unit=line.unit, locale=locale),
            each.source,
        )
        for each in series.measures
    )
    return ShownSeries(series.quartier, drawing, rows)


def shown_changes(changes: Mapping[str, Any]) -> list[tuple[LazyString, str, str]]:
    """What a version changed: the name of the field, what it said before, what it says since."""
    shown = []
    for field, label in _FIELDS.items():
        pair = changes.get(field)
        if isinstance(pair, list) and len(pair) == 2:
            shown.append((label, _side(field, pair[0]), _side(field, pair[1])))
    return shown


def _side(field: str, value: Any) -> str:
    if value in (None, "", []):
        return _("non renseigné")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    words = {"nature": NATURES, "theme": THEMES, "budget_certainty": CERTAINTIES}.get(field)
    if words is not None and value in words:
        return str(words[value].label)
    return str(value)
