"""The form that adds words to the list."""

from flask_babel.speaklater import LazyString
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from cdv_civic.core.forms.base import StaffForm, too_long
from cdv_civic.core.forms.fields import language_field
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.hint_list.rules import LONGEST_TABLE


class ListForm(StaffForm):
    """Words that are pasted; a file goes beside them, in the request."""

    lang = language_field(_l("Dans quelle langue sont ces mots\u00a0?"))
    words = TextAreaField(
        _l("Les mots, un par ligne"),
        [Optional(), Length(max=LONGEST_TABLE, message=too_long(LONGEST_TABLE))],
        description=_l(
            "Écrivez chaque forme\u00a0: le pluriel, le féminin. Les accents et les majuscules ne comptent pas."
        ),
        render_kw={"rows": 10, "dir": "auto", "autocomplete": "off", "spellcheck": "false"},
    )
    #: Why the file that was chosen is not read.
    file_problem: LazyString | None = None
