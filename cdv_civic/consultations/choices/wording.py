"""Choices among groups of ideas in words: how one chooses, and what came of a group."""

from collections.abc import Mapping
from typing import Any, Final

from cdv_civic.consultations.choices.rules import CountedBy, OptionOutcome
from cdv_civic.consultations.rules.questions import QuestionKind
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import number_text

BALLOTS_SAID: Final[Mapping[QuestionKind, Any]] = {
    QuestionKind.PICK: _l("Choisir les groupes qui comptent le plus"),
    QuestionKind.RANK: _l("Mettre les groupes en ordre"),
    QuestionKind.POINTS: _l("Partager des points entre les groupes"),
}


def outcome_said(outcome: OptionOutcome, groups: int) -> str:
    """What came of a group, in a sentence."""
    if outcome.rank is None or outcome.count is None:
        return _("Les nombres ne sont pas publiés, pour que personne ne soit reconnu.")
    rank = _("Place %(rank)s sur %(groups)s.", rank=outcome.rank, groups=groups)
    count = number_text(outcome.count)
    if outcome.by is CountedBy.PEOPLE:
        said = ngettext(
            "Choisi par %(count)s personne.", "Choisi par %(count)s personnes.", outcome.count, count=count
        )
    elif outcome.by is CountedBy.FIRST:
        said = ngettext(
            "Mis en premier par %(count)s personne.",
            "Mis en premier par %(count)s personnes.",
            outcome.count,
            count=count,
        )
    elif outcome.by is CountedBy.SHARE:
        said = _("%(count)s points sur 100.", count=count)
    else:
        said = ngettext("%(count)s point.", "%(count)s points.", outcome.count, count=count)
    return f"{rank} {said}"
