"""The forms of what happens to a consultation that is public: prolonged, withdrawn, corrected."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms.validators import InputRequired, Optional

from cdv_civic.consultations.operations.editing.holding import LONGEST_TEXT
from cdv_civic.core.forms.fields import day_field, time_field
from cdv_civic.core.forms.texts import text_data, text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language

_MUST = _l("Dites pourquoi\u00a0: les habitantes et les habitants le lisent.")
_NO_DAY = _l("Écrivez la date, par exemple 31/12/2026.")


def reason_form(languages: Sequence[Language], *, version: int) -> VersionForm:
    """Why."""
    fields = text_fields("reason", _l("Pourquoi\u00a0?"), languages, longest=LONGEST_TEXT, must=_MUST)
    form: VersionForm = type("ReasonForm", (VersionForm,), fields)(data={"version": str(version)})
    return form


class ProlongForm(VersionForm):
    """Until when, and why. Made complete by `prolong_form`."""

    closes_day = day_field(
        _l("Quel jour ferme-t-elle maintenant\u00a0?"), validators=[InputRequired(_NO_DAY)]
    )
    closes_time = time_field(
        _l("À quelle heure ferme-t-elle\u00a0?"),
        validators=[Optional()],
        description=_l("Laissez vide pour la fin du jour. L’horloge du site décide, à la minute."),
    )
    paper_day = day_field(
        _l("Jusqu’à quel jour saisit-on le papier\u00a0?"),
        validators=[Optional()],
        description=_l(
            "La consultation est fermée et des feuilles arrivent encore\u00a0? Ne changez que ce jour-ci."
        ),
    )
    due_day = day_field(_l("Quel jour donnez-vous la réponse\u00a0?"), validators=[InputRequired(_NO_DAY)])


def prolong_form(languages: Sequence[Language], data: Mapping[str, Any]) -> ProlongForm:
    """The form with the calendar as it stands."""
    fields = text_fields("reason", _l("Pourquoi\u00a0?"), languages, longest=LONGEST_TEXT, must=_MUST)
    form: ProlongForm = type("ProlongForm", (ProlongForm,), fields)(data=dict(data))
    return form


def correction_form(
    languages: Sequence[Language], texts: Mapping[str, str], *, version: int, longest: int, long: bool
) -> VersionForm:
    """A text as it stands, to be put right, and why."""
    fields = text_fields(
        "text",
        _l("Le texte"),
        languages,
        longest=longest,
        long=long,
        must=_l("Écrivez d’abord ce texte en français."),
    )
    fields |= text_fields(
        "reason",
        _l("Pourquoi\u00a0?"),
        languages,
        longest=LONGEST_TEXT,
        must=_MUST,
        hint=_l("Ce qui était faux, en une phrase."),
    )
    data = {"version": str(version), **text_data("text", texts)}
    form: VersionForm = type("CorrectionForm", (VersionForm,), fields)(data=data)
    return form
