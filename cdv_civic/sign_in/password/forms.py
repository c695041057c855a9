"""Forms of sign-in by a password, and of a new one."""

from wtforms import HiddenField
from wtforms.validators import EqualTo

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import SharedDevice, email_field, password_field
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

_NO_EMAIL = _l("Écrivez votre adresse e-mail.")
_HOW_LONG = _l("Au moins 12 lettres ou chiffres. Une phrase de quatre mots convient bien.")


class SignInForm(SharedDevice, StaffForm):
    """Who are you?"""

    email = email_field(_l("Adresse e-mail"), _NO_EMAIL, autocomplete="username")
    password = password_field(_l("Mot de passe"), _l("Écrivez votre mot de passe."))
    retour = HiddenField()


class PasswordForm(StaffForm):
    """A new password for oneself."""

    current = password_field(
        _l("Votre mot de passe d’aujourd’hui"), _l("Écrivez votre mot de passe d’aujourd’hui.")
    )
    password = password_field(
        _l("Le nouveau mot de passe"),
        _l("Écrivez un nouveau mot de passe."),
        new=True,
        description=_HOW_LONG,
    )
    again = password_field(
        _l("Le nouveau mot de passe, encore une fois"),
        _l("Écrivez le nouveau mot de passe une deuxième fois."),
        new=True,
        also=[
            EqualTo(
                "password",
                _l("Les deux nouveaux mots de passe ne sont pas les mêmes. Écrivez-les de nouveau."),
            )
        ],
    )


class LostPasswordForm(StaffForm):
    """Where to send the link."""

    email = email_field(_l("Adresse e-mail"), _NO_EMAIL, autocomplete="username")


class ChoosePasswordForm(StaffForm):
    """The password that a link lets one choose."""

    password = password_field(
        _l("Votre mot de passe"), _l("Écrivez un mot de passe."), new=True, description=_HOW_LONG
    )
    again = password_field(
        _l("Votre mot de passe, encore une fois"),
        _l("Écrivez le mot de passe une deuxième fois."),
        new=True,
        also=[
            EqualTo("password", _l("Les deux mots de passe ne sont pas les mêmes. Écrivez-les de nouveau."))
        ],
    )
