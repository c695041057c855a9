"""A form that asks nothing but to confirm."""

from wtforms import HiddenField

from cdv_civic.core.forms.base import StaffForm


class VersionForm(StaffForm):
    """One button, pressed on the version that was shown."""

    version = HiddenField()
