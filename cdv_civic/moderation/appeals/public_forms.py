"""Forms of whoever contests a decision, with an account or without."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.client_key import ClientKeyField
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.rules.appeals import LONGEST_APPEAL
from cdv_civic.participation.forms import ReceiptForm


class _AppealFields:
    words = TextAreaField(
        _l("Pourquoi cette décision n’est pas juste\u00a0?"),
        [InputRequired(_l("Dites pourquoi, avec vos mots."))],
        description=_l("Une autre personne vous lit et vous répond. Dans votre langue."),
        render_kw={"maxlength": LONGEST_APPEAL, "dir": "auto", "rows": 5},
    )
    client_key = ClientKeyField()


class ReceiptAppealForm(_AppealFields, ReceiptForm):
    """An appeal by the receipt of a text or of a report."""

    decision = HiddenField()
    #: Whether the words were asked for already: the first page only brings the receipt.
    asked = HiddenField()


class AppealForm(_AppealFields, StaffForm):
    """An appeal of somebody who has signed in."""
