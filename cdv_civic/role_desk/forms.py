"""Forms of roles and invitations."""

from collections.abc import Iterable
from typing import TypeVar

from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from cdv_civic.accounts.emails import fold_email
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import (
    day_field,
    email_field,
    language_field,
    listed,
    offer_languages,
    read_by,
)
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language
from cdv_civic.core.policy.model import Role
from cdv_civic.core.policy.table import PASSWORD_ROLES

_TOO_LONG = _l("C’est trop long. Gardez 200 caractères au plus.")


class RoleForm(StaffForm):
    """From when until when a role holds, and how the person hears of it."""

    starts_on = day_field(
        _l("Premier jour"), [Optional()], years=None, description=_l("Vide : dès aujourd’hui.")
    )
    ends_on = day_field(
        _l("Dernier jour"),
        [Optional()],
        years=None,
        description=_l("Vide : jusqu’à ce que quelqu’un y mette fin."),
    )
    language = language_field(_l("Langue du message"))


class InvitationForm(RoleForm):
    """Who gets the role."""

    email = email_field(
        _l("Adresse e-mail"),
        _l("Écrivez l’adresse e-mail de la personne."),
        autocomplete="off",
        also=[read_by(fold_email)],
    )
    name = StringField(
        _l("Nom, pour les collègues"),
        [Length(max=200, message=_TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )
    organisation_name = StringField(
        _l("Au nom de qui elle écrit"),
        [Length(max=200, message=_TOO_LONG)],
        description=_l("Tout le monde le lit sous chaque nouvelle. Par exemple : Ville d’Orly."),
    )


class FreeInvitationForm(InvitationForm):
    """For a role that can do without a password."""

    way = RadioField(
        _l("Comment la personne se connecte"),
        [InputRequired(_l("Choisissez une réponse."))],
        choices=listed(
            [
                ("link", _l("Par un lien ou un code reçu, sans mot de passe")),
                ("password", _l("Avec un mot de passe")),
            ]
        ),
        default="link",
    )


class LetterForm(StaffForm):
    """In which language somebody is written to."""

    language = language_field(_l("Langue du message"))


LanguageForm = TypeVar("LanguageForm", RoleForm, LetterForm)


def in_languages(form: LanguageForm, languages: Iterable[Language]) -> LanguageForm:
    """The form with the languages of this site, the first one chosen."""
    offer_languages(form.language, languages)
    return form


def invitation_form(role: Role, languages: Iterable[Language]) -> InvitationForm:
    """The form of an invitation to `role`."""
    form = InvitationForm() if role in PASSWORD_ROLES else FreeInvitationForm()
    if role in PASSWORD_ROLES:
        # Residents read it under what the person publishes.
        said = DataRequired(_l("Écrivez ce que tout le monde lira sous ses nouvelles."))
        form.organisation_name.validators = [said, *form.organisation_name.validators]
        form.organisation_name.flags.required = True
    return in_languages(form, languages)
