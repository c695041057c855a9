"""The messages that let somebody come in. Call them inside `notices.letters.written_in`."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.assets import site_name
from cdv_civic.notices.letters import Letter, address_of
from cdv_civic.notices.texts import fits, plainly
from cdv_civic.sign_in.by_message.rules import shown_code

#: The shortest name of a site that is worth saying.
_SHORTEST_NAME: Final = 8


def link_letter(token: str, code: str, language: str) -> Letter:
    """A link, and a code for whoever reads mail on another device."""
    return Letter(
        subject=_("Votre lien pour vous connecter"),
        paragraphs=[
            _("Bonjour,"),
            _("Ouvrez ce lien sur l’appareil où vous l’avez demandé."),
        ],
        action=_("Me connecter"),
        url=address_of("sign_in.open_link", lang=language, token=token),
        code_words=_("Vous l’avez demandé sur un autre appareil ? Écrivez-y ce code :"),
        code=shown_code(code),
        after=[
            _("Le lien et le code servent une seule fois, pendant 30 minutes. Ne les donnez à personne."),
            _("Vous n’avez rien demandé ? Ne faites rien : personne ne peut se connecter sans ce message."),
        ],
    )


def password_letter(language: str, *, invited: bool) -> Letter:
    """For somebody whose roles ask for a password.

    `invited`: they have chosen none yet, so that the page of a lost password has nothing for them.
    """
    after = [_("Vous n’avez rien demandé ? Ne faites rien : votre compte reste fermé.")]
    if invited:
        lost = _(
            "Vous n’avez pas encore choisi de mot de passe ? Ouvrez le lien de votre invitation. "
            "Si vous ne l’avez plus, demandez à la personne qui gère le site de vous inviter de nouveau."
        )
        after.insert(0, lost)
    return Letter(
        subject=_("Votre compte s’ouvre avec un mot de passe"),
        paragraphs=[
            _("Bonjour,"),
            _(
                "Vous avez demandé un lien pour vous connecter. Votre compte a des droits particuliers : "
                "il s’ouvre seulement avec votre mot de passe."
            ),
        ],
        action=_("Se connecter avec un mot de passe"),
        url=address_of("sign_in.with_password", lang=language),
        after=after,
    )


def code_text(code: str) -> str:
    """A code as a text message, whatever the site is called: it fits into one.

    Where it fits, a last line lets telephones that know it (WebOTP) fill the code in on our page only.
    """
    text = _said(
        lambda name: _("%(site)s : votre code est %(code)s. Ne le donnez à personne.", site=name, code=code)
    )
    host = urlsplit(current_settings().base_url).hostname
    with_host = f"{text}\n\n@{host} #{code}"
    return with_host if host and fits(with_host) else text


def password_text() -> str:
    """A text message for somebody whose roles ask for a password."""
    return _said(
        lambda name: _("%(site)s : votre compte s’ouvre avec un mot de passe, pas par SMS.", site=name)
    )


def _said(words: Callable[[str], str]) -> str:
    """The words with as much of the site's name as fits."""
    name = plainly(site_name(current_settings()))
    text = plainly(words(name))
    while not fits(text) and len(name) > _SHORTEST_NAME:
        name = name[: len(name) - 1].rstrip()
        text = plainly(words(name))
    return text
