"""Sentences about codes that open nothing."""

from collections.abc import Mapping
from typing import Final

from flask_babel.speaklater import LazyString

from cdv_civic.accounts.rules import STEP_SECONDS, Judged, Verdict
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.catalogue import lazy_ngettext

_WRONG: Final[Mapping[Verdict, LazyString]] = {
    Verdict.USED: _l(
        "Ce code a déjà servi. Attendez que votre téléphone en montre un autre : 30 secondes au plus."
    ),
    Verdict.WRONG: _l(
        "Ce n’est pas le bon code. Écrivez les 6 chiffres que votre téléphone montre maintenant."
    ),
}
WRONG_RECOVERY_CODE: Final = _l("Ce code de secours ne va pas, ou il a déjà servi. Prenez-en un autre.")


def wrong_code(judged: Judged, present_step: int) -> LazyString:
    """What is wrong with a code, and what to do about it; `present_step` is the one of our clock."""
    if judged.verdict not in (Verdict.AHEAD, Verdict.BEHIND):
        return _WRONG[judged.verdict]
    minutes = max(1, round(abs(judged.step - present_step) * STEP_SECONDS / 60))
    return (
        lazy_ngettext(
            "L’heure de votre téléphone avance de %(num)s minute environ. Dans ses réglages, choisissez "
            "« date et heure automatiques », puis écrivez le nouveau code.",
            "L’heure de votre téléphone avance de %(num)s minutes environ. Dans ses réglages, choisissez "
            "« date et heure automatiques », puis écrivez le nouveau code.",
            minutes,
        )
        if judged.verdict is Verdict.AHEAD
        else lazy_ngettext(
            "Ce code est vieux de %(num)s minute environ. Si votre téléphone le montre encore, son heure "
            "retarde : dans ses réglages, choisissez « date et heure automatiques ».",
            "Ce code est vieux de %(num)s minutes environ. Si votre téléphone le montre encore, son heure "
            "retarde : dans ses réglages, choisissez « date et heure automatiques ».",
            minutes,
        )
    )
