"""The mail for somebody who lost their password. Call it inside `notices.letters.written_in`."""

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.notices.letters import Letter, address_of


def choosing_link(token: str, language: str) -> str:
    """The address of the page behind a link, where a password is chosen."""
    return address_of("sign_in.choose_password", lang=language, token=token)


def lost_password(token: str, language: str) -> Letter:
    """A link for somebody who forgot their password."""
    return Letter(
        subject=_("Choisir un nouveau mot de passe"),
        paragraphs=[_("Bonjour,"), _("Quelqu’un a demandé un nouveau mot de passe pour votre compte.")],
        action=_("Choisir mon mot de passe"),
        url=choosing_link(token, language),
        after=[
            _("Ce lien sert une seule fois, pendant 30 minutes."),
            _("Si ce n’est pas vous, ne faites rien : votre mot de passe reste le même."),
        ],
    )
