"""The letter before an unused account is erased. Call it inside `notices.letters.written_in`."""

from collections.abc import Iterable
from datetime import date

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.assets import site_name
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.texts import fits, plainly


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
    name = site_name(current_settings())
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
        url=address_of("my_space.home", lang=main),
        after=[_("Ce que vous avez écrit pour votre quartier reste, sans votre nom."), *said],
    )


def unused_account_text(until: date) -> str:
    """The same in one text message."""
    settings = current_settings()
    url = address_of("my_space.home", lang=settings.default_language)
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
