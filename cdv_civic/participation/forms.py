"""The form by which somebody finds again what they took part in."""

from wtforms import StringField
from wtforms.validators import InputRequired

from cdv_civic.core.forms.base import OpenForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class ReceiptForm(OpenForm):
    """The receipt that leads to the answer."""

    receipt = StringField(
        _l("Le code de votre reçu"),
        [InputRequired(_l("Écrivez le code de votre reçu."))],
        description=_l(
            "10 lettres et chiffres, par exemple ACE34-HJK79. Grandes ou petites lettres, c’est pareil."
        ),
        render_kw={
            "dir": "ltr",
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        },
    )
