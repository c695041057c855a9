"""The mails that lead to an account. Call them inside `notices.letters.written_in`."""

from collections.abc import Iterable
from datetime import date

from flask import current_app

from cdv_civic.core.assets import site_name
from cdv_civic.core.i18n import _, date_text
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.texts import fits, plainly


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


def _to_keep_it(until: date) -> str:
    return _(
        "Votre compte n’a pas servi depuis longtemps. Pour le garder, connectez-vous une fois avant le %(day)s. "
        "Sinon, ce jour-là, tout ce qui dit qui vous êtes est effacé.",
        day=date_text(until, "long"),
    )


def unused_account(until: date, languages: Iterable[str]) -> Letter:
    """A word before an unused account is erased. Which language its holder reads is kept nowhere: it is said in all.

    Call it inside `written_in` of the first of them.
    """
    main, *others = languages
    name = site_name(current_app.extensions["settings"])
    said = []
    for tag in others:
        with written_in(tag):
            said.append(_to_keep_it(until))
    return Letter(
        subject=_("Pour garder votre compte"),
        paragraphs=[
            _("Bonjour,"),
            _("Vous avez un compte sur le site « %(site)s ».", site=name),
            _to_keep_it(until),
        ],
        action=_("Me connecter pour le garder"),
        url=address_of("mine.home", lang=main),
        after=[_("Ce que vous avez écrit pour votre quartier reste, sans votre nom."), *said],
    )


def unused_account_text(until: date) -> str:
    """The same in one text message."""
    settings = current_app.extensions["settings"]
    url = address_of("mine.home", lang=settings.default_language)
    day = date_text(until, "short")
    text = _(
        "%(site)s\u00a0: pour garder votre compte, connectez-vous avant le %(day)s. Après, il est effacé. %(url)s",
        site=site_name(settings),
        day=day,
        url=url,
    )
    shorter = _(
        "Pour garder votre compte, connectez-vous avant le %(day)s. Après, il est effacé. %(url)s",
        day=day,
        url=url,
    )
    return next((said for said in map(plainly, (text, shorter)) if fits(said)), plainly(url))
