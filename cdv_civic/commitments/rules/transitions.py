"""Which state may be told after which, with what reason, of which day and place.

Three rules about the order in which the states of `territory.codes` are told:

- « à vérifier » is the import's word: nobody tells it, and anything may be told after it;
- work goes forward. A step back is either a mistake (the news is withdrawn) or news that has a reason: what
  was done is taken up again, what was given up is resumed;
- to put off or to give up has a reason, always.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.territory.codes import ANNOUNCED, STATE_CODES, TO_CHECK

#: A sentence of this length can hold its own reason.
SENTENCE_WITH_REASON: Final = 40
#: A contract carries on what began before it; nothing older belongs to its story.
YEARS_BEFORE_CONTRACT: Final = 5

_AFTER: Final[Mapping[str, tuple[str, ...]]] = {
    TO_CHECK: tuple(code for code in STATE_CODES if code != TO_CHECK),
    ANNOUNCED: (
        ANNOUNCED,
        "en_preparation",
        "en_cours",
        "realise",
        "perenne",
        "reporte",
        "abandonne",
        "non_evalue",
    ),
    "en_preparation": (
        "en_preparation",
        "en_cours",
        "realise",
        "perenne",
        "reporte",
        "abandonne",
        "non_evalue",
    ),
    "en_cours": ("en_cours", "realise", "perenne", "reporte", "abandonne", "non_evalue"),
    "realise": ("realise", "perenne", "en_cours"),
    "perenne": ("perenne", "realise", "en_cours", "abandonne"),
    "reporte": (
        "reporte",
        "en_preparation",
        "en_cours",
        "realise",
        "perenne",
        "abandonne",
        "non_evalue",
    ),
    "abandonne": ("abandonne", ANNOUNCED, "en_preparation", "en_cours"),
    "non_evalue": tuple(code for code in STATE_CODES if code != TO_CHECK),
}
#: What staff can tell, in the order of a form.
TELLABLE: Final = tuple(code for code in STATE_CODES if code != TO_CHECK)
_ALWAYS_WITH_REASON: Final = frozenset({"reporte", "abandonne"})
_DONE: Final = frozenset({"realise", "perenne"})


def states_after(state: str) -> tuple[str, ...]:
    """The states that may be told after `state`, itself first where news without a change is possible."""
    return _AFTER[state]


def may_follow(before: str, after: str) -> bool:
    """Whether `after` may be told of what stood at `before`."""
    return after in _AFTER[before]


def needs_reason(before: str, after: str) -> bool:
    """Whether telling `after` asks for a reason: putting off, giving up, and every step back."""
    if after in _ALWAYS_WITH_REASON:
        return True
    return (before in _DONE and after == "en_cours") or (before == "abandonne" and after != "abandonne")


def check_transition(before: str, after: str, following: str | None = None) -> None:
    """Raise `BrokenRule` unless `after` may stand between `before` and what was told later (`following`)."""
    if after not in TELLABLE:
        raise BrokenRule(Breach.NO_STATE, "state")
    if not may_follow(before, after):
        raise BrokenRule(Breach.CANNOT_FOLLOW, "state", before=before, after=after)
    if following is not None and not may_follow(after, following):
        raise BrokenRule(Breach.LATER_NEWS_DISAGREES, "state", following=following, after=after)


def check_reason(before: str, after: str, sentence: str, detail: str) -> None:
    """Raise `BrokenRule` where a reason is due and neither the longer text nor the sentence has room for it."""
    if not needs_reason(before, after):
        return
    if not detail.strip() and len(sentence.strip()) < SENTENCE_WITH_REASON:
        raise BrokenRule(Breach.NO_REASON, "detail")


_YEAR: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def first_day(period: str) -> date | None:
    """The first day of a year, month or day as packs write them ("2024", "2022-12-31"); None where unclear."""
    found = _YEAR.match(period)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def earliest_news(period_start: str) -> date | None:
    """The earliest day that news of a contract may be of."""
    start = first_day(period_start)
    return None if start is None else date(start.year - YEARS_BEFORE_CONTRACT, 1, 1)


def check_day(happened_on: date, today: date, period_start: str) -> None:
    """Raise `BrokenRule` unless news may be of that day: not to come, not long before the contract."""
    if happened_on > today:
        raise BrokenRule(Breach.DAY_TO_COME, "happened_on")
    earliest = earliest_news(period_start)
    if earliest is not None and happened_on < earliest:
        raise BrokenRule(Breach.DAY_BEFORE_CONTRACT, "happened_on", year=earliest.year)


def check_quartier(quartier_id: int | None, covered: Iterable[int]) -> None:
    """Raise `BrokenRule` unless progress may be told for one quartier: one of several that are covered."""
    if quartier_id is None:
        return
    quartiers = set(covered)
    if quartier_id not in quartiers:
        raise BrokenRule(Breach.OTHER_QUARTIER, "quartier")
    if len(quartiers) < 2:
        raise BrokenRule(Breach.ONLY_QUARTIER, "quartier")
