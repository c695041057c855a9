"""The code that proves an address."""

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import message_code_field
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class ProofForm(StaffForm):
    """Six digits."""

    code = message_code_field(_l("Code à 6 chiffres"), _l("Écrivez le code à 6 chiffres du message."))
