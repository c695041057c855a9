"""Forms of the desk. Words that go against a rule are refused by the operations, which know better."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from wtforms import (
    Field,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Optional

from cdv_civic.commitments.rules.origins import LONGEST_NOTE
from cdv_civic.commitments.rules.texts import LONGEST_SENTENCE
from cdv_civic.commitments.wording import ORIGINS
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    PHOTOS_AND_DOCUMENTS,
    IdChecksField,
    UploadField,
    day_field,
    listed,
)
from cdv_civic.core.forms.seen import SeenForm
from cdv_civic.core.forms.texts import text_fields, texts_of, translation_state_field
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.territory.vocabulary import CERTAINTIES, NATURES, STATES, THEMES

FILES = 3
_STATE_FROM_THE_LIST: Any = {"invalid_choice_message": _l("Choisissez où en est l’engagement.")}


class ProgressForm(SeenForm):
    """How far is it? Made complete by `progress_form`."""

    state = RadioField(
        _l("Où en est l’engagement ?"),
        **_STATE_FROM_THE_LIST,
        validators=[InputRequired(_l("Choisissez où en est l’engagement."))],
    )
    happened_on = day_field(
        _l("Quel jour est-ce arrivé ?"),
        years=None,
        validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))],
    )
    sentence = TextAreaField(
        _l("Une phrase pour les habitantes et les habitants"),
        [DataRequired(_l("Écrivez une phrase pour les habitantes et les habitants."))],
        description=_l(
            "Qui fait quoi, et quand ? 12 à 15 mots simples, en français. 200 caractères au plus."
        ),
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
    quartier = SelectField(_l("Où\u00a0?"), [Optional()], **FROM_THE_LIST)
    link = StringField(
        _l("Adresse d’une page à montrer"),
        [Optional()],
        render_kw={"inputmode": "url", "dir": "ltr", "placeholder": "https://"},
    )
    link_title = StringField(_l("Nom de cette page"), [Optional()])
    client_key = ClientKeyField()

    def file_fields(self) -> list[tuple[UploadField, Field]]:
        """The files and the words that go with each."""
        return [
            (cast(UploadField, self[f"file_{number}"]), self[f"caption_{number}"])
            for number in range(1, FILES + 1)
        ]

    def sentences(self) -> dict[str, str]:
        """The translations typed, by language tag."""
        return texts_of(self, "sentence")


def progress_form(
    states: Iterable[str],
    quartiers: Sequence[tuple[int, str]],
    languages: Iterable[Language],
    day: date | None,
) -> ProgressForm:
    """The form for one commitment: what may be told, the quartiers it covers, the other languages of the site.

    `day` is the day that it proposes.
    """
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
        fields[f"file_{number}"] = UploadField(
            _l("Photo ou document %(number)s", number=number),
            render_kw={"accept": PHOTOS_AND_DOCUMENTS},
        )
        fields[f"caption_{number}"] = StringField(
            _l("Ce que montre la photo, ou le nom du document"),
            [Optional()],
            render_kw={"lang": "fr", "maxlength": 200},
        )
    form: ProgressForm = type("ProgressForm", (ProgressForm,), fields)(happened_on=day)
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


class ChangeForm(VersionForm):
    """A change of what the commitment says, and why."""

    reason = TextAreaField(
        _l("Pourquoi ce changement ?"),
        [DataRequired(_l("Dites pourquoi, en une phrase."))],
        description=_l("Une phrase. Les habitantes et les habitants la lisent, à côté de l’ancien texte."),
        render_kw={"rows": 2, "maxlength": LONGEST_SENTENCE, "lang": "fr"},
    )


class EditForm(ChangeForm):
    """What the commitment says."""

    title = TextAreaField(
        _l("Titre"),
        [DataRequired(_l("Un engagement a toujours un titre. Écrivez-le."))],
        render_kw={"rows": 3, "lang": "fr", "dir": "ltr"},
    )
    nature = SelectField(
        _l("Promesse ou idée ?"),
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        choices=listed((word.code, word.label) for word in NATURES.values()),
        **FROM_THE_LIST,
    )
    theme = SelectField(
        _l("Thème"),
        validators=[Optional()],
        choices=listed([("", _l("Aucun thème")), *((word.code, word.label) for word in THEMES.values())]),
        **FROM_THE_LIST,
    )
    deadline_text = StringField(
        _l("Date prévue, comme elle est écrite"),
        [Optional()],
        description=_l("Par exemple : dès 2025, une fois par an, rentrée 2026."),
        render_kw={"lang": "fr"},
    )
    deadline_date = day_field(
        _l("Date prévue, si c’est une vraie date"),
        years=None,
        validators=[Optional()],
        description=_l("Laissez vide si le texte ne donne pas de fin précise."),
    )
    recurrence = StringField(_l("Combien de fois\u00a0?"), [Optional()], render_kw={"lang": "fr"})
    condition = StringField(
        _l("À quelle condition ?"),
        [Optional()],
        description=_l("Par exemple : sous réserve de l’accord de la Région."),
        render_kw={"lang": "fr"},
    )
    budget_text = StringField(_l("Argent, comme c’est écrit"), [Optional()], render_kw={"lang": "fr"})
    budget = StringField(_l("Somme en euros"), [Optional()], render_kw={"inputmode": "decimal", "dir": "ltr"})
    budget_certainty = SelectField(
        _l("Cette somme est-elle sûre ?"),
        validators=[Optional()],
        choices=listed(
            [("", _l("Non renseigné")), *((word.code, word.label) for word in CERTAINTIES.values())]
        ),
        **FROM_THE_LIST,
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


class LinksForm(ChangeForm):
    """Who answers for it, with whom, and where."""

    holders = IdChecksField(_l("Qui est responsable ?"), [Optional()], **FROM_THE_LIST)
    partners = IdChecksField(_l("Avec qui ?"), [Optional()], **FROM_THE_LIST)
    quartiers = IdChecksField(_l("Dans quels quartiers ?"), [Optional()], **FROM_THE_LIST)


class TranslationForm(VersionForm):
    """Made complete by `translation_form`."""

    state = translation_state_field()


def translation_form(
    texts: Iterable[tuple[int, str, Any, int]], language: Language, version: int
) -> TranslationForm:
    """A field for each text: (id, what stands there now, label, rows); `version` is that of them all."""
    fields: dict[str, Any] = {}
    stored = {"version": str(version)}
    for text_id, now, label, rows in texts:
        name = f"text_{text_id}"
        fields[name] = TextAreaField(
            label,
            [Optional()],
            render_kw={"rows": rows, "lang": language.tag, "dir": language.direction},
        )
        stored[name] = now
    form: TranslationForm = type("TranslationForm", (TranslationForm,), fields)(data=stored)
    return form


class ThemeForm(StaffForm):
    """What is this part of the contract about?"""

    theme = RadioField(
        _l("Thème"),
        validators=[Optional()],
        choices=listed([("", _l("Aucun thème")), *((word.code, word.label) for word in THEMES.values())]),
        **FROM_THE_LIST,
    )


class OriginForm(VersionForm):
    """How was this part of the contract drawn up? Made complete by `origin_form`."""

    how = RadioField(
        _l("Comment cette partie du contrat a-t-elle été écrite\u00a0?"),
        validators=[Optional()],
        choices=listed(
            [
                ("", _l("Ne rien dire")),
                *((word.code, word.label) for word in ORIGINS.values()),
            ]
        ),
        **FROM_THE_LIST,
    )


def origin_form(languages: Sequence[Language], stored: Mapping[str, str]) -> OriginForm:
    """The form for one part of a contract, with what is said of it now."""
    fields = text_fields(
        "note",
        _l("Quelques mots de plus"),
        languages,
        longest=LONGEST_NOTE,
        hint=_l("Quand, où, avec qui. Les habitantes et les habitants les lisent. Sans nom de personne."),
    )
    form: OriginForm = type("OriginForm", (OriginForm,), fields)(data=stored)
    return form


class HangForm(StaffForm):
    """Hang a commitment on a part of the contract that residents chose."""

    commitment = StringField(
        _l("Le code de l’engagement"),
        [DataRequired(_l("Écrivez le code de l’engagement."))],
        description=_l("Ce code est écrit sur sa page et dans le tableau des engagements."),
        render_kw={"maxlength": 60, "dir": "ltr", "autocomplete": "off"},
    )


class MeasureForm(StaffForm):
    """What was measured."""

    indicator = SelectField(
        _l("Ce que l’on mesure"),
        validators=[InputRequired(_l("Choisissez ce que l’on mesure."))],
        **FROM_THE_LIST,
    )
    value = StringField(
        _l("Valeur mesurée"),
        [DataRequired(_l("Écrivez la valeur mesurée."))],
        description=_l("Un nombre, une somme en euros, « oui » ou « non », une date ou des mots."),
    )
    measured_on = day_field(
        _l("Quel jour ?"),
        years=None,
        validators=[InputRequired(_l("Écrivez la date, par exemple 31/12/2026."))],
    )
    quartier = SelectField(_l("Où\u00a0?"), [Optional()], **FROM_THE_LIST)
    source = StringField(
        _l("D’où vient ce chiffre ?"),
        [Optional()],
        description=_l("Par exemple : bilan de l’association, décembre 2026."),
        render_kw={"lang": "fr"},
    )
