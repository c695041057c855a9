"""Forms of the desk. Words that go against a rule are refused by the operations, which know better."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    DateField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cdv_civic.commitments.rules.texts import LONGEST_SENTENCE
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.territory.vocabulary import CERTAINTIES, NATURES, STATES, THEMES

FILES = 3
#: Words of our own in place of the library's (whose published types do not know these arguments yet).
_FROM_THE_LIST: Any = {"invalid_choice_message": _l("Choisissez une réponse de la liste.")}
_STATE_FROM_THE_LIST: Any = {"invalid_choice_message": _l("Choisissez où en est l’engagement.")}
_NO_DAY: Any = {"invalid_value_message": _l("Cette date ne va pas. Écrivez-la ainsi : 31/12/2026.")}


class ChecksField(SelectMultipleField):
    """Several boxes to tick; its values are ids."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, coerce=int, **_FROM_THE_LIST, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Leave out what is no id: nobody typed it."""
        self.data = [int(value) for value in valuelist if str(value).isdigit()]


def listed(pairs: Iterable[Sequence[Any]]) -> list[SelectChoice]:
    """The choices of a list, from (value, label)."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def day_field(label: Any, **kwargs: Any) -> DateField:
    """A day, as date pickers send it and as it is written by hand."""
    return DateField(label, format=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"], **_NO_DAY, **kwargs)


def choice_field(label: Any, **kwargs: Any) -> SelectField:
    """One of a list."""
    return SelectField(label, **_FROM_THE_LIST, **kwargs)


class ProgressForm(StaffForm):
    """How far is it? Made complete by `progress_form`."""

    state = RadioField(
        _l("Où en est l’engagement ?"),
        **_STATE_FROM_THE_LIST,
        validators=[InputRequired(_l("Choisissez où en est l’engagement."))],
    )
    happened_on = day_field(
        _l("Quel jour est-ce arrivé ?"),
        validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))],
    )
    sentence = TextAreaField(
        _l("Une phrase pour les habitantes et les habitants"),
        [DataRequired(_l("Écrivez une phrase pour les habitantes et les habitants."))],
        description=_l("Qui fait quoi, et quand ? 12 à 15 mots simples, en français. 200 signes au plus."),
        render_kw={"rows": 3, "maxlength": LONGEST_SENTENCE, "lang": "fr", "dir": "ltr"},
    )
    detail = TextAreaField(
        _l("Un texte plus long"),
        [Optional()],
        description=_l(
            "La raison, les étapes, les chiffres. Une ligne vide sépare deux paragraphes ; "
            "**deux étoiles** mettent en gras, un tiret commence une liste."
        ),
        render_kw={"rows": 6, "lang": "fr", "dir": "ltr"},
    )
    quartier = choice_field(_l("Où ?"), validators=[Optional()])
    link = StringField(
        _l("Adresse d’une page à montrer"),
        [Optional()],
        render_kw={"inputmode": "url", "dir": "ltr", "placeholder": "https://"},
    )
    link_title = StringField(_l("Nom de cette page"), [Optional()])
    client_key = ClientKeyField()

    def file_fields(self) -> list[tuple[Field, Field]]:
        """The files and the words that go with each."""
        return [(self[f"file_{number}"], self[f"caption_{number}"]) for number in range(1, FILES + 1)]

    def sentences(self) -> dict[str, str]:
        """The translations typed, by language tag."""
        prefix = "sentence_"
        return {
            field.name.removeprefix(prefix): field.data or ""
            for field in self
            if field.name.startswith(prefix)
        }


def progress_form(
    states: Iterable[str], quartiers: Sequence[tuple[int, str]], languages: Iterable[Language]
) -> ProgressForm:
    """The form for one commitment: what may be told, the quartiers it covers, the other languages of the site."""
    fields: dict[str, Any] = {}
    for language in languages:
        fields[f"sentence_{language.tag}"] = TextAreaField(
            language.name,
            [Optional()],
            render_kw={
                "rows": 3,
                "maxlength": LONGEST_SENTENCE,
                "lang": language.tag,
                "dir": language.direction,
            },
        )
    for number in range(1, FILES + 1):
        fields[f"file_{number}"] = FileField(
            _l("Photo ou document %(number)s", number=number),
            render_kw={"accept": "image/jpeg,image/png,image/webp,application/pdf"},
        )
        fields[f"caption_{number}"] = StringField(
            _l("Ce que montre la photo, ou le nom du document"),
            [Optional()],
            render_kw={"lang": "fr", "maxlength": 200},
        )
    form: ProgressForm = type("ProgressForm", (ProgressForm,), fields)()
    form.state.choices = listed((code, STATES[code].label) for code in states)
    form.quartier.choices = listed(
        [
            ("", _l("L’engagement entier")),
            *quartiers,
        ]
    )
    return form


class ReasonForm(StaffForm):
    """Why? Residents read it."""

    reason = TextAreaField(
        _l("Pourquoi retirer cette nouvelle ?"),
        [DataRequired(_l("Dites pourquoi, en une phrase."))],
        description=_l(
            "Une phrase. Les habitantes et les habitants la lisent, à côté de la nouvelle barrée."
        ),
        render_kw={"rows": 3, "maxlength": LONGEST_SENTENCE, "lang": "fr"},
    )


class VersionedForm(StaffForm):
    """A change of what the commitment says: on which version, and why."""

    reason = TextAreaField(
        _l("Pourquoi ce changement ?"),
        [DataRequired(_l("Dites pourquoi, en une phrase."))],
        description=_l("Une phrase. Les habitantes et les habitants la lisent, à côté de l’ancien texte."),
        render_kw={"rows": 2, "maxlength": LONGEST_SENTENCE, "lang": "fr"},
    )
    version = HiddenField()

    def typed_version(self) -> int:
        """The version that the form was opened on; 0, which is none, where it holds no number."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class EditForm(VersionedForm):
    """What the commitment says."""

    title = TextAreaField(
        _l("Titre"),
        [DataRequired(_l("Un engagement a toujours un titre. Écrivez-le."))],
        render_kw={"rows": 3, "lang": "fr", "dir": "ltr"},
    )
    nature = choice_field(
        _l("Promesse ou idée ?"),
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        choices=listed((word.code, word.label) for word in NATURES.values()),
    )
    theme = choice_field(
        _l("Thème"),
        validators=[Optional()],
        choices=listed([("", _l("Aucun thème")), *((word.code, word.label) for word in THEMES.values())]),
    )
    deadline_text = StringField(
        _l("Échéance, comme elle est écrite"),
        [Optional()],
        description=_l("Par exemple : dès 2025, une fois par an, rentrée 2026."),
        render_kw={"lang": "fr"},
    )
    deadline_date = day_field(
        _l("Échéance, si c’est une vraie date"),
        validators=[Optional()],
        description=_l("Laissez vide si le texte ne donne pas de fin précise."),
    )
    recurrence = StringField(_l("Combien de fois ?"), [Optional()], render_kw={"lang": "fr"})
    condition = StringField(
        _l("À quelle condition ?"),
        [Optional()],
        description=_l("Par exemple : sous réserve de l’accord de la Région."),
        render_kw={"lang": "fr"},
    )
    budget_text = StringField(_l("Argent, comme c’est écrit"), [Optional()], render_kw={"lang": "fr"})
    budget = StringField(_l("Somme en euros"), [Optional()], render_kw={"inputmode": "decimal", "dir": "ltr"})
    budget_certainty = choice_field(
        _l("Cette somme est-elle sûre ?"),
        validators=[Optional()],
        choices=listed(
            [("", _l("Non renseigné")), *((word.code, word.label) for word in CERTAINTIES.values())]
        ),
    )
    status_text = TextAreaField(
        _l("Ce que le contrat dit de l’avancement"), [Optional()], render_kw={"rows": 2, "lang": "fr"}
    )
    partners_text = TextAreaField(
        _l("Partenaires cités sans nom précis"),
        [Optional()],
        description=_l("Un par ligne. Par exemple : les associations de parents."),
        render_kw={"rows": 3, "lang": "fr"},
    )


