"""The forms of comments: of whoever writes one, of whoever wrote one, and of the organiser."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Optional

from cdv_civic.consultations.kinds.comments.rules import (
    LONGEST_COMMENT,
    LONGEST_DOCUMENT,
    LONGEST_PASSAGE,
    LONGEST_TITLE,
)
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.base import OpenForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import day_field, time_field
from cdv_civic.core.forms.texts import text_data, text_fields
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.participation.forms import ReceiptForm
from cdv_civic.participation.rules.phases import opening
from cdv_civic.participation.speaking import ask_age

_WORDS: Any = {"maxlength": LONGEST_COMMENT, "dir": "auto", "rows": 5}
_SAY = _l("Écrivez votre commentaire en quelques mots.")


class CommentForm(OpenForm):
    """A comment. Made complete by `comment_form`."""

    client_key = ClientKeyField()
    words = TextAreaField(
        _l("Votre commentaire"),
        [InputRequired(_SAY)],
        description=_l("%(most)s caractères au plus, sans nom de personne.", most=LONGEST_COMMENT),
        render_kw=_WORDS,
    )
    minor = BooleanField(_l("J’ai moins de 18 ans"))
    age = BooleanField()


def comment_form(age: int, *, minor: bool) -> CommentForm:
    """The form of a comment, for a consultation that is answered from an `age` in years (0: any)."""
    form = CommentForm(data={"minor": minor})
    ask_age(form.age, age)
    return form


class RewordCommentForm(ReceiptForm):
    """An author writes a comment otherwise, as a moderator asked."""

    receipt = HiddenField()
    words = TextAreaField(_l("Votre commentaire"), [InputRequired(_SAY)], render_kw=_WORDS)


class TakeCommentBackForm(ReceiptForm):
    """An author takes back what they wrote, by the receipt: asked first, then done."""

    receipt = HiddenField()
    sure = HiddenField()


class CommentSettingsForm(VersionForm):
    """What is set of a step of comments. Made complete by `settings_form`."""

    embargo_day = day_field(
        _l("Sous embargo jusqu’à quel jour\u00a0?"),
        validators=[Optional()],
        description=_l(
            "Avant, seuls les membres du groupe et l’équipe lisent et commentent le document. Laissez vide s’il "
            "est public tout de suite."
        ),
    )
    embargo_time = time_field(
        _l("À quelle heure\u00a0?"),
        validators=[Optional()],
        description=_l("Laissez vide pour minuit, au début du jour."),
    )
    read_before = BooleanField(
        _l("Une personne qui modère lit chaque commentaire avant tout le monde"),
        description=_l("Sinon, il est public tout de suite, et lu ensuite."),
    )
    sensitive = BooleanField(
        _l("Le sujet est sensible"),
        description=_l("Violences, drogues, santé\u00a0: chaque commentaire est lu avant tout le monde."),
    )

    @property
    def embargo_until(self) -> datetime | None:
        """The moment at which the embargo ends, in UTC; None: there is none. Raises `DomainError`."""
        day, hour = self.embargo_day.data, self.embargo_time.data
        if day is None:
            if hour is not None:
                raise DomainError(_l("Choisissez le jour."), field="embargo_day")
            return None
        return opening(day, clock.zone(), hour or time.min)


def settings_form(languages: Sequence[Language], data: Mapping[str, Any], title: Mapping[str, str]) -> Any:
    """The form of a step, with the title of its document in each language."""
    fields = text_fields(
        "title",
        _l("Titre du document"),
        languages,
        longest=LONGEST_TITLE,
        long=False,
        hint=_l("Laissez vide s’il n’y a que des engagements et des chiffres."),
    )
    form = type("StepForm", (CommentSettingsForm,), fields)
    return form(data={**data, **text_data("title", title)})


class SubjectForm(VersionForm):
    """A button: one more commitment, or one of its figures."""

    commitment = HiddenField()
    indicator = HiddenField()


def document_form(languages: Sequence[Language], version: int, title: Mapping[str, str]) -> Any:
    """The form in which a document is pasted."""
    fields = text_fields(
        "title",
        _l("Titre du document"),
        languages,
        longest=LONGEST_TITLE,
        long=False,
        must=_l("Donnez le titre du document."),
    )
    fields["text"] = TextAreaField(
        _l("Le texte du document, en français"),
        [InputRequired(_l("Collez le texte du document."))],
        description=_l(
            "Le texte est coupé aux lignes vides et aux titres. Vous pourrez réunir, couper et traduire ensuite."
        ),
        render_kw={"maxlength": LONGEST_DOCUMENT, "rows": 14, "lang": "fr", "dir": "ltr"},
    )
    return type("DocumentForm", (VersionForm,), fields)(
        data={"version": str(version), **text_data("title", title)}
    )


def passage_form(languages: Sequence[Language], version: int, words: Mapping[str, str]) -> Any:
    """The form of one passage, in each language."""
    fields = text_fields(
        "text",
        _l("Le passage"),
        languages,
        longest=LONGEST_PASSAGE,
        must=_l("Écrivez le passage."),
        hint=_l("Pour le couper en deux, laissez une ligne vide à l’endroit de la coupure."),
    )
    return type("PassageForm", (VersionForm,), fields)(
        data={"version": str(version), **text_data("text", words)}
    )
