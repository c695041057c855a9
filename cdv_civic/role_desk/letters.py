"""The mails about roles. Call them inside `notices.letters.written_in`."""

from cdv_civic.accounts.models import RoleGrant
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.policy.table import PASSWORD_ROLES
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.core.web.assets import site_name
from cdv_civic.notices.letters import Letter, address_of
from cdv_civic.role_desk.wording import last_day
from cdv_civic.sign_in.password.letters import choosing_link


def _sign_in(language: str, *, staff: bool = False) -> str:
    return address_of("sign_in.with_password" if staff else "sign_in.ways_in", lang=language)


def welcome(language: str) -> Letter:
    """For somebody who gets an account and signs in without a password."""
    return Letter(
        subject=_("Votre compte vous attend"),
        paragraphs=[
            _("Bonjour,"),
            _(
                "Sur le site « %(site)s », un compte est ouvert pour vous. Vous n’avez pas de mot de passe à "
                "retenir : écrivez votre adresse e-mail, et vous recevez un lien ou un code pour vous "
                "connecter.",
                site=site_name(current_settings()),
            ),
        ],
        action=_("Me connecter"),
        url=_sign_in(language),
        after=[
            _("Venez une première fois dans les 30 jours : après, cette invitation ne vaut plus."),
            _("Vous n’attendiez pas ce message ? Ne faites rien, ou prévenez la personne qui gère le site."),
        ],
    )


def _when(grant: RoleGrant) -> str:
    start = date_text(grant.starts_at, "long")
    if grant.ends_at is None:
        return "" if grant.starts_at <= clock.now() else _("Ce rôle commence le %(day)s.", day=start)
    if grant.starts_at <= clock.now():
        return _("Ce rôle va jusqu’au %(day)s.", day=last_day(grant.ends_at))
    return _("Ce rôle va du %(start)s au %(end)s.", start=start, end=last_day(grant.ends_at))


def role_given(role: str, scope: str, grant: RoleGrant, language: str) -> Letter:
    """A role for somebody who has an account."""
    sentences = [
        _("Bonjour,"),
        _(
            "Sur le site « %(site)s », vous avez un nouveau rôle : « %(role)s », pour « %(scope)s ».",
            site=site_name(current_settings()),
            role=role,
            scope=scope,
        ),
        _when(grant),
        _("Vous vous connectez comme d’habitude."),
    ]
    return Letter(
        subject=_("Vous avez un nouveau rôle"),
        paragraphs=[sentence for sentence in sentences if sentence],
        action=_("Me connecter"),
        url=_sign_in(language, staff=grant.role in PASSWORD_ROLES),
        after=[_("Vous n’attendiez pas ce message ? Prévenez la personne qui gère le site.")],
    )


def role_ended(role: str, scope: str, language: str) -> Letter:
    """A role that somebody does not hold any more."""
    return Letter(
        subject=_("Un de vos rôles est fini"),
        paragraphs=[
            _("Bonjour,"),
            _(
                "Sur le site « %(site)s », votre rôle « %(role)s », pour « %(scope)s », est fini.",
                site=site_name(current_settings()),
                role=role,
                scope=scope,
            ),
            _("Votre compte reste ouvert. Merci pour ce que vous avez fait."),
        ],
        action=_("Voir le site"),
        url=address_of(navigation.endpoint(navigation.HOME), lang=language),
        after=[_("C’est une erreur ? Prévenez la personne qui gère le site.")],
    )


def invitation(token: str, organisation_name: str, language: str) -> Letter:
    """A link for somebody who gets an account."""
    name = site_name(current_settings())
    return Letter(
        subject=_("Votre compte vous attend"),
        paragraphs=[
            _("Bonjour,"),
            _(
                "Sur le site « %(site)s », un compte est ouvert pour vous, au nom de « %(organisation)s ». "
                "Il vous reste à choisir votre mot de passe.",
                site=name,
                organisation=organisation_name or name,
            ),
        ],
        action=_("Choisir mon mot de passe"),
        url=choosing_link(token, language),
        after=[
            _("Ce lien sert une seule fois, pendant 7 jours."),
            _("Vous n’attendiez pas ce message ? Ne faites rien, ou prévenez la personne qui gère le site."),
        ],
    )
