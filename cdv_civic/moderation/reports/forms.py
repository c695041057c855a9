"""The form of whoever reports a text, with an account or without."""

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from cdv_civic.core.forms.base import OpenForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.forms.fields import FROM_THE_LIST, listed, read_by
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.moderation.rules.appeals import LONGEST_REPORT
from cdv_civic.moderation.wording import REPORT_REASONS
from cdv_civic.participation.contacts import read_contact


def _contact(typed: str) -> object:
    return read_contact(typed, fictional=current_settings().development)


class ReportForm(OpenForm):
    """Why a text should not stand there."""

    reason = RadioField(
        _l("Qu’est-ce qui ne va pas\u00a0?"),
        choices=listed((code, word.label) for code, word in REPORT_REASONS.items()),
        validators=[InputRequired(_l("Choisissez une réponse de la liste."))],
        **FROM_THE_LIST,
    )
    words = TextAreaField(
        _l("Où, et pourquoi\u00a0?"),
        [Optional()],
        description=_l("Le mot ou la phrase qui ne va pas. Dans votre langue. Ne donnez pas de nom."),
        render_kw={"maxlength": LONGEST_REPORT, "dir": "auto", "rows": 3},
    )
    contact = StringField(
        _l("Comment vous dire la suite"),
        [Optional(), read_by(_contact)],
        description=_l("Une adresse e-mail ou un téléphone. Sinon, le reçu suffit."),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "maxlength": 254},
    )
    #: Asked of whoever has signed in.
    with_account = BooleanField(_l("Garder ce signalement dans mon compte"))
    client_key = ClientKeyField()
