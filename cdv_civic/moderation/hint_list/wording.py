"""The list of words to look at, in words."""

from collections.abc import Sequence

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.moderation.hint_list.queries import Alarms
from cdv_civic.moderation.hint_list.rules import LONGEST, BadLine, LineFault
from cdv_civic.moderation.rules.detectors.listed_words import MOST_WORDS


def alarms_text(alarms: Alarms) -> str:
    """« 12 alertes, 9 fausses »."""
    if not alarms.seen:
        return _("Aucune alerte")
    seen = ngettext("%(num)s alerte", "%(num)s alertes", alarms.seen)
    false = (
        ngettext("%(num)s fausse", "%(num)s fausses", alarms.false) if alarms.false else _("aucune fausse")
    )
    return _("%(seen)s, %(false)s", seen=seen, false=false)


def fault_text(line: BadLine) -> str:
    """What is wrong with a line, and what to do."""
    said = {
        LineFault.LONG: _(
            "« %(said)s… » est trop long. Gardez %(most)s caractères au plus.", said=line.said, most=LONGEST
        ),
        LineFault.MANY_WORDS: _(
            "« %(said)s » a trop de mots. Gardez-en %(most)s au plus.", said=line.said, most=MOST_WORDS
        ),
        LineFault.SHORT: _("« %(said)s » est trop court. Écrivez au moins 2 lettres.", said=line.said),
        LineFault.COMMON: _(
            "« %(said)s » est dans presque tous les textes. Enlevez cette ligne.", said=line.said
        ),
        LineFault.LANGUAGE: _("« %(said)s »\u00a0: ce site n’a pas cette langue.", said=line.said),
        LineFault.QUOTE: _("Un guillemet n’est pas fermé."),
    }[line.fault]
    return _("Ligne %(number)s\u00a0: %(what)s", number=line.number, what=said)


def fault_texts(lines: Sequence[BadLine]) -> list[str]:
    """The same of many."""
    return [fault_text(each) for each in lines]
