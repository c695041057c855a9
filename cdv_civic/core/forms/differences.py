"""Two texts for one field: what is stored and what was typed, as a person compares them."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any, NamedTuple

from wtforms import BooleanField, Field
from wtforms.fields.choices import SelectFieldBase

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.formats import date_text


class Difference(NamedTuple):
    """What is stored and what was typed in one field, as a person reads them; "" where there is nothing."""

    label: str
    stored: str
    typed: str
    #: Of the two texts, where the field takes one language.
    lang: str | None


def differences(fields: Iterable[Field], stored: Mapping[str, str]) -> list[Difference]:
    """Where what fields hold does not read as what is `stored`: the words of each, by its name."""
    found = (
        Difference(
            field.label.text,
            stored[field.name],
            in_words(field, field.data),
            (field.render_kw or {}).get("lang"),
        )
        for field in fields
    )
    return [each for each in found if each.stored != each.typed]


def in_words(field: Field, value: Any) -> str:
    """The value of a field as a person compares it with another."""
    if isinstance(field, SelectFieldBase):
        labels = {str(code): str(label) for code, label, *_rest in field.iter_choices()}
        chosen = [
            str(each) for each in (value if isinstance(value, list) else ["" if value is None else value])
        ]
        known = [label for code, label in labels.items() if code in chosen]
        return ", ".join([*known, *(each for each in chosen if each not in labels)])
    if isinstance(field, BooleanField):
        return _("oui") if value else _("non")
    if isinstance(value, date):
        return date_text(value, "long")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    lines = ("" if value is None else str(value)).splitlines()
    return " · ".join(line.strip() for line in lines if line.strip())
