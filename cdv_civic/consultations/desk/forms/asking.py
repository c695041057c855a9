"""The forms of steps, questions and options."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from cdv_civic.consultations.desk.wording import QUESTIONS
from cdv_civic.consultations.engine.kinds import step_kinds
from cdv_civic.consultations.operations.editing.building import LONGEST_QUESTION, NewOption, NewQuestion
from cdv_civic.consultations.operations.editing.holding import LONGEST_LINE, LONGEST_TEXT
from cdv_civic.consultations.rules.editing import classes_of
from cdv_civic.consultations.rules.questions import WITH_OPTIONS, QuestionKind
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.fields import FROM_THE_LIST, IdChecksField, UploadField, WholeNumberField, listed
from cdv_civic.core.forms.texts import text_data, text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language

_CHOOSE: Final = _l("Choisissez une réponse de la liste.")
_COUNT: Final[Any] = {"inputmode": "numeric", "min": "0"}
#: A number that a column holds.
_LARGEST: Final = 1_000_000


def step_form(
    languages: Sequence[Language],
    *,
    version: int,
    title: Mapping[str, str] | None = None,
    intro: Mapping[str, str] | None = None,
    new: bool = False,
) -> VersionForm:
    """The form of a step; of a `new` one it asks for the kind."""
    fields: dict[str, Any] = {}
    if new:
        fields["kind"] = RadioField(
            _l("Que voulez-vous demander\u00a0?"),
            choices=listed(
                (code, _l("%(label)s\u00a0: %(meaning)s", label=kind.label, meaning=kind.meaning))
                for code, kind in step_kinds().items()
            ),
            **FROM_THE_LIST,
            validators=[InputRequired(_CHOOSE)],
        )
    fields |= text_fields("title", _l("Titre de l’étape"), languages, longest=LONGEST_LINE, long=False)
    fields |= text_fields(
        "intro",
        _l("Ce qu’il faut savoir avant de répondre"),
        languages,
        longest=LONGEST_TEXT,
        hint=_l("Une ou deux phrases."),
    )
    data = {"version": str(version), **text_data("title", title or {}), **text_data("intro", intro or {})}
    form: VersionForm = type("StepForm", (VersionForm,), fields)(data=data)
    return form


#: How the options of a scale get their faces.
BEST_FIRST: Final = _l(
    "Pour une note, écrivez d’abord la meilleure\u00a0: elle porte le visage le plus content."
)


class QuestionForm(VersionForm):
    """A question. Made complete by `question_form`."""

    required = BooleanField(
        _l("Il faut répondre à cette question"), description=_l("Sinon, «\u00a0Passer\u00a0» est proposé.")
    )
    least = WholeNumberField(
        _l("Combien de réponses au moins\u00a0?"),
        [Optional(), NumberRange(0, _LARGEST)],
        description=_l("Pour plusieurs réponses, des rangs ou des points."),
        render_kw=_COUNT,
    )
    most = WholeNumberField(
        _l("Combien au plus\u00a0?"),
        [Optional(), NumberRange(1, _LARGEST)],
        description=_l("De réponses, de rangs, de points à partager, ou de lettres pour un texte."),
        render_kw=_COUNT,
    )
    lowest = WholeNumberField(
        _l("Nombre le plus petit"), [Optional(), NumberRange(-_LARGEST, _LARGEST)], render_kw=_COUNT
    )
    highest = WholeNumberField(
        _l("Nombre le plus grand"), [Optional(), NumberRange(-_LARGEST, _LARGEST)], render_kw=_COUNT
    )
    classes = StringField(
        _l("Par quelles tranches ce nombre est-il publié\u00a0?"),
        [Optional()],
        description=_l("Le premier nombre de chacune, par exemple\u00a0: 0, 1, 3, 5."),
        render_kw={"maxlength": 300, "dir": "ltr"},
    )
    may_publish = BooleanField(
        _l("Des textes choisis peuvent être publiés, sans nom"),
        description=_l(
            "Pour une réponse en mots. Le formulaire le dit avant que les gens écrivent. Une personne qui modère lit "
            "chaque texte avant tout le monde."
        ),
    )
    condition = SelectField(
        _l("À qui la poser\u00a0?"),
        **FROM_THE_LIST,
        validators=[Optional()],
        description=_l("Une réponse à une question qui vient avant."),
    )

    def question(self, kind: QuestionKind, options: Sequence[NewOption] = ()) -> NewQuestion:
        """What was typed; raises `DomainError` for classes that are no numbers in order."""
        try:
            classes = classes_of(self.classes.data or "")
        except ValueError:
            raise DomainError(
                _l(
                    "Écrivez des nombres entiers, du plus petit au plus grand, par exemple\u00a0: 0, 1, 3, 5."
                ),
                field="classes",
            ) from None
        return NewQuestion(
            kind,
            texts_of(self, "text"),
            texts_of(self, "hint"),
            texts_of(self, "easy"),
            bool(self.required.data),
            self.least.data,
            self.most.data,
            self.lowest.data,
            self.highest.data,
            classes,
            options,
            int(self.condition.data) if self.condition.data else None,
            bool(self.may_publish.data),
        )


def question_form(
    languages: Sequence[Language],
    data: Mapping[str, Any],
    *,
    conditions: Iterable[tuple[int, str]],
    takes: Sequence[QuestionKind] | None = None,
) -> QuestionForm:
    """The form of a question; of a new one it asks for its kind, one that its step `takes`, and for its options.

    `conditions`: the options that it can look at, by id.
    """
    fields: dict[str, Any] = {}
    if takes is not None:
        fields["kind"] = RadioField(
            _l("Comment répond-on\u00a0?"),
            choices=listed((kind.value, QUESTIONS[kind].label) for kind in takes),
            **FROM_THE_LIST,
            validators=[InputRequired(_CHOOSE)],
            default=takes[0].value if len(takes) == 1 else None,
        )
    fields |= text_fields(
        "text",
        _l("La question"),
        languages,
        longest=LONGEST_QUESTION,
        long=False,
        must=_l("Écrivez la question en français."),
    )
    if takes is not None and WITH_OPTIONS & set(takes):
        fields["options"] = TextAreaField(
            _l("Les réponses à choisir, une par ligne"),
            [Optional()],
            description=_l(
                "En français. Vous les traduirez ensuite, une par une. %(scale)s", scale=BEST_FIRST
            )
            if QuestionKind.SCALE in takes
            else _l("En français. Vous les traduirez ensuite, une par une."),
            render_kw={"rows": 5, "lang": "fr", "dir": "ltr"},
        )
    fields |= text_fields(
        "hint", _l("Une aide sous la question"), languages, longest=LONGEST_TEXT, long=False
    )
    fields |= text_fields(
        "easy",
        _l("La même question en mots faciles"),
        languages,
        longest=LONGEST_QUESTION,
        long=False,
        hint=_l("Des mots courts, une idée. Elle s’affiche à côté de l’autre."),
    )
    form: QuestionForm = type("QuestionForm", (QuestionForm,), fields)(data=dict(data))
    form.condition.choices = listed([("", _l("À tout le monde")), *conditions])
    return form


class OptionsForm(VersionForm):
    """More options, one a line."""

    options = TextAreaField(
        _l("Ajouter des réponses, une par ligne"),
        [InputRequired(_l("Écrivez au moins une réponse."))],
        render_kw={"rows": 4, "lang": "fr", "dir": "ltr"},
    )


class FromContractForm(VersionForm):
    """Axes and commitments that become options; the page draws each box."""

    axes = IdChecksField(_l("Des parties du contrat"), validate_choice=False)
    commitments = IdChecksField(_l("Des engagements"), validate_choice=False)


def option_form(
    languages: Sequence[Language],
    *,
    version: int,
    text: Mapping[str, str],
    picture_words: Mapping[str, str],
    of_contract: bool,
    has_picture: bool,
) -> VersionForm:
    """The form of an option, with its picture."""
    fields = text_fields(
        "text",
        _l("La réponse"),
        languages,
        longest=LONGEST_TEXT if of_contract else LONGEST_LINE,
        long=of_contract,
        must=_l("Écrivez cette réponse en français."),
    )
    fields["picture"] = UploadField(_l("Une image"), [Optional()], render_kw={"accept": "image/*"})
    if has_picture:
        fields["remove_picture"] = BooleanField(_l("Enlever l’image"))
    fields |= text_fields(
        "picture_words",
        _l("Ce que montre l’image"),
        languages,
        longest=LONGEST_LINE,
        long=False,
        hint=_l("Pour qui ne la voit pas\u00a0: «\u00a0Un banc en bois, sous un arbre\u00a0»."),
    )
    data = {
        "version": str(version),
        **text_data("text", text),
        **text_data("picture_words", picture_words),
    }
    form: VersionForm = type("OptionForm", (VersionForm,), fields)(data=data)
    return form
