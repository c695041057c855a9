"""Why a translation is refused, in words."""

from typing import Any, Final

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.problem_words import problems_words
from cdv_civic.translation.rules import LONGEST_TEXT, NotTaken, NotTakenReason

REASONS: Final[dict[NotTakenReason, Any]] = {
    NotTakenReason.UNKNOWN: _l("Le site ne dit pas cette phrase."),
    NotTakenReason.TWICE: _l("Le fichier traduit deux fois cette phrase."),
    NotTakenReason.TOO_LONG: _l(
        "Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_TEXT
    ),
}


def refusal_words(refused: NotTaken) -> str:
    """Why a translation of a file is not taken."""
    if refused.reason is not None:
        return str(REASONS[refused.reason])
    return problems_words(refused.problems)
