"""Commissions in words: sides, methods, outcomes, warnings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text, time_text
from cdv_civic.fund.rules.juries import JuryLack, JuryLinkKind, JuryMethod, JuryOutcome, JurySide, JuryWarning
from cdv_civic.territory.vocabulary import CodedTerm

SIDES: Final[Mapping[str, LazyString]] = {
    JurySide.RESIDENT.value: _l("Habitantes et habitants"),
    JurySide.COUNCIL.value: _l("Conseil citoyen"),
    JurySide.ASSOCIATION.value: _l("Associations"),
    JurySide.COMMUNE.value: _l("Ville"),
    JurySide.AGGLOMERATION.value: _l("Agglomération"),
    JurySide.STATE.value: _l("État"),
    JurySide.LANDLORD.value: _l("Bailleur"),
    JurySide.OTHER.value: _l("Autres"),
}
METHODS: Final[Mapping[str, LazyString]] = {
    JuryMethod.HANDS.value: _l("À main levée"),
    JuryMethod.MARKS.value: _l("Avec des notes de 0 à 20, puis une décision"),
}
LINKS: Final[Mapping[str, LazyString]] = {
    JuryLinkKind.CARRIER.value: _l("porte le projet"),
    JuryLinkKind.BODY.value: _l("son groupe porte le projet"),
    JuryLinkKind.DECLARED.value: _l("lien déclaré"),
}
OUTCOMES: Final[Mapping[str, CodedTerm]] = {
    outcome.value: CodedTerm(outcome.value, label, icon)
    for outcome, label, icon in (
        (JuryOutcome.SELECTED, _l("Retenu"), "circle-check"),
        (JuryOutcome.NOT_SELECTED, _l("Pas retenu"), "circle-x"),
        (JuryOutcome.NO_QUORUM, _l("Pas assez de membres\u00a0: à la prochaine réunion"), "clock-pause"),
        (JuryOutcome.TIE, _l("Égalité\u00a0: à la prochaine réunion"), "clock-pause"),
    )
}


def meeting_time(moment: datetime) -> str:
    """When a meeting begins: « 10 décembre 2026, 18:30 »."""
    here = moment.astimezone(clock.zone())
    return _("%(day)s, %(time)s", day=date_text(here.date(), "long"), time=time_text(here.time()))


def warning_text(warning: JuryWarning) -> str:
    """What a commission lacks, in a sentence."""
    if warning.lack is JuryLack.MEMBERS:
        return ngettext(
            "La commission a %(num)s membre. Les règles du fonds en demandent %(asked)s.",
            "La commission a %(num)s membres. Les règles du fonds en demandent %(asked)s.",
            warning.has,
            asked=warning.asked,
        )
    return ngettext(
        "La commission compte %(num)s habitante ou habitant. Les règles du fonds en demandent %(asked)s.",
        "La commission compte %(num)s habitantes et habitants. Les règles du fonds en demandent %(asked)s.",
        warning.has,
        asked=warning.asked,
    )


def aside_text(aside: int) -> str:
    """How many members stood aside, in a sentence; never who."""
    if not aside:
        return _("Tous les membres présents ont pris part à ce choix.")
    return ngettext(
        "%(num)s membre lié au projet n’a pas pris part à ce choix.",
        "%(num)s membres liés au projet n’ont pas pris part à ce choix.",
        aside,
    )
