"""A text in each language of the site: its fields, what stands in them at first, and what was typed."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import Field, Form, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from cdv_civic.core.forms.fields import listed
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language, site_languages
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import TranslationState


def text_fields(
    name: str,
    label: Any,
    languages: Iterable[Language],
    *,
    longest: int,
    long: bool = True,
    must: Any = None,
    hint: Any = "",
) -> dict[str, Any]:
    """A field for each language, by name; the French one first and explained.

    `longest`: characters. `long`: several lines. `must`: what is said where the French text is missing.
    """
    fields: dict[str, Any] = {}
    for language in languages:
        source = language.tag == SOURCE_LANGUAGE
        kind = TextAreaField if long else StringField
        fields[f"{name}_{language.tag}"] = kind(
            label if source else _l("%(label)s · %(language)s", label=label, language=language.name),
            [
                *([InputRequired(must)] if must and source else []),
                *([_comes_first] if source else []),
            ],
            description=hint if source else "",
            render_kw={
                "lang": language.tag,
                "dir": language.direction,
                "maxlength": longest,
                **({"rows": 3} if long else {}),
            },
        )
    return fields


def _comes_first(form: Form, field: Field) -> None:
    """A validator of the French text: it is there where a translation is."""
    texts = texts_of(form, field.name.removesuffix(f"_{SOURCE_LANGUAGE}"))
    if not (field.data or "").strip() and any(text.strip() for text in texts.values()):
        raise ValidationError(_l("Écrivez d’abord ce texte en français."))


def text_data(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    """What stands at first in the fields of one text, from its words by language tag; "" where it has none."""
    return {f"{name}_{each.tag}": texts.get(each.tag, "") for each in site_languages()}


def texts_of(form: Form, name: str) -> dict[str, str]:
    """What was typed in the fields of one text, by language tag."""
    prefix = f"{name}_"
    return {
        field.name.removeprefix(prefix): field.data or "" for field in form if field.name.startswith(prefix)
    }


def translation_state_field() -> RadioField:
    """Who reads what a form translates: a draft, until whoever writes it says that it is to be published."""
    return RadioField(
        _l("Qui voit cette traduction ?"),
        choices=listed(
            [
                (TranslationState.DRAFT.value, _l("L’équipe seulement : elle est à relire")),
                (
                    TranslationState.REVIEWED.value,
                    _l("Tout le monde : une personne qui parle cette langue l’a relue"),
                ),
            ]
        ),
        default=TranslationState.DRAFT.value,
    )


def first_state(states: Iterable[str | None]) -> str:
    """What a `translation_state_field` begins with: a draft, but where all that it shows is published already."""
    published = {TranslationState.REVIEWED.value, TranslationState.STALE.value}
    found = set(states)
    return (TranslationState.REVIEWED if found and found <= published else TranslationState.DRAFT).value
