"""The forms of a meeting or a permanence. What goes against a rule is refused by the operations, which know better."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from cdv_civic.bodies.operations.carrying import carried_field
from cdv_civic.bodies.operations.texts import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE
from cdv_civic.bodies.rules import (
    LAST,
    PERMANENCE,
    Recurrence,
    Stranded,
    is_fourth_and_last,
    monthly,
    weekly,
)
from cdv_civic.bodies.wording import stranded_texts
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, ChecksField, day_field, listed, time_field
from cdv_civic.core.forms.texts import text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.i18n.spoken import SPOKEN

_WEEKLY: Final = "semaine"
_MONTHLY: Final = "mois"
_MOST_WEEKS: Final = 4
#: What becomes of a date that was cancelled or moved when its series changes.
CARRIED: Final = "oui"
NOT_CARRIED: Final = "non"


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
        _l("Combien de fois\u00a0?"),
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
    #: Asked where the first day leaves it open.
    nth = RadioField(
        _l("Le quatrième du mois, ou le dernier ?"),
        choices=listed(
            [
                ("4", _l("Le quatrième : certains mois, il en vient encore un après")),
                (str(LAST), _l("Le dernier, même quand c’est le cinquième")),
            ]
        ),
        **FROM_THE_LIST,
        validators=[Optional()],
    )
    except_months = ChecksField(_l("Pas de rencontre en…"), **FROM_THE_LIST, validators=[Optional()])
    until = day_field(_l("Jusqu’à quel jour ?"), validators=[Optional()])
    place = StringField(
        _l("Où\u00a0?"),
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

    def ask_about(self, stranded: Iterable[Stranded]) -> list[str]:
        """Say what is asked of dates that the series gives no more; the names of the fields that ask."""
        asked = []
        for each in stranded:
            name = carried_field(each.key)
            field: Any = self[name]
            field.label.text, *sentences = stranded_texts(each)
            field.flags.required = True
            field.choices = listed(zip((CARRIED, NOT_CARRIED), sentences, strict=True))
            asked.append(name)
        return asked

    def carried(self, changed: Iterable[date]) -> dict[date, bool]:
        """What was answered, by the day that the series gave."""
        said = {day: self[carried_field(day)].data for day in changed}
        return {day: answer == CARRIED for day, answer in said.items() if answer}

    def recurrence(self) -> Recurrence | None:
        """What was chosen; raises `BadRecurrence` where no month is left, `DomainError` where `nth` has to be asked."""
        repeat, first = self.repeat.data or "", cast(date, self.day.data)
        if not repeat:
            return None
        more: dict[str, Any] = {
            "except_months": frozenset(int(month) for month in self.except_months.data or ()),
            "until": self.until.data,
        }
        if repeat != _MONTHLY:
            return weekly(first, int(repeat[-1]), **more)
        if is_fourth_and_last(first) and not self.nth.data:
            raise DomainError(_l("Ce jour est le quatrième du mois, et le dernier. Choisissez."), field="nth")
        return monthly(first, last=self.nth.data == str(LAST), **more)


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
    changed: Iterable[date] = (),
) -> MeetingForm:
    """The form with what stands there now; `months` and `spoken` are named in the reader's language.

    `changed`: dates of the series that were cancelled or moved, of which it may have to ask what becomes of them.
    """
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
        **{
            carried_field(day): RadioField(
                choices=listed([(CARRIED, ""), (NOT_CARRIED, "")]), **FROM_THE_LIST, validators=[Optional()]
            )
            for day in changed
        },
    }
    form: MeetingForm = type("MeetingForm", (MeetingForm,), fields)(data={"version": "0", **data})
    form.nth.flags.required = True  # it is drawn where it must be answered alone
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
