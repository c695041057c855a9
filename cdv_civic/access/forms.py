"""Forms of invitations and lost passwords."""

from collections.abc import Iterable

from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from cdv_civic.core.i18n import Language
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.policy import Role
from cdv_civic.people.csrf import StaffForm

_EMAIL = {"autocomplete": "username", "inputmode": "email", "dir": "ltr", "spellcheck": "false"}
_TOO_LONG = _l("C’est trop long. Gardez 200 signes au plus.")


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


class InvitationForm(StaffForm):
    """Who gets an account; made complete by `invitation_form`."""

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
        [
            DataRequired(_l("Écrivez ce que les habitants liront sous ses nouvelles.")),
            Length(max=200, message=_TOO_LONG),
        ],
        description=_l("Les habitants le lisent sous chaque nouvelle. Par exemple : Ville d’Orly."),
    )
    role = RadioField(
        _l("Ce que la personne peut faire"),
        [InputRequired(_l("Choisissez une réponse."))],
        choices=[
            (Role.STAFF.value, _l("Tenir les engagements à jour")),
            (Role.ADMINISTRATOR.value, _l("Tenir les engagements à jour et gérer les comptes")),
        ],
        default=Role.STAFF.value,
    )
    contract = SelectField(_l("Pour quel contrat"), default="")
    language = RadioField(_l("Langue du message"), [InputRequired(_l("Choisissez une réponse."))])


def invitation_form(contracts: Iterable[str], languages: Iterable[Language]) -> InvitationForm:
    """The form with the contracts and the languages of this site."""
    form = InvitationForm()
    form.contract.choices = [("", _l("Tous les contrats du site")), *((slug, slug) for slug in contracts)]
    form.language.choices = [(each.tag, each.name) for each in languages]
    if not form.language.data:
        form.language.data = form.language.choices[0][0]
    return form
