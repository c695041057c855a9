"""Forms of residents who come in. Each asks one thing."""

from typing import Any

from flask import request
from wtforms import StringField, TelField
from wtforms.validators import DataRequired

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.sign_in.password.forms import CodeField, SharedDevice, forget_typing


class _AskForm(StaffForm):
    """Where to send a message. On a shared device (`?poste=partage`) the browser is asked to keep nothing of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if request.args.get("poste") == "partage":
            forget_typing(self)


class AskMailForm(_AskForm):
    """Where to send a link."""

    email = StringField(
        _l("Votre adresse e-mail"),
        [DataRequired(_l("Écrivez votre adresse e-mail."))],
        render_kw={"autocomplete": "email", "inputmode": "email", "dir": "ltr", "spellcheck": "false"},
    )


class AskTextForm(_AskForm):
    """Where to send a code."""

    phone = TelField(
        _l("Votre numéro de téléphone portable"),
        [DataRequired(_l("Écrivez votre numéro de téléphone portable."))],
        description=_l("Par exemple : 06 12 34 56 78."),
        render_kw={"autocomplete": "tel", "dir": "ltr"},
    )


class CodeForm(SharedDevice, StaffForm):
    """The code of a message."""

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


class EnterForm(SharedDevice, StaffForm):
    """The page behind a link: nothing to type."""
