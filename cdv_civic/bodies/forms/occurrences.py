"""The forms of one date of a meeting: moved, put back, counted."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from cdv_civic.bodies.operations.texts import LONGEST_PLACE, LONGEST_TEXT
from cdv_civic.core.forms.fields import WholeNumberField, day_field, time_field
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language


class MoveForm(VersionForm):
    """Where one date goes. Made complete by `move_form`."""

    day = day_field(
        _l("Quel nouveau jour ?"), validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))]
    )
    start = time_field(
        _l("À quelle heure ?"), validators=[InputRequired(_l("Écrivez l’heure, par exemple 18:30."))]
    )
    end = time_field(_l("Jusqu’à quelle heure ?"), validators=[Optional()])
    second_start = time_field(_l("Deuxième horaire le même jour : début"), validators=[Optional()])
    second_end = time_field(_l("Deuxième horaire le même jour : fin"), validators=[Optional()])
    place = StringField(
        _l("Où, si le lieu change ?"),
        [Optional()],
        render_kw={"maxlength": LONGEST_PLACE, "lang": "fr", "dir": "ltr"},
    )


def move_form(languages: Iterable[Language], data: Mapping[str, Any]) -> MoveForm:
    """The form with the date as it stands."""
    fields = text_fields(
        "reason",
        _l("Pourquoi ?"),
        list(languages),
        longest=LONGEST_TEXT,
        must=_l("Dites pourquoi\u00a0: les habitantes et les habitants le lisent."),
    )
    form: MoveForm = type("MoveForm", (MoveForm,), fields)(data=dict(data))
    return form


_NUMBER: Any = {"inputmode": "numeric", "min": "0"}
_NO_PEOPLE = _l("Écrivez un nombre de personnes, par exemple 12.")


class AttendanceForm(VersionForm):
    """How many people came."""

    present = WholeNumberField(
        _l("Combien de personnes sont venues ?"),
        [InputRequired(_NO_PEOPLE), NumberRange(0, message=_NO_PEOPLE)],
        sentence=_NO_PEOPLE,
        description=_l("Tout le monde : habitantes et habitants, membres, élues et élus, équipes."),
        render_kw=_NUMBER,
    )
    first_time = WholeNumberField(
        _l("Combien venaient pour la première fois ?"),
        [Optional(), NumberRange(0, message=_NO_PEOPLE)],
        sentence=_NO_PEOPLE,
        description=_l("Laissez vide si personne ne l’a compté."),
        render_kw=_NUMBER,
    )
