"""Answers in words: what becomes of what was said, what is still missing, how many feel heard."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask

from cdv_civic.consultations.restitution.rules import Fate, Heard, HeardCounts, Lacks, said_count
from cdv_civic.consultations.wording import at_least_said
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import number_text
from cdv_civic.core.settings import current_settings
from cdv_civic.territory.vocabulary import CodedTerm

FATES: Final[Mapping[Fate, CodedTerm]] = {
    fate: CodedTerm(fate.value, label, icon)
    for fate, label, icon in (
        (Fate.RETAINED, _l("Retenu"), "circle-check"),
        (Fate.PARTLY, _l("Retenu en partie"), "progress"),
        (Fate.PLANNED, _l("Déjà prévu"), "calendar-event"),
        (Fate.REFUSED, _l("Non retenu"), "circle-x"),
        (Fate.STUDIED, _l("À l’étude"), "search"),
    )
}
HEARD_WORDS: Final[Mapping[Heard, Any]] = {
    Heard.YES: _l("Oui"),
    Heard.PARTLY: _l("En partie"),
    Heard.NO: _l("Non"),
}
LACKING: Final[Mapping[Lacks, Any]] = {
    Lacks.SAID: _l("Dites en quelques phrases ce que les gens ont dit."),
    Lacks.SIGNED: _l("Dites qui répond\u00a0: des services ou des fonctions, pas des noms."),
    Lacks.NEXT_STEP: _l("Dites ce qui vient après."),
    Lacks.POINTS: _l("Écrivez au moins une chose qui a été dite, et ce qu’elle devient."),
    Lacks.REASON: _l("Dites pourquoi, pour tout ce qui n’est pas retenu en entier."),
    Lacks.PUBLICS: _l("Dites si vous avez rencontré les personnes que vous vouliez rencontrer."),
}


def answers_said(answers: int | None) -> str:
    """« au moins 40 réponses »; empty where few said so, or nobody counted."""
    rounded = said_count(answers, current_settings().small_count)
    return at_least_said(rounded) if rounded is not None else ""


def heard_said(counts: HeardCounts | None) -> str:
    """« Au moins 40 personnes se sentent entendues, 20 en partie, 10 non. »"""
    if counts is None or not counts.total:
        return ""
    return _(
        "Jusqu’à hier, au moins\u00a0: oui %(yes)s, en partie %(partly)s, non %(no)s.",
        yes=number_text(counts.yes),
        partly=number_text(counts.partly),
        no=number_text(counts.no),
    )


def register(app: Flask) -> None:
    """Give templates the same words."""
    app.jinja_env.filters.update(
        fate_words=FATES.__getitem__,
        answers_said=answers_said,
        heard_said=heard_said,
        lacking_said=LACKING.__getitem__,
    )
