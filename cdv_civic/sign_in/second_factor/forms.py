"""Forms of the second factor. No code is ever written back into a page."""

from typing import Any

from wtforms.validators import DataRequired

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import CodeField, password_field
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


def _code_field(label: Any, missing: Any, *, description: Any = "", **attributes: Any) -> CodeField:
    usual = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "spellcheck": "false"}
    return CodeField(
        label, [DataRequired(missing)], description=description, render_kw={**usual, **attributes}
    )


class AuthenticatorCodeForm(StaffForm):
    """The code that an authenticator app shows."""

    code = _code_field(
        _l("Code à 6 chiffres"),
        _l("Écrivez les 6 chiffres que montre votre téléphone."),
    )


class RecoveryForm(StaffForm):
    """A recovery code."""

    code = _code_field(
        _l("Code de secours"),
        _l("Écrivez un de vos codes de secours."),
        description=_l("12 lettres et chiffres, avec ou sans espaces."),
        autocomplete="off",
        inputmode="text",
    )


class ConfirmPasswordForm(StaffForm):
    """One's password, once more, before something that matters."""

    current = password_field(_l("Votre mot de passe"), _l("Écrivez votre mot de passe."))
