"""The version of what a form changes: an act refuses another one than that which is stored (`Conflict`)."""

from wtforms import HiddenField

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.web.desk import number_in


class VersionField(HiddenField):
    """The version that the form was opened on."""

    @property
    def number(self) -> int:
        """The version as a number; 0, which nothing stored has, where the form holds none."""
        return number_in(self.data) or 0


class VersionForm(StaffForm):
    """A change of something stored; by itself, one button, pressed on the version that was shown."""

    version = VersionField()
