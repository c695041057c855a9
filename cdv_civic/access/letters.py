"""The mails that lead to an account. Call them inside `notices.letters.written_in`."""

from flask import current_app

from cdv_civic.core.assets import site_name
from cdv_civic.core.i18n import _
from cdv_civic.notices.letters import Letter, address_of


def _link(token: str, language: str) -> str:
    return address_of("access.choose_password", lang=language, token=token)


def lost_password(token: str, language: str) -> Letter:
    """A link for somebody who forgot their password."""
    return Letter(
        subject=_("Choisir un nouveau mot de passe"),
        paragraphs=[_("Bonjour,"), _("Quelqu’un a demandé un nouveau mot de passe pour votre compte.")],
        action=_("Choisir mon mot de passe"),
        url=_link(token, language),
        after=[
            _("Ce lien sert une seule fois, pendant 30 minutes."),
            _("Si ce n’est pas vous, ne faites rien : votre mot de passe reste le même."),
        ],
    )


def invitation(token: str, organisation_name: str, language: str) -> Letter:
    """A link for somebody who gets an account."""
    name = site_name(current_app.extensions["settings"])
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
        url=_link(token, language),
        after=[
            _("Ce lien sert une seule fois, pendant 7 jours."),
            _("Vous n’attendiez pas ce message ? Ne faites rien, ou prévenez la personne qui gère le site."),
        ],
    )
