"""Forms of roles and invitations."""

from collections.abc import Iterable
from typing import TypeVar

from wtforms import DateField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.policy.model import Role
from cdv_civic.core.policy.table import PASSWORD_ROLES

_EMAIL = {"autocomplete": "username", "inputmode": "email", "dir": "ltr", "spellcheck": "false"}
_TOO_LONG = _l("C’est trop long. Gardez 200 signes au plus.")


class RoleForm(StaffForm):
    """From when until when a role holds, and how the person hears of it."""

    starts_on = DateField(_l("Premier jour"), [Optional()], description=_l("Vide : dès aujourd’hui."))
    ends_on = DateField(
        _l("Dernier jour"), [Optional()], description=_l("Vide : jusqu’à ce que quelqu’un y mette fin.")
    )
    language = RadioField(_l("Langue du message"), [InputRequired(_l("Choisissez une réponse."))])


class InvitationForm(RoleForm):
    """Who gets the role."""

    email = StringField(
        _l("Adresse e-mail"),
        [DataRequired(_l("Écrivez l’adresse e-mail de la personne."))],
        render_kw={**_EMAIL, "autocomplete": "off"},
    )
    name = StringField(
        _l("Nom, pour les collègues"),
        [Length(max=200, message=_TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    organisation_name = StringField(
        _l("Au nom de qui elle écrit"),
        [Length(max=200, message=_TOO_LONG)],
        description=_l("Les habitants le lisent sous chaque nouvelle. Par exemple : Ville d’Orly."),
    )


class FreeInvitationForm(InvitationForm):
    """For a role that can do without a password."""

    way = RadioField(
        _l("Comment la personne se connecte"),
        [InputRequired(_l("Choisissez une réponse."))],
        choices=[
            ("link", _l("Par un lien ou un code reçu, sans mot de passe")),
            ("password", _l("Avec un mot de passe")),
        ],
        default="link",
    )


class LetterForm(StaffForm):
    """In which language somebody is written to."""

    language = RadioField(_l("Langue du message"), [InputRequired(_l("Choisissez une réponse."))])


LanguageForm = TypeVar("LanguageForm", RoleForm, LetterForm)


def in_languages(form: LanguageForm, languages: Iterable[Language]) -> LanguageForm:
    """The form with the languages of this site, the first one chosen."""
    form.language.choices = [(each.tag, each.name) for each in languages]
    if not form.language.data:
        form.language.data = form.language.choices[0][0]
    return form


def invitation_form(role: Role, languages: Iterable[Language]) -> InvitationForm:
    """The form of an invitation to `role`."""
    form = InvitationForm() if role in PASSWORD_ROLES else FreeInvitationForm()
    if role in PASSWORD_ROLES:
        # Residents read it under what the person publishes.
        said = DataRequired(_l("Écrivez ce que les habitants liront sous ses nouvelles."))
        form.organisation_name.validators = [said, *form.organisation_name.validators]
        form.organisation_name.flags.required = True
    return in_languages(form, languages)
