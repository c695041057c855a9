"""The mail that proves an address, and what tells the others of it. Call them inside `notices.letters.written_in`."""

from collections.abc import Iterable

from cdv_civic.accounts.rules import Way
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.texts import fits, plainly
from cdv_civic.sign_in.by_message.rules import shown_code


def code_letter(code: str) -> Letter:
    """A code to type in one's own space."""
    return Letter(
        subject=_("Votre code"),
        paragraphs=[_("Bonjour,"), _("Vous ajoutez cette adresse à votre espace.")],
        code_words=_("Écrivez ce code dans votre espace\u00a0:"),
        code=shown_code(code),
        after=[
            _("Le code sert une seule fois, pendant 30 minutes. Ne le donnez à personne."),
            _(
                "Vous n’avez rien demandé\u00a0? Ne faites rien\u00a0: votre adresse n’est ajoutée nulle part."
            ),
        ],
    )


def _what(way: Way) -> str:
    if way is Way.EMAIL:
        return _("Une nouvelle adresse e-mail ouvre maintenant votre espace.")
    return _("Un nouveau numéro de téléphone ouvre maintenant votre espace.")


def _sentences(way: Way, *, replaced: bool) -> list[str]:
    said = [_what(way), _("C’est vous\u00a0? Il n’y a rien à faire.")]
    if replaced:
        said.append(_("L’adresse à laquelle nous écrivons ici ne l’ouvre plus."))
    said.append(
        _(
            "Ce n’est pas vous\u00a0? Entrez dans votre espace. Sous «\u00a0Comment j’entre ici\u00a0», effacez ce que "
            "vous ne connaissez pas\u00a0; puis fermez les connexions que vous ne connaissez pas."
        )
    )
    whom = current_settings().help_phone
    said.append(
        _("Vous ne pouvez plus entrer\u00a0? Appelez\u00a0: %(phone)s.", phone=whom)
        if whom
        else _("Vous ne pouvez plus entrer\u00a0? Dites-le à la personne qui gère le site.")
    )
    return said


def new_way_letter(way: Way, languages: Iterable[str], *, replaced: bool) -> Letter:
    """To an address that an account had before: another way leads in. In all languages, for none is kept.

    `replaced`: this address was the one that the new one took the place of.
    """
    main, *others = languages
    said = []
    for tag in others:
        with written_in(tag):
            said += _sentences(way, replaced=replaced)
    return Letter(
        subject=_("Une nouvelle façon d’entrer dans votre espace"),
        paragraphs=[_("Bonjour,"), *_sentences(way, replaced=replaced)],
        action=_("Mon espace"),
        url=address_of("my_space.home", lang=main),
        after=said,
    )


def new_way_text(way: Way, language: str) -> str:
    """The same in one text message."""
    url = address_of("my_space.home", lang=language)
    text = _("%(what)s Pas vous\u00a0? Effacez-le\u00a0: %(url)s", what=_what(way), url=url)
    return next((said for said in map(plainly, (text, _what(way))) if fits(said)), plainly(url))