class LinksForm(VersionedForm):
    """Who answers for it, with whom, and where."""

    holders = ChecksField(_l("Qui est responsable ?"), validators=[Optional()])
    partners = ChecksField(_l("Avec qui ?"), validators=[Optional()])
    quartiers = ChecksField(_l("Dans quels quartiers ?"), validators=[Optional()])


class TranslationForm(StaffForm):
    """Made complete by `translation_form`."""

    state = RadioField(
        _l("Qui voit cette traduction ?"),
        choices=listed(
            [
                ("reviewed", _l("Tout le monde : une personne qui parle cette langue l’a relue")),
                ("draft", _l("L’équipe seulement : elle est à relire")),
            ]
        ),
        default="reviewed",
    )


def translation_form(texts: Iterable[tuple[int, str, Any, int]], language: Language) -> TranslationForm:
    """A field for each text: (id, what stands there now, label, rows)."""
    fields: dict[str, Any] = {
        f"text_{text_id}": TextAreaField(
            label,
            [Optional()],
            default=now,
            render_kw={"rows": rows, "lang": language.tag, "dir": language.direction},
        )
        for text_id, now, label, rows in texts
    }
    form: TranslationForm = type("TranslationForm", (TranslationForm,), fields)()
    return form


class ThemeForm(StaffForm):
    """What is this part of the contract about?"""

    theme = RadioField(
        _l("Thème"),
        validators=[Optional()],
        choices=listed([("", _l("Aucun thème")), *((word.code, word.label) for word in THEMES.values())]),
        **_FROM_THE_LIST,
    )


class MeasureForm(StaffForm):
    """What was measured."""

    indicator = choice_field(
        _l("Ce que l’on mesure"), validators=[InputRequired(_l("Choisissez ce que l’on mesure."))]
    )
    value = StringField(
        _l("Valeur mesurée"),
        [DataRequired(_l("Écrivez la valeur mesurée."))],
        description=_l("Un nombre, une somme en euros, « oui » ou « non », une date ou des mots."),
    )
    measured_on = day_field(
        _l("Quel jour ?"), validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))]
    )
    quartier = choice_field(_l("Où ?"), validators=[Optional()])
    source = StringField(
        _l("D’où vient ce chiffre ?"),
        [Optional()],
        description=_l("Par exemple : bilan de l’association, décembre 2026."),
        render_kw={"lang": "fr"},
    )
