"""Fields that several features ask for, each with its attributes and the sentences of what is wrong with it.

Passwords and codes are never written back into a page; what is typed on a shared device is not kept by its browser
(`SharedDevice`, `forget_typing`).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, cast

from flask import request
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
    TelField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.uploads.receiving import Upload, read_upload
from cdv_civic.core.web.desk import numbers_in

#: What a field for photos and documents offers to choose; what is sent decides by its content.
PHOTOS_AND_DOCUMENTS: Final = (
    "image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif,application/pdf"
)
#: Arguments of a field with choices: a sentence of ours for what is none of them.
FROM_THE_LIST: Final[Any] = {"invalid_choice_message": _l("Choisissez une réponse de la liste.")}
#: What is older or later is a slip of the finger.
YEARS: Final = range(1990, 2101)
_NO_DAY: Final = _l("Cette date ne va pas. Écrivez-la ainsi : 31/12/2026.")
_NO_TIME: Final[Any] = {"invalid_value_message": _l("Cette heure ne va pas. Écrivez-la ainsi : 18:30.")}
#: What a `WholeNumberField` says of what is no number.
NO_NUMBER: Final = _l("Écrivez un nombre entier, par exemple 12.")


def instead_of(field: Any, other: Any) -> Any:
    """Another field of the same name for a form that inherits one, at the same place: errors are said in the order of
    the page."""
    other.creation_counter = field.creation_counter
    return other


def email_field(label: Any, missing: Any, *, autocomplete: str, also: Sequence[Any] = ()) -> StringField:
    """An e-mail address; `operations` fold it and say what is wrong with it. `also`: further validators."""
    attributes = {"autocomplete": autocomplete, "inputmode": "email", "dir": "ltr", "spellcheck": "false"}
    return StringField(label, [DataRequired(missing), *also], render_kw=attributes)


def phone_field(label: Any, missing: Any, **kwargs: Any) -> TelField:
    """A telephone number as people write it."""
    return TelField(label, [DataRequired(missing)], render_kw={"autocomplete": "tel", "dir": "ltr"}, **kwargs)


def password_field(
    label: Any, missing: Any, *, new: bool = False, also: Sequence[Any] = (), **kwargs: Any
) -> PasswordField:
    """A password, never written back into the page; `new`: one that is chosen now. `also`: further validators."""
    return PasswordField(
        label,
        [DataRequired(missing), *also],
        render_kw={"autocomplete": "new-password" if new else "current-password", "dir": "ltr"},
        **kwargs,
    )


class CodeField(StringField):
    """A code that is good once: it is never written back into the page."""

    def _value(self) -> str:
        return ""


def message_code_field(label: Any, missing: Any) -> CodeField:
    """The six digits of a mail or a text message; telephones propose to fill them in."""
    return CodeField(
        label,
        [DataRequired(missing)],
        render_kw={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "dir": "ltr",
            "class": "code-field",
        },
    )


def day_field(
    label: Any, validators: Sequence[Any] = (), *, years: range | None = YEARS, **kwargs: Any
) -> DateField:
    """A day, chosen or typed, of our time; `years` None: the act says which days go."""
    return DateField(
        label,
        [*validators, *([] if years is None else [_day_within(years)])],
        format=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        invalid_value_message=_NO_DAY,  # type: ignore[call-arg]
        **kwargs,
    )


def _day_within(years: range) -> Callable[[Any, Any], None]:
    def check(_form: Any, field: Any) -> None:
        if field.data is not None and field.data.year not in years:
            raise ValidationError(_NO_DAY)

    return check


def time_field(label: Any, **kwargs: Any) -> TimeField:
    """An hour of the wall clock, chosen or typed."""
    return TimeField(label, format=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"], **_NO_TIME, **kwargs)


#: No column holds a larger number.
_LARGEST: Final = 2**31 - 1


class WholeNumberField(IntegerField):
    """A whole number that a column holds. `sentence` says what is wrong with anything else."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, sentence: Any = NO_NUMBER, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, invalid_value_message=sentence, **kwargs)  # type: ignore[call-arg]
        self._sentence = sentence

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed; spaces between thousands are forgiven."""
        super().process_formdata(["".join(str(value).split()) for value in valuelist])
        if self.data is not None and abs(self.data) > _LARGEST:
            self.data = None
            raise ValueError(self._sentence)


class ChecksField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class IdChecksField(ChecksField):
    """Several boxes whose values are ids. What is no id is left out: nobody typed it."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=int, **kwargs)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the ids."""
        self.data = numbers_in(map(str, valuelist))


def read_by(reader: Callable[[str], object]) -> Callable[[Any, Any], None]:
    """A validator: what a reader of the domain refuses of a text is said with all that is wrong with the form.

    Operations read the text again: they are also called from elsewhere.
    """

    def check(_form: Any, field: Any) -> None:
        if not (field.data or "").strip():
            return
        try:
            reader(field.data)
        except DomainError as refused:
            raise ValidationError(refused.sentence) from None

    return check


class UploadField(FileField):  # type: ignore[misc]
    """A photo or a document, or what `reads` takes. It is read with the other fields, so that what is wrong with it is
    said with theirs."""

    #: The file, checked and ready to keep, once the form was found right.
    upload: Upload | None = None

    def __init__(self, *args: Any, reads: Callable[..., Upload] = read_upload, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reads = reads

    def pre_validate(self, form: Any) -> None:
        """Read the file."""
        chosen = self.data
        if not isinstance(chosen, FileStorage) or not chosen.filename:
            return
        try:
            self.upload = self._reads(chosen.stream, field=self.name)
        except DomainError as refused:
            raise ValidationError(refused.sentence) from None


def listed(pairs: Iterable[Sequence[Any]]) -> list[SelectChoice]:
    """The choices of a list, from (value, label)."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def language_field(label: Any) -> RadioField:
    """One language of the site; `offer_languages` says which there are."""
    return RadioField(label, [InputRequired(_l("Choisissez une réponse."))])


def offer_languages(field: Any, languages: Iterable[Language]) -> None:
    """Let a `language_field` choose among `languages`, the first one chosen where none is."""
    field.choices = listed((each.tag, each.name) for each in languages)
    if not field.data:
        field.data = field.choices[0].value


def forget_typing(form: object) -> None:
    """Ask the browser to keep nothing that is typed into the form, nor to propose what others typed."""
    for field in cast(Iterable[Field], form):
        if field.render_kw and "autocomplete" in field.render_kw:
            field.render_kw = {**field.render_kw, "autocomplete": "off"}


def on_shared_device() -> bool:
    """Whether the address says that others use this device too (`?poste=partage`)."""
    return request.args.get("poste") == "partage"


class SharedDevice:
    """What every form asks by which somebody signs in; it comes before `StaffForm` among the bases.

    `?poste=partage` in the address ticks it. Browsers are asked to keep nothing that is typed then.
    """

    shared = BooleanField(
        _l("Appareil partagé"),
        description=_l(
            "Cochez si d’autres personnes s’en servent. Après 5 minutes sans rien faire, nous "
            "vous déconnectons, et rien ne reste ici."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_shared_device() and request.method == "GET":
            self.shared.data = True
        if on_shared_device() or self.shared.data:
            forget_typing(self)
