"""The forms of a meeting or a permanence. What goes against a rule is refused by the operations, which know better."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from cdv_civic.bodies.operations.texts import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE
from cdv_civic.bodies.rules import PERMANENCE, Recurrence, monthly, weekly
from cdv_civic.bodies.wording import SPOKEN
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, ChecksField, day_field, listed, time_field
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language

_WEEKLY: Final = "semaine"
_MONTHLY: Final = "mois"
_MOST_WEEKS: Final = 4


class MeetingForm(VersionForm):
    """A meeting or a permanence. Made complete by `meeting_form`."""

    kind = RadioField(
        _l("Que voulez-vous annoncer ?"),
        choices=listed(
            [
                (PERMANENCE, _l("Une permanence : on vient quand on veut")),
                ("meeting", _l("Une réunion : on commence ensemble")),
            ]
        ),
        **FROM_THE_LIST,
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
    )
    day = day_field(
        _l("Quel jour ? Le premier, s’il y en a plusieurs."),
        validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))],
    )
    start = time_field(
        _l("À quelle heure ?"), validators=[InputRequired(_l("Écrivez l’heure, par exemple 18:30."))]
    )
    end = time_field(_l("Jusqu’à quelle heure ?"), validators=[Optional()])
    second_start = time_field(
        _l("Deuxième horaire le même jour : début"),
        validators=[Optional()],
        description=_l("La même rencontre en journée et le soir : chaque personne choisit."),
    )
    second_end = time_field(_l("Deuxième horaire le même jour : fin"), validators=[Optional()])
    repeat = SelectField(
        _l("Combien de fois ?"),
        choices=listed(
            [
                ("", _l("Une seule fois")),
                (f"{_WEEKLY}-1", _l("Chaque semaine, le même jour")),
                (f"{_WEEKLY}-2", _l("Toutes les deux semaines, le même jour")),
                (f"{_WEEKLY}-3", _l("Toutes les trois semaines, le même jour")),
                (f"{_WEEKLY}-4", _l("Toutes les quatre semaines, le même jour")),
                (_MONTHLY, _l("Chaque mois, à la même place : le premier samedi, le deuxième mercredi…")),
            ]
        ),
        **FROM_THE_LIST,
        validators=[Optional()],
    )
    except_months = ChecksField(_l("Pas de rencontre en…"), **FROM_THE_LIST, validators=[Optional()])
    until = day_field(_l("Jusqu’à quel jour ?"), validators=[Optional()])
    place = StringField(
        _l("Où ?"),
        [Optional()],
        description=_l("Une adresse, ou « pied d’immeuble » et la rue."),
        render_kw={"maxlength": LONGEST_PLACE, "lang": "fr", "dir": "ltr"},
    )
    childcare = BooleanField(_l("Les enfants sont gardés sur place"))
    step_free = BooleanField(_l("On entre sans marche"))
    interpreter = BooleanField(_l("Une personne traduit pour qui le demande"))
    spoken = ChecksField(_l("Langues parlées sur place"), **FROM_THE_LIST, validators=[Optional()])
    client_key = ClientKeyField()
    #: The dates that were said to be near or past, and are meant.
    confirmed = HiddenField()

    def recurrence(self) -> Recurrence | None:
        """What was chosen; raises `BadRecurrence` where all twelve months are left out."""
        repeat, first = self.repeat.data or "", cast(date, self.day.data)
        if not repeat:
            return None
        more: dict[str, Any] = {
            "except_months": frozenset(int(month) for month in self.except_months.data or ()),
            "until": self.until.data,
        }
        return monthly(first, **more) if repeat == _MONTHLY else weekly(first, int(repeat[-1]), **more)


def repeat_of(recurrence: Recurrence | None) -> str:
    """The choice of the form that a recurrence is."""
    if recurrence is None:
        return ""
    return _MONTHLY if recurrence.nth is not None else f"{_WEEKLY}-{min(recurrence.interval, _MOST_WEEKS)}"


def meeting_form(
    languages: Iterable[Language],
    months: Sequence[tuple[int, str]],
    spoken: Mapping[str, str],
    data: Mapping[str, Any],
) -> MeetingForm:
    """The form with what stands there now; `months` and `spoken` are named in the reader's language."""
    languages = list(languages)
    fields = {
        **text_fields(
            "title",
            _l("Titre"),
            languages,
            longest=LONGEST_TITLE,
            long=False,
            must=_l("Donnez un titre en français."),
            hint=_l("Ce dont on parle, en quelques mots : « Le parc : que voulons-nous ? »"),
        ),
        **text_fields(
            "sentence",
            _l("Une phrase pour donner envie de venir"),
            languages,
            longest=LONGEST_TEXT,
            hint=_l("Ce que l’on décide, qui sera là, ce que l’on peut apporter."),
        ),
    }
    form: MeetingForm = type("MeetingForm", (MeetingForm,), fields)(data={"version": "0", **data})
    form.except_months.choices = listed(months)
    form.spoken.choices = listed((tag, spoken[tag]) for tag in SPOKEN)
    return form


class CancelForm(VersionForm):
    """Why a meeting is not held. Made complete by `cancel_form`."""


def cancel_form(languages: Iterable[Language], sequence: int) -> CancelForm:
    """The form; `sequence` is that of the meeting as it is shown."""
    fields = text_fields(
        "reason",
        _l("Pourquoi ?"),
        list(languages),
        longest=LONGEST_TEXT,
        must=_l("Dites pourquoi : les habitantes et les habitants le lisent."),
        hint=_l("Dites aussi quand elle aura lieu, si vous le savez."),
    )
    form: CancelForm = type("CancelForm", (CancelForm,), fields)(data={"version": str(sequence)})
    return form
