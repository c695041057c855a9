"""Decisions about places: what figures may be shown, which contract is over, how a quartier is found.

Pure: no database, no web.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from fractions import Fraction
from functools import lru_cache
from typing import Final

from cdv_civic.core.text_folding import fold

#: The only lines of a quartier's sheet that public pages show. Nationality, family, poverty, work and
#: income of a small area can stigmatise the people who live there, or let a person be recognised.
_PUBLIC_FIGURES: Final = re.compile(r"part des (moins|plus) de \d\d ans")
#: « – fiche Lallier », « (Petit Bourg) »: whose sheet a line comes from, where a quartier has several.
_SHEET: Final = re.compile(r"\s*(?:[–-]\s*fiche\b.*|\([^)]*\))\s*$")
_PERCENT: Final = re.compile(r"^\s*(\d{1,3})(?:[.,](\d+))?\s*%\s*$")
#: Shares that people say.
_SAID_SHARES: Final = tuple(
    sorted(
        {Fraction(part, whole) for whole in (2, 3, 4, 5, 10) for part in range(1, whole)}
        | {Fraction(1, whole) for whole in (6, 7, 8, 9)}
    )
)
_SMALLEST_FUZZY_WORD: Final = 4
_CLOSE_ENOUGH: Final = 0.74
#: Words that people put before a name, and that many names hold: they help, but none is asked for.
_VAGUE: Final = frozenset(
    {"quartier", "quartiers", "cite", "cites", "rue", "avenue", "boulevard", "place", "residence", "secteur"}
    | {"zone", "ville", "a", "au", "aux", "d", "de", "des", "du", "et", "l", "la", "le", "les", "mon", "ma"}
    | {"je", "j", "suis", "dans", "habite"}
)


def figure_name(name: str) -> str:
    """The name of a figure without the sheet it comes from."""
    return _SHEET.sub("", name).strip()


@lru_cache(maxsize=1024)
def figure_is_public(name: str) -> bool:
    """Whether a line of a quartier's sheet may be shown; what is not known to be harmless is not."""
    return _PUBLIC_FIGURES.fullmatch(fold(figure_name(name))) is not None


def said_share(value: str) -> tuple[int, int] | None:
    """The nearest share that people say for a percentage: « 37,4 % » gives 2 of 5; None where there is none."""
    match = _PERCENT.match(value)
    if match is None:
        return None
    share = float(f"{match[1]}.{match[2] or 0}") / 100
    if not 0.02 < share < 0.98:
        return None
    if share < 0.1:
        return 1, round(1 / share)
    nearest = min(_SAID_SHARES, key=lambda said: abs(said - share))
    return nearest.numerator, nearest.denominator


def is_over(period_end: str, today: date) -> bool:
    """Whether a contract's period is over; `period_end` is a year, a month or a day: "2030", "2022-12-31"."""
    return period_end < today.isoformat()[: len(period_end)]


@dataclass(frozen=True)
class SearchableQuartier:
    """A quartier as search sees it."""

    slug: str
    name: str
    aliases: tuple[str, ...]
    communes: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """A quartier that was found, and by which other spelling (None: by its name or commune)."""

    slug: str
    alias: str | None
    #: Smaller is nearer.
    rank: int


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in fold(text).split())


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other)
    if matcher.real_quick_ratio() < _CLOSE_ENOUGH or matcher.quick_ratio() < _CLOSE_ENOUGH:
        return 0.0
    return matcher.ratio()


def _is_near(word: str, words: Iterable[str]) -> bool:
    """Whether a word looks like one of `words`, or like its beginning: « monmouseau », « vaillan »."""
    if len(word) < _SMALLEST_FUZZY_WORD:
        return False
    return any(
        len(other) >= _SMALLEST_FUZZY_WORD
        and other[0] == word[0]
        and max(_likeness(word, other), _likeness(word, other[: len(word)])) >= _CLOSE_ENOUGH
        for other in words
    )


class Finder:
    """Finds quartiers by what people type. Building one folds all names: keep it."""

    def __init__(self, quartiers: Sequence[SearchableQuartier]) -> None:
        self._quartiers = [
            (
                quartier,
                fold(quartier.name),
                _words(quartier.name),
                _words(*quartier.aliases),
                _words(*quartier.communes),
            )
            for quartier in quartiers
        ]

    def look_for(self, typed: str) -> list[Match]:
        """The quartiers that match all the words typed, the nearest first.

        Accents, hyphens and case do not count, a word may be unfinished, names may be run together or cut
        apart; where nothing matches so, words that are nearly right are accepted.
        """
        folded = fold(typed)
        words = folded.split()
        if not words:
            return []
        asked = [word for word in words if word not in _VAGUE] or words
        found = self._found(folded, asked, near=False) or self._joined(folded)
        return found or self._found(folded, asked, near=True)

    def _found(self, folded: str, asked: list[str], *, near: bool) -> list[Match]:
        found = []
        for quartier, name, in_name, in_aliases, in_communes in self._quartiers:
            rank = 0 if name == folded else 1 if name.startswith(folded) else 2
            for word in asked:
                for cost, words in ((0, in_name), (2, in_aliases), (3, in_communes)):
                    if word in words:
                        rank += 2 * cost
                        break
                    if any(other.startswith(word) for other in words) or (near and _is_near(word, words)):
                        rank += 2 * cost + 1
                        break
                else:
                    break
            else:
                found.append(Match(quartier.slug, self._alias(quartier, asked, in_name | in_communes), rank))
        return sorted(found, key=lambda match: match.rank)

    def _joined(self, folded: str) -> list[Match]:
        """« grandvaux », « ivryport »: names are compared without their spaces."""
        typed = folded.replace(" ", "")
        if len(typed) < _SMALLEST_FUZZY_WORD:
            return []
        found = []
        for quartier, *_rest in self._quartiers:
            if any(fold(commune).replace(" ", "").startswith(typed) for commune in quartier.communes):
                found.append(Match(quartier.slug, None, 8))
                continue
            for alias in (None, *quartier.aliases):
                if typed in fold(alias or quartier.name).replace(" ", ""):
                    found.append(Match(quartier.slug, alias, 1 if alias is None else 2))
                    break
        return sorted(found, key=lambda match: match.rank)

    @staticmethod
    def _alias(quartier: SearchableQuartier, asked: list[str], elsewhere: frozenset[str]) -> str | None:
        """The other spelling that answers for words which the name and the communes do not hold."""
        missing = [word for word in asked if not any(other.startswith(word) for other in elsewhere)]
        if not missing:
            return None
        for alias in quartier.aliases:
            words = _words(alias)
            if any(word in words or any(other.startswith(word) for other in words) for word in missing):
                return alias
        return None
