"""Sentences about cards: what is wrong with a code, why a card opens nothing, why it was closed."""

from typing import Any, Final

from cdv_civic.cards.rules import LENGTH, BadCardCode, CodeFault, Reason
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import lazy_ngettext

REASONS: Final = {
    Reason.LOST: _l("Perdue ou volée"),
    Reason.SEEN: _l("Quelqu’un d’autre a vu le code"),
    Reason.DAMAGED: _l("Abîmée, on ne lit plus le code"),
    Reason.ERASED: _l("Le compte est effacé"),
}


def said(bad: BadCardCode) -> Any:
    """What is wrong with a code, and what to do."""
    if bad.fault is CodeFault.EMPTY:
        return _l("Écrivez le code qui est sur la carte.")
    if bad.fault is CodeFault.CHARACTER:
        return _l(
            "« %(sign)s » n’est sur aucune carte. Regardez la carte de plus près, puis corrigez le code.",
            sign=bad.character,
        )
    if bad.fault is CodeFault.SHORT:
        return lazy_ngettext(
            "Ce code est trop court : il a %(num)s lettre ou chiffre, il en faut %(needed)s. "
            "Regardez ce qui manque.",
            "Ce code est trop court : il a %(num)s lettres et chiffres, il en faut "
            "%(needed)s. Regardez ce qui manque.",
            bad.length,
            needed=LENGTH,
        )
    if bad.fault is CodeFault.LONG:
        return _l(
            "Ce code est trop long : il faut %(needed)s lettres et chiffres. Regardez s’il y en a en trop.",
            needed=LENGTH,
        )
    return _l("Il y a une erreur dans ce code. Comparez-le avec la carte, groupe par groupe.")
