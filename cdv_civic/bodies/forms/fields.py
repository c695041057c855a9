"""What the forms of bodies are made of: days, hours, and texts in all languages of the site."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import DateField, SelectMultipleField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from cdv_civic.bodies.operations.texts import LONGEST_TEXT, LONGEST_TITLE
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.localized import SOURCE_LANGUAGE

FROM_THE_LIST: Any = {"invalid_choice_message": _l("Choisissez une réponse de la liste.")}
NO_DAY_SENTENCE = _l("Cette date ne va pas. Écrivez-la ainsi : 31/12/2026.")
_NO_DAY: Any = {"invalid_value_message": NO_DAY_SENTENCE}
#: What is older or later is a typing mistake.
YEARS = range(1990, 2101)
_NO_TIME: Any = {"invalid_value_message": _l("Cette heure ne va pas. Écrivez-la ainsi : 18:30.")}


class ChecksField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def listed(pairs: Iterable[Sequence[Any]]) -> list[SelectChoice]:
    """The choices of a list, from (value, label)."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def _of_our_time(_form: Any, field: Any) -> None:
    if field.data is not None and field.data.year not in YEARS:
        raise ValidationError(NO_DAY_SENTENCE)


def day_field(label: Any, *, validators: Sequence[Any] = (), **kwargs: Any) -> DateField:
    """A day of our time, chosen or typed."""
    return DateField(
        label,
        [*validators, _of_our_time],
        format=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        **_NO_DAY,
        **kwargs,
    )


def time_field(label: Any, **kwargs: Any) -> TimeField:
    """An hour of the wall clock, chosen or typed."""
    return TimeField(label, format=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"], **_NO_TIME, **kwargs)


def texts_of(form: StaffForm, name: str) -> dict[str, str]:
    """What was typed in the fields of one text, by language tag."""
    prefix = f"{name}_"
    return {
        field.name.removeprefix(prefix): field.data or "" for field in form if field.name.startswith(prefix)
    }


def text_fields(
    name: str,
    label: Any,
    languages: Iterable[Language],
    *,
    must: Any = None,
    long: bool = True,
    hint: Any = "",
    longest: int | None = None,
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
                "maxlength": longest or (LONGEST_TEXT if long else LONGEST_TITLE),
                **({"rows": 3} if long else {}),
            },
        )
    return fields
