"""How projects are spoken of: states, who carries them, purposes, what an envelope is for."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from flask_babel.speaklater import LazyString

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import money_text
from cdv_civic.fund.rules.fund_rules import CarrierKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.templates import EnvelopeScope
from cdv_civic.territory.vocabulary import CodedTerm

#: Where a project stands, for everybody.
STATES: Final[Mapping[str, CodedTerm]] = {
    state.value: CodedTerm(state.value, label, icon)
    for state, label, icon in (
        (ProjectState.SUBMITTED, _l("Déposé"), "mail"),
        (ProjectState.INCOMPLETE, _l("À compléter"), "pencil"),
        (ProjectState.ADMISSIBLE, _l("Accepté pour le choix"), "circle-check"),
        (ProjectState.INADMISSIBLE, _l("Pas possible avec ce fonds"), "circle-x"),
        (ProjectState.OPINION, _l("Un groupe d’habitants donne son avis"), "message-2"),
        (ProjectState.IN_CHOICE, _l("En attente du choix"), "clock"),
        (ProjectState.SELECTED, _l("Retenu"), "star"),
        (ProjectState.NOT_SELECTED, _l("Pas retenu"), "circle-x"),
        (ProjectState.NOTIFIED, _l("Retenu, la lettre est partie"), "star"),
        (ProjectState.PAID, _l("L’argent est versé"), "circle-check"),
        (ProjectState.DONE, _l("Le projet a eu lieu"), "circle-check"),
        (ProjectState.REVIEWED, _l("Le bilan est arrivé"), "circle-check"),
        (ProjectState.CLOSED, _l("Terminé"), "circle-check"),
        (ProjectState.ABANDONED, _l("Arrêté"), "circle-x"),
    )
}
CARRIERS: Final[Mapping[str, LazyString]] = {
    CarrierKind.RESIDENT.value: _l("Une habitante ou un habitant"),
    CarrierKind.RESIDENTS.value: _l("Un groupe d’habitants"),
    CarrierKind.ASSOCIATION.value: _l("Une association"),
    CarrierKind.SCHOOL.value: _l("Une école, un collège ou un lycée"),
    CarrierKind.COUNCIL.value: _l("Un conseil citoyen"),
}
ENVELOPE_SCOPES: Final[Mapping[str, LazyString]] = {
    EnvelopeScope.WHOLE.value: _l("Pour tous"),
    EnvelopeScope.QUARTIER.value: _l("Pour un quartier"),
    EnvelopeScope.YOUTH.value: _l("Pour les jeunes"),
}
#: Purposes that templates name; a fund adds its own, in its own words.
PURPOSES: Final[Mapping[str, LazyString]] = {
    "conviviality": _l("Se rencontrer, faire la fête"),
    "awareness": _l("Informer, expliquer"),
    "solidarity": _l("S’entraider"),
}


def purpose_words(code: str) -> Any:
    """A purpose as people read it: that of a template in the reader's language, one of the fund as it was written."""
    return PURPOSES.get(code, code)


def cents_text(cents: int) -> str:
    """An amount of euros as readers of this request write it: « 1 500 € »."""
    return money_text(Fraction(cents, 100))
