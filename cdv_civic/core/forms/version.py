"""The version of what a form changes: an act refuses another one than that which is stored (`Conflict`).

Then the form shows both: what somebody else stored, and what was typed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, NamedTuple

from wtforms import BooleanField, Field, HiddenField
from wtforms.fields.choices import SelectFieldBase

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.web.desk import number_in


class VersionField(HiddenField):
    """The version that the form was opened on."""

    @property
    def number(self) -> int:
        """The version as a number; 0, which nothing stored has, where the form holds none."""
        return number_in(self.data) or 0


class Difference(NamedTuple):
    """What is stored and what was typed in one field, as a person reads them; "" where there is nothing."""

    label: str
    stored: str
    typed: str
    #: Of the two texts, where the field takes one language.
    lang: str | None


class VersionForm(StaffForm):
    """A change of something stored; by itself, one button, pressed on the version that was shown.

    `data` is what is stored now: its version, and each field that the form overwrites, empty ones too. What the form
    only proposes comes by keyword. What is asked anew each time (a reason) comes in neither: its page shows what was
    said before.
    """

    version = VersionField()

    #: Where somebody else was faster, and the two do not read the same.
    differences: Sequence[Difference] = ()
    #: The names of the fields that `data` gave.
    _given: frozenset[str] = frozenset()

    def process(
        self,
        formdata: Any = None,
        obj: object = None,
        data: Mapping[str, Any] | None = None,
        extra_filters: Any = None,
        **more: Any,
    ) -> None:
        """Fill the fields as WTForms does, and know which of them hold what is stored."""
        self._given = frozenset(data or ()) - {"version"}
        super().process(formdata, obj, data=data, extra_filters=extra_filters, **more)

    def show_stored(self) -> None:
        """After a conflict: show what is stored beside what was typed, and let the next sending go through.

        Nothing of it where the version is that which is stored: then the act was refused for something else.
        """
        if self.version.number == (number_in(self.version.object_data) or 0):
            return
        self.version.data = self.version.object_data
        found = (
            Difference(
                field.label.text,
                _in_words(field, field.object_data),
                _in_words(field, field.data),
                (field.render_kw or {}).get("lang"),
            )
            for field in self
            if field.name in self._given
        )
        self.differences = [each for each in found if each.stored != each.typed]


def _in_words(field: Field, value: Any) -> str:
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
