"""How public pages speak of funds: filters, days from one stage to the next."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.fund.public.queries.funds import RoundFacts
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.published import WHOLE_WAY, StageDays
from cdv_civic.participation.rules.phases import Stage, last_day
from cdv_civic.participation.wording import closed_said, opens_said
from cdv_civic.territory.activities.rules import Span
from cdv_civic.territory.activities.wording import when_text

FILTER_WORDS: Final[Mapping[str, LazyString]] = {
    "en-attente": _l("En attente"),
    "retenus": _l("Retenus"),
    "non-retenus": _l("Pas retenus"),
    "arretes": _l("Arrêtés"),
}
#: Stages, by the states that they begin and end with.
STAGE_WORDS: Final[Mapping[tuple[ProjectState, ProjectState], LazyString]] = {
    WHOLE_WAY: _l("Du dépôt à l’argent versé"),
    (ProjectState.SUBMITTED, ProjectState.ADMISSIBLE): _l("Les services lisent le projet"),
    (ProjectState.ADMISSIBLE, ProjectState.SELECTED): _l("L’avis et le choix"),
    (ProjectState.SELECTED, ProjectState.NOTIFIED): _l("La lettre officielle"),
    (ProjectState.NOTIFIED, ProjectState.PAID): _l("De la lettre à l’argent versé"),
}


def round_when(found: RoundFacts) -> str:
    """When a round takes projects: « On dépose jusqu’au 12 mai 2027 inclus (encore 12 jours). »"""
    if found.closed or found.stage is Stage.AFTER:
        return closed_said(found.closes_at) if found.closes_at else _("On ne dépose plus de projet.")
    if found.stage is Stage.BEFORE and found.opens_at is not None:
        return opens_said(found.opens_at)
    if found.closes_at is None:
        return _("On peut déposer toute l’année.")
    return _(
        "On dépose jusqu’au %(day)s inclus (%(left)s).",
        day=date_text(last_day(found.closes_at, clock.zone()), "long"),
        left=when_text(Span(found.opens_at, found.closes_at), clock.now()),
    )


def whole_way_said(year: int, stages: Sequence[StageDays]) -> str:
    """« 23 jours du dépôt au paiement, médiane 2026 »; "" where too few projects were paid."""
    whole = next((stage for stage in stages if (stage.first, stage.last) == WHOLE_WAY), None)
    if whole is None:
        return ""
    return ngettext(
        "%(num)s jour du dépôt au paiement, médiane %(year)s",
        "%(num)s jours du dépôt au paiement, médiane %(year)s",
        whole.days,
        year=year,
    )


def stage_said(stage: StageDays) -> LazyString:
    """What a stage is called."""
    return STAGE_WORDS[stage.first, stage.last]


def days_said(days: int) -> str:
    """« 12 jours »."""
    return ngettext("%(num)s jour", "%(num)s jours", days)


def projects_measured(stage: StageDays) -> str:
    """« mesuré sur 14 projets »."""
    return _("mesuré sur %(count)s projets", count=stage.projects)
