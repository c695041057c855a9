"""Forms of residents who come in. Each asks one thing."""

from typing import Any

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import (
    SharedDevice,
    email_field,
    forget_typing,
    message_code_field,
    on_shared_device,
    phone_field,
)
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class _AskForm(StaffForm):
    """Where to send a message. On a shared device the browser is asked to keep nothing of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_shared_device():
            forget_typing(self)


class AskMailForm(_AskForm):
    """Where to send a link."""

    email = email_field(_l("Votre adresse e-mail"), _l("Écrivez votre adresse e-mail."), autocomplete="email")


class AskTextForm(_AskForm):
    """Where to send a code."""

    phone = phone_field(
        _l("Votre numéro de téléphone portable"),
        _l("Écrivez votre numéro de téléphone portable."),
        description=_l("Par exemple : 06 12 34 56 78."),
    )


class MessageCodeForm(SharedDevice, StaffForm):
    """The code of a message."""

    code = message_code_field(_l("Code à 6 chiffres"), _l("Écrivez le code à 6 chiffres du message."))


class OpenLinkForm(SharedDevice, StaffForm):
    """The page behind a link: nothing to type."""
