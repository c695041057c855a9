"""What the desk sees before a list is published: its text, and what is worth a friendly word."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.text_folding import fold
from cdv_civic.draws.algorithm import TooHard, settle
from cdv_civic.draws.queries import DeskCandidate, DeskDraw
from cdv_civic.draws.rules import Candidate, PublishedList, canonical, plain
from cdv_civic.draws.wording import shortfall_text

#: Candidates of one profile below which a person may be recognised in the public list.
FEW = 3


@dataclass(frozen=True)
class Preview:
    """The list without its rule and day, and sentences to think about."""

    text: str
    cautions: Sequence[str]


def preview(body: str, draw: DeskDraw, people: Sequence[DeskCandidate]) -> Preview:
    """How the list would look if it was published now."""
    published = PublishedList(
        plain(body),
        draw.title,
        draw.college,
        draw.seats,
        draw.substitutes,
        draw.lists + 1,
        "…",
        date.max,
        draw.categories,
        tuple(Candidate(each.label, each.profile) for each in people),
    )
    text = canonical(published).replace(date.max.isoformat(), "…", 1)
    return Preview(text, [*_missing(published), *_recognised(people), *_namesakes(people)])


def _missing(published: PublishedList) -> list[str]:
    try:
        _wanted, shortfalls = settle(published)
    except TooHard:
        return [_("Ces critères se croisent trop : enlevez un critère, ou une valeur.")]
    return [_("Avec cette liste : %(missing)s", missing=shortfall_text(each)) for each in shortfalls]


def _recognised(people: Sequence[DeskCandidate]) -> list[str]:
    profiles = Counter(each.profile for each in people if each.profile)
    few = sum(number for number in profiles.values() if number < FEW)
    if not few:
        return []
    return [
        ngettext(
            "%(num)s personne a des réponses presque uniques : on pourrait la reconnaître dans la liste publique. "
            "Regroupez des valeurs, par exemple des âges.",
            "%(num)s personnes ont des réponses presque uniques : on pourrait les reconnaître dans la liste "
            "publique. Regroupez des valeurs, par exemple des âges.",
            few,
        )
    ]


def _namesakes(people: Sequence[DeskCandidate]) -> list[str]:
    names = Counter(fold(each.name) for each in people)
    twice = [each.name for each in people if names[fold(each.name)] > 1]
    if not twice:
        return []
    shown = _(", ").join(dict.fromkeys(twice[:6]))
    return [_("Peut-être deux fois la même personne : %(names)s.", names=shown)]
