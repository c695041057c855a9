"""A new way leads into an account: what tells the addresses that it had before."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.rules import Way
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.operations import write_mail, write_text
from cdv_civic.notices.texts import fits, plainly
from cdv_civic.notices.topics import ACCOUNT


def _what(way: Way) -> str:
    if way is Way.EMAIL:
        return _("Une nouvelle adresse e-mail ouvre maintenant votre compte.")
    if way is Way.OIDC:
        return _("Un autre service de connexion ouvre maintenant votre compte.")
    return _("Un nouveau numéro de téléphone ouvre maintenant votre compte.")


def _sentences(way: Way, *, replaced: bool) -> list[str]:
    said = [_what(way), _("C’est vous\u00a0? Il n’y a rien à faire.")]
    if replaced:
        said.append(_("L’adresse à laquelle nous écrivons ici ne l’ouvre plus."))
    if way is Way.OIDC:
        # Nobody unlinks it in their own space.
        said.append(
            _(
                "Ce n’est pas vous\u00a0? Dites-le vite à la personne qui gère le site\u00a0: "
                "elle peut fermer ce passage."
            )
        )
        return said
    said.append(
        _(
            "Ce n’est pas vous\u00a0? Connectez-vous. Sous «\u00a0Comment je me connecte\u00a0», effacez ce "
            "que vous ne connaissez pas\u00a0; puis fermez les connexions que vous ne connaissez pas."
        )
    )
    whom = current_settings().help_phone
    said.append(
        _("Vous ne pouvez plus vous connecter\u00a0? Appelez\u00a0: %(phone)s.", phone=whom)
        if whom
        else _("Vous ne pouvez plus vous connecter\u00a0? Dites-le à la personne qui gère le site.")
    )
    return said


def _letter(way: Way, languages: Iterable[str], *, replaced: bool) -> Letter:
    """To an address that an account had before: another way leads in. In all languages, for none is kept.

    `replaced`: this address was the one that the new one took the place of.
    """
    main, *others = languages
    said = []
    for tag in others:
        with written_in(tag):
            said += _sentences(way, replaced=replaced)
    return Letter(
        subject=_("Une nouvelle façon de vous connecter"),
        paragraphs=[_("Bonjour,"), *_sentences(way, replaced=replaced)],
        action=_("Réglages de mon compte"),
        url=address_of(navigation.endpoint("my_settings"), lang=main),
        after=said,
    )


def _text(way: Way, language: str) -> str:
    """The same in one text message."""
    url = address_of(navigation.endpoint("my_settings"), lang=language)
    if way is Way.OIDC:
        text = _("%(what)s Pas vous\u00a0? Dites-le à la personne qui gère le site.", what=_what(way))
    else:
        text = _("%(what)s Pas vous\u00a0? Effacez-le\u00a0: %(url)s", what=_what(way), url=url)
    return next((said for said in map(plainly, (text, _what(way))) if fits(said)), plainly(url))


def tell_of_new_way(
    session: Session, account: Account, way: Way, *, email: str | None, phone: str | None
) -> None:
    """Write to the address and the number that the account had, in the languages of the site: they learn of `way`."""
    settings = current_settings()
    tag = settings.default_language
    with written_in(tag):
        if email is not None and settings.mails:
            letter = _letter(way, settings.languages, replaced=email != account.email)
            write_mail(session, email, tag, letter, topic=ACCOUNT)
        if phone is not None and settings.texts:
            write_text(session, phone, tag, _text(way, tag), topic=ACCOUNT)
