"""The version of what a form changes: an act refuses another one than that which is stored (`Conflict`).

Then the form shows both: what somebody else stored, and what was typed.
"""

from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.differences import differences, in_words
from cdv_civic.core.web.desk import number_in


class VersionField(HiddenField):
    """The version that the form was opened on."""

    @property
    def number(self) -> int:
        """The version as a number; 0, which nothing stored has, where the form holds none."""
        return number_in(self.data) or 0


class VersionForm(StaffForm):
    """A change of something stored; by itself, one button, pressed on the version that was shown.

    `data` is what is stored now: its version, and each field that the form overwrites, empty ones too. What the form
    only proposes comes by keyword. What is asked anew each time (a reason) comes in neither: its page shows what was
    said before.
    """

    version = VersionField()

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
        self.compare_with_stored()

    def compare_with_stored(self) -> None:
        """Show what is stored beside what the fields hold, where the two do not read the same."""
        given = [field for field in self if field.name in self._given]
        stored = {field.name: in_words(field, field.object_data) for field in given}
        self.differences = differences(given, stored)
