"""The form of the reminders."""

from wtforms import RadioField
from wtforms.validators import InputRequired

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import listed
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.work_list.wording import PERIODS


class ReminderForm(StaffForm):
    """How often a mail sums one's work up."""

    period = RadioField(
        _l("Quand voulez-vous cet e-mail ?"),
        [InputRequired(_l("Choisissez une réponse."))],
        choices=listed(PERIODS.items()),
    )
