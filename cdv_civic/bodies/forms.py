"""Forms of the bodies' desk. Words that go against a rule are refused by the operations, which know better."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cdv_civic.bodies.operations import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE
from cdv_civic.bodies.rules import PERMANENCE, Recurrence, monthly, weekly
from cdv_civic.bodies.wording import BODY_STATES, SPOKEN
from cdv_civic.core.i18n import Language
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.localized import SOURCE_LANGUAGE
from cdv_civic.people.csrf import StaffForm

_FROM_THE_LIST: Any = {"invalid_choice_message": _l("Choisissez une réponse de la liste.")}
_NO_DAY: Any = {"invalid_value_message": _l("Cette date ne va pas. Écrivez-la ainsi : 31/12/2026.")}
_NO_TIME: Any = {"invalid_value_message": _l("Cette heure ne va pas. Écrivez-la ainsi : 18:30.")}
_WEEKLY: Final = "semaine"
_MONTHLY: Final = "mois"
_MOST_WEEKS: Final = 4


class ChecksField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def listed(pairs: Iterable[Sequence[Any]]) -> list[SelectChoice]:
    """The choices of a list, from (value, label)."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def _day(label: Any, **kwargs: Any) -> DateField:
    return DateField(label, format=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"], **_NO_DAY, **kwargs)


def _time(label: Any, **kwargs: Any) -> TimeField:
    return TimeField(label, format=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"], **_NO_TIME, **kwargs)


def texts_of(form: StaffForm, name: str) -> dict[str, str]:
    """What was typed in the fields of one text, by language tag."""
    prefix = f"{name}_"
    return {
        field.name.removeprefix(prefix): field.data or "" for field in form if field.name.startswith(prefix)
    }


def _text_fields(
    name: str,
    label: Any,
    languages: Iterable[Language],
    *,
    must: Any = None,
    long: bool = True,
    hint: Any = "",
) -> dict[str, Any]:
    """A field for each language of the site; the French one first and explained."""
    fields: dict[str, Any] = {}
    for language in languages:
        source = language.tag == SOURCE_LANGUAGE
        kind = TextAreaField if long else StringField
        fields[f"{name}_{language.tag}"] = kind(
            label if source else _l("%(label)s · %(language)s", label=label, language=language.name),
            [InputRequired(must) if must and source else Optional()],
            description=hint if source else "",
            render_kw={
                "lang": language.tag,
                "dir": language.direction,
                "maxlength": LONGEST_TEXT if long else LONGEST_TITLE,
                **({"rows": 3} if long else {}),
            },
        )
    return fields


class BodyForm(StaffForm):
    """How a body is. Made complete by `body_form`."""

    state = RadioField(
        _l("Comment va cette instance ?"),
        choices=listed(
            [("", _l("Non renseigné")), *((word.code, word.label) for word in BODY_STATES.values())]
        ),
        **_FROM_THE_LIST,
        validators=[Optional()],
    )
    version = HiddenField()


def body_form(languages: Iterable[Language], data: Mapping[str, Any]) -> BodyForm:
    """The form with what stands there now."""
    languages = list(languages)
    fields = {
        **_text_fields(
            "contact",
            _l("Comment prendre contact"),
            languages,
            hint=_l("Où, quand, à quel numéro. Pas de nom de personne sans son accord."),
        ),
        **_text_fields(
            "joining",
            _l("Comment y entrer"),
            languages,
            hint=_l("Qui peut venir, comment on s’inscrit, combien de temps cela prend."),
        ),
    }
    form: BodyForm = type("BodyForm", (BodyForm,), fields)(data=data)
    return form


class MeetingForm(StaffForm):
    """A meeting or a permanence. Made complete by `meeting_form`."""

    kind = RadioField(
        _l("Que voulez-vous annoncer ?"),
        choices=listed(
            [
                (PERMANENCE, _l("Une permanence : on vient quand on veut")),
                ("meeting", _l("Une réunion : on commence ensemble")),
            ]
        ),
        **_FROM_THE_LIST,
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
    )
    day = _day(
        _l("Quel jour ? Le premier, s’il y en a plusieurs."),
        validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))],
    )
    start = _time(
        _l("À quelle heure ?"), validators=[InputRequired(_l("Écrivez l’heure, par exemple 18:30."))]
    )
    end = _time(_l("Jusqu’à quelle heure ?"), validators=[Optional()])
    second_start = _time(
        _l("Deuxième horaire le même jour : début"),
        validators=[Optional()],
        description=_l("La même rencontre en journée et le soir : chaque personne choisit."),
    )
    second_end = _time(_l("Deuxième horaire le même jour : fin"), validators=[Optional()])
    repeat = SelectField(
        _l("Combien de fois ?"),
        choices=listed(
            [
                ("", _l("Une seule fois")),
                (f"{_WEEKLY}-1", _l("Chaque semaine, le même jour")),
                (f"{_WEEKLY}-2", _l("Toutes les 2 semaines, le même jour")),
                (f"{_WEEKLY}-3", _l("Toutes les 3 semaines, le même jour")),
                (f"{_WEEKLY}-4", _l("Toutes les 4 semaines, le même jour")),
                (_MONTHLY, _l("Chaque mois, à la même place : le premier samedi, le deuxième mercredi…")),
            ]
        ),
        **_FROM_THE_LIST,
        validators=[Optional()],
    )
    except_months = ChecksField(_l("Pas de rencontre en…"), **_FROM_THE_LIST, validators=[Optional()])
    until = _day(_l("Jusqu’à quel jour ?"), validators=[Optional()])
    place = StringField(
        _l("Où ?"),
        [Optional()],
        description=_l("Une adresse, ou « pied d’immeuble » et la rue."),
        render_kw={"maxlength": LONGEST_PLACE, "lang": "fr", "dir": "ltr"},
    )
    childcare = BooleanField(_l("Les enfants sont gardés sur place"))
    step_free = BooleanField(_l("On entre sans marche"))
    interpreter = BooleanField(_l("Une personne traduit pour qui le demande"))
    spoken = ChecksField(_l("Langues parlées sur place"), **_FROM_THE_LIST, validators=[Optional()])
    client_key = HiddenField()
    version = HiddenField()
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
        **_text_fields(
            "title",
            _l("Titre"),
            languages,
            must=_l("Donnez un titre en français."),
            long=False,
            hint=_l("Ce dont on parle, en quelques mots : « Le parc : que voulons-nous ? »"),
        ),
        **_text_fields(
            "sentence",
            _l("Une phrase pour donner envie de venir"),
            languages,
            hint=_l("Ce que l’on décide, qui sera là, ce que l’on peut apporter."),
        ),
    }
    form: MeetingForm = type("MeetingForm", (MeetingForm,), fields)(
        data={"client_key": secrets.token_hex(16), "version": "0", **data}
    )
    form.except_months.choices = listed(months)
    form.spoken.choices = listed((tag, spoken[tag]) for tag in SPOKEN)
    return form


class CancelForm(StaffForm):
    """Why a meeting is not held. Made complete by `cancel_form`."""

    version = HiddenField()


def cancel_form(languages: Iterable[Language], sequence: int) -> CancelForm:
    """The form; `sequence` is that of the meeting as it is shown."""
    fields = _text_fields(
        "reason",
        _l("Pourquoi ?"),
        list(languages),
        must=_l("Dites pourquoi : les habitantes et les habitants le lisent."),
        hint=_l("Dites aussi quand elle aura lieu, si vous le savez."),
    )
    form: CancelForm = type("CancelForm", (CancelForm,), fields)(data={"version": str(sequence)})
    return form
