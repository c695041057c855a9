"""The code that proves an address."""

from wtforms.validators import DataRequired

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.sign_in.password.forms import CodeField


class ProofForm(StaffForm):
    """Six digits."""

    code = CodeField(
        _l("Code à 6 chiffres"),
        [DataRequired(_l("Écrivez le code à 6 chiffres du message."))],
        render_kw={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "dir": "ltr",
            "class": "code-field",
        },
    )
