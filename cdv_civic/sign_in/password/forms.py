"""Forms of sign-in and of one's own account."""

from collections.abc import Iterable
from typing import Any, cast

from flask import request
from wtforms import BooleanField, Field, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

_EMAIL = {"autocomplete": "username", "inputmode": "email", "dir": "ltr", "spellcheck": "false"}


def forget_typing(form: object) -> None:
    """Ask the browser to keep nothing that is typed into the form, nor to propose what others typed."""
    for field in cast(Iterable[Field], form):
        if field.render_kw and "autocomplete" in field.render_kw:
            field.render_kw = {**field.render_kw, "autocomplete": "off"}


class SharedDevice:
    """What every form asks by which somebody signs in; it comes before `StaffForm` among the bases.

    `?poste=partage` in the address ticks it. Browsers are asked to keep nothing that is typed then.
    """

    shared = BooleanField(
        _l("D’autres personnes utilisent cet appareil"),
        description=_l("Nous vous déconnectons après 5 minutes sans rien faire, et rien ne reste ici."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = request.args.get("poste") == "partage"
        if here and request.method == "GET":
            self.shared.data = True
        if here or self.shared.data:
            forget_typing(self)


class CodeField(StringField):
    """A code that is good once: it is never written back into the page."""

    def _value(self) -> str:
        return ""


class SignInForm(SharedDevice, StaffForm):
    """Who are you?"""

    email = StringField(
        _l("Adresse e-mail"),
        [DataRequired(_l("Écrivez votre adresse e-mail."))],
        render_kw={"autocomplete": "username", "inputmode": "email", "dir": "ltr", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Mot de passe"),
        [DataRequired(_l("Écrivez votre mot de passe."))],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )
    retour = HiddenField()


class PasswordForm(StaffForm):
    """A new password for oneself."""

    current = PasswordField(
        _l("Votre mot de passe d’aujourd’hui"),
        [DataRequired(_l("Écrivez votre mot de passe d’aujourd’hui."))],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )
    password = PasswordField(
        _l("Le nouveau mot de passe"),
        [DataRequired(_l("Écrivez un nouveau mot de passe."))],
        description=_l("Au moins 12 signes. Une phrase de quatre mots convient bien."),
        render_kw={"autocomplete": "new-password", "dir": "ltr"},
    )
    again = PasswordField(
        _l("Le nouveau mot de passe, encore une fois"),
        [
            DataRequired(_l("Écrivez le nouveau mot de passe une deuxième fois.")),
            EqualTo(
                "password",
                _l("Les deux nouveaux mots de passe ne sont pas les mêmes. Écrivez-les de nouveau."),
            ),
        ],
        render_kw={"autocomplete": "new-password", "dir": "ltr"},
    )


_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "spellcheck": "false"}


class CodeForm(StaffForm):
    """The code of the telephone."""

    code = CodeField(
        _l("Code à 6 chiffres"),
        [DataRequired(_l("Écrivez les 6 chiffres que montre votre téléphone."))],
        render_kw={**_CODE, "maxlength": 40},
    )


class SetUpForm(StaffForm):
    """The first code of a telephone."""

    code = CodeField(
        _l("Code à 6 chiffres"),
        [DataRequired(_l("Écrivez les 6 chiffres que montre votre téléphone."))],
        render_kw={**_CODE, "maxlength": 40},
    )


class RecoveryForm(StaffForm):
    """A recovery code."""

    code = CodeField(
        _l("Code de secours"),
        [DataRequired(_l("Écrivez un de vos codes de secours."))],
        description=_l("12 lettres et chiffres, avec ou sans espaces."),
        render_kw={**_CODE, "autocomplete": "off", "inputmode": "text", "maxlength": 60},
    )


class ConfirmForm(StaffForm):
    """One's password, once more, before something that matters."""

    current = PasswordField(
        _l("Votre mot de passe"),
        [DataRequired(_l("Écrivez votre mot de passe."))],
        render_kw={"autocomplete": "current-password", "dir": "ltr"},
    )


class LostPasswordForm(StaffForm):
    """Where to send the link."""

    email = StringField(
        _l("Adresse e-mail"), [DataRequired(_l("Écrivez votre adresse e-mail."))], render_kw=_EMAIL
    )


class ChoosePasswordForm(StaffForm):
    """The password that a link lets one choose."""

    password = PasswordField(
        _l("Votre mot de passe"),
        [DataRequired(_l("Écrivez un mot de passe."))],
        description=_l("Au moins 12 signes. Une phrase de quatre mots convient bien."),
        render_kw={"autocomplete": "new-password", "dir": "ltr"},
    )
    again = PasswordField(
        _l("Votre mot de passe, encore une fois"),
        [
            DataRequired(_l("Écrivez le mot de passe une deuxième fois.")),
            EqualTo("password", _l("Les deux mots de passe ne sont pas les mêmes. Écrivez-les de nouveau.")),
        ],
        render_kw={"autocomplete": "new-password", "dir": "ltr"},
    )
