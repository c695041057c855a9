"""What the audit trail and the versions hold, in words for staff: filters of the desk's templates."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import get_locale
from flask_babel.speaklater import LazyString

from cdv_civic.commitments.desk.blueprint import blueprint
from cdv_civic.commitments.queries.desk_indicators import DeskIndicator, DeskMeasure
from cdv_civic.commitments.wording import value_text
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.territory.vocabulary import STATES

_FIELDS: Final[Mapping[str, LazyString]] = {
    "title": _l("Titre"),
    "nature": _l("Promesse ou idée ?"),
    "theme": _l("Thème"),
    "holders": _l("Responsables"),
    "partners": _l("Avec qui ?"),
    "partners_text": _l("Partenaires cités sans nom précis"),
    "quartiers": _l("Quartiers"),
    "communes": _l("Villes"),
    "axes": _l("Place dans le contrat"),
    "indicators": _l("Ce que l’on mesure"),
    "lines": _l("Lignes du document"),
    "deadline_text": _l("Date prévue, comme elle est écrite"),
    "deadline_date": _l("Date prévue, si c’est une vraie date"),
    "recurrence": _l("Combien de fois\u00a0?"),
    "condition": _l("Condition"),
    "budget_text": _l("Argent, comme c’est écrit"),
    "budget_cents": _l("Somme en euros"),
    "budget_certainty": _l("Cette somme est-elle sûre ?"),
    "status_text": _l("Ce que le contrat dit de l’avancement"),
    "state": _l("Avancement"),
    "sentence": _l("Phrase"),
    "reason": _l("Raison"),
    "happened_on": _l("Date"),
    "version": _l("Version"),
    "language": _l("Langue"),
    "texts": _l("Textes"),
    "count": _l("Nombre d’engagements"),
    "evidence": _l("Photos, documents et liens"),
}
#: What tells staff nothing: numbers of rows, lists of hundreds of them.
_LEFT_OUT: Final = frozenset({"ids", "at", "progress", "undone", "quartier"})

_ACTIONS: Final[Mapping[str, LazyString]] = {
    "commitment.publish": _l("Marqué comme vérifié"),
    "commitment.edit": _l("Texte ou liens modifiés"),
    "commitment.translate": _l("Traduit"),
    "progress.publish": _l("Nouvelle publiée"),
    "progress.withdraw": _l("Nouvelle retirée"),
    "contract.import": _l("Repris du contrat"),
}


@blueprint.app_template_filter()
def desk_field(name: str) -> str:
    """How staff call a field."""
    return str(_FIELDS.get(name, name))


@blueprint.app_template_filter()
def desk_action(action: str) -> str:
    """How staff call an act of the audit trail."""
    return str(_ACTIONS.get(action, action))


def _value(name: str, value: Any) -> str:
    if value in (None, "", []):
        return _("non renseigné")
    if name == "state" and value in STATES:
        return str(STATES[value].label)
    if name == "budget_cents" and isinstance(value, int):
        return value_text("amount", number=value, locale=str(get_locale()))
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, dict):
        return " · ".join(str(each[0]) for each in value.values() if each)
    return str(value)


@blueprint.app_template_filter()
def desk_values(values: Mapping[str, Any]) -> str:
    """What an entry of the trail says of before or after, in one paragraph."""
    pieces = [
        f"{desk_field(name)} : {_value(name, value)}"
        for name, value in values.items()
        if name not in _LEFT_OUT and value is not None
    ]
    return " · ".join(pieces)


@blueprint.app_template_filter()
def desk_measure(measured: DeskMeasure, indicator: DeskIndicator) -> str:
    """A measure as people write it."""
    return value_text(
        indicator.value_kind,
        number=measured.number,
        text=measured.text,
        unit=indicator.unit,
        locale=current_language().tag,
    )
