"""Forms of the bodies' desk."""

from cdv_civic.bodies.forms.bodies import BodyForm, body_form
from cdv_civic.bodies.forms.fields import texts_of
from cdv_civic.bodies.forms.meetings import CancelForm, MeetingForm, cancel_form, meeting_form, repeat_of

__all__ = [
    "BodyForm",
    "CancelForm",
    "MeetingForm",
    "body_form",
    "cancel_form",
    "meeting_form",
    "repeat_of",
    "texts_of",
]
