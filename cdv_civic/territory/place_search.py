"""How a quartier is found by what people type: its name, another spelling, its town, a postcode.

Pure: no database, no web.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from cdv_civic.core.text_folding import fold
from cdv_civic.territory.department_names import DEPARTMENT_NAMES

_SMALLEST_FUZZY_WORD: Final = 4
_CLOSE_ENOUGH: Final = 0.74
#: For a whole name, where one letter is a smaller part.
_CLOSE_ENOUGH_WHOLE: Final = 0.86
#: Folded words that are one word.
_SAME: Final = (
    frozenset({"saint", "sainte", "saints", "saintes", "st", "ste", "sts", "stes"}),
    frozenset({"1", "i", "premier"}),
    frozenset({"2", "ii", "deux"}),
    frozenset({"3", "iii", "trois"}),
    frozenset({"4", "iv", "quatre"}),
    frozenset({"5", "cinq"}),
    frozenset({"6", "vi", "six"}),
    frozenset({"7", "vii", "sept"}),
    frozenset({"8", "viii", "huit"}),
    frozenset({"9", "ix", "neuf"}),
    frozenset({"10", "dix"}),
    frozenset({"11", "onze"}),
    frozenset({"14", "quatorze"}),
)
_SPELLINGS: Final = {word: same for same in _SAME for word in same}
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
#: « 12 », « 12 bis »: a house in a street.
_HOUSE: Final = re.compile(r"\d{1,4}(?:bis|ter|[a-d])?")
#: What a street is called, written out or short.
_STREETS: Final = {
    word: same
    for same in (
        frozenset({"rue", "rues", "r"}),
        frozenset({"avenue", "avenues", "av", "ave"}),
        frozenset({"boulevard", "boulevards", "bd", "bld", "blvd", "boul"}),
        frozenset({"place", "places", "pl", "placette"}),
        frozenset({"allee", "allees", "all"}),
        frozenset({"impasse", "imp"}),
        frozenset({"chemin", "che", "chem"}),
        frozenset({"square", "sq"}),
        frozenset({"route", "rte"}),
        frozenset({"quai"}),
        frozenset({"cours"}),
        frozenset({"passage"}),
        frozenset({"sentier"}),
        frozenset({"esplanade"}),
        frozenset({"promenade"}),
        frozenset({"mail"}),
        frozenset({"شارع"}),
        frozenset({"street"}),
    )
    for word in same
}
#: Words that people put before a name, and that many names hold: they help, but none is asked for.
_VAGUE: Final = (
    frozenset(
        {"quartier", "quartiers", "cite", "cites", "residence", "residences", "secteur", "zone", "ville"}
    )
    | {"commune", "mairie", "town", "city", "neighbourhood", "neighborhood", "hall", "district"}
    | {
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "et",
        "l",
        "la",
        "le",
        "les",
        "en",
        "sur",
        "mon",
        "ma",
        "notre",
    }
    | {
        "je",
        "j",
        "suis",
        "dans",
        "habite",
        "habitons",
        "nous",
        "vis",
        "pres",
        "france",
        "cedex",
        "code",
        "postal",
    }
    | {
        "i",
        "live",
        "in",
        "the",
        "of",
        "my",
        "near",
        "في",
        "من",
        "حي",
        "الحي",
        "مدينه",
        "بلديه",
        "اسكن",
        "انا",
    }
)
#: « C’est » is no name of a side.
_SAID: Final = re.compile(r"\b(?:c est|s appelle)\b")
#: A postcode in two groups, or with a name stuck to it: « 94 310 », « 94310orly », « orly94310 ».
_POSTCODE: Final = re.compile(r"(?<!\d)(\d{2}) ?(\d{3})(?!\d)")
#: Numbers of departments by their folded names.
_DEPARTMENTS: Final = {fold(name): number.casefold() for number, name in DEPARTMENT_NAMES.items()}
_DEPARTMENT: Final = re.compile(
    rf"\b(?:{'|'.join(sorted(map(re.escape, _DEPARTMENTS), key=len, reverse=True))})\b"
)


@dataclass(frozen=True)
class SearchableCommune:
    """A commune as search sees it."""

    name: str
    #: Its name in other languages.
    other_names: tuple[str, ...] = ()
    #: Numbers, as people write them: "94".
    departments: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchableQuartier:
    """A quartier as search sees it."""

    slug: str
    name: str
    aliases: tuple[str, ...]
    communes: tuple[SearchableCommune, ...]


@dataclass(frozen=True)
class Match:
    """A quartier that was found, and by which other spelling (None: by its name or commune)."""

    slug: str
    alias: str | None
    #: Smaller is nearer.
    rank: int


def towns_in(typed: str, communes: Mapping[str, SearchableCommune]) -> tuple[str, ...]:
    """The slugs of the communes that a longer text names, or whose postcode it holds: « 12 rue des Lilas, Orly »."""
    words = _words(_folded(typed))
    return tuple(
        slug
        for slug, commune in communes.items()
        if words.intersection(commune.postcodes)
        or any(words.issuperset(fold(name).split()) for name in (commune.name, *commune.other_names))
    )


def names_a_street(typed: str) -> bool:
    """Whether somebody typed a street: « 12 rue de la Victoire ». Where it lies is not known."""
    words = fold(typed).split()
    return len(words) > 1 and any(word in _STREETS for word in _without_house(words)[:-1])


def _folded(typed: str) -> str:
    """What was typed, folded, with postcodes apart from what surrounds them."""
    return " ".join(_POSTCODE.sub(r" \1\2 ", _SAID.sub(" ", fold(typed))).split())


def _telling(words: list[str]) -> tuple[list[str], list[str]]:
    """The words that few names hold, and those that a name is asked for: where there are none, the others."""
    telling = [word for word in words if word not in _VAGUE and word not in _STREETS]
    return telling, telling or [word for word in words if word not in _STREETS] or words


def _with_numbers(folded: str) -> str:
    """A folded text with numbers of departments in place of their names."""
    return _DEPARTMENT.sub(lambda name: _DEPARTMENTS[name.group()], folded)


def _without_house(words: list[str]) -> list[str]:
    """The words of an address without the number of the house: « 12 », « 12 bis »."""
    if words and _HOUSE.fullmatch(words[0]):
        return words[2:] if words[1:2] and words[1] in ("bis", "ter") else words[1:]
    return words


def _words(*texts: str) -> frozenset[str]:
    """The words of some names, in all their spellings."""
    found = {word for text in texts for word in fold(text).split()}
    spelled = {spelling for word in found for spelling in (_SPELLINGS.get(word) or _STREETS.get(word) or ())}
    return frozenset(found | spelled | {word[2:] for word in found if _YEAR.fullmatch(word)})


def _canonical(folded: str) -> str:
    """A folded name, each word in the first of its spellings."""
    return " ".join(min(_SPELLINGS[word]) if word in _SPELLINGS else word for word in folded.split())


def _joined(folded: str) -> str:
    return folded.replace(" ", "")


def _likeness(one: str, other: str, close: float = _CLOSE_ENOUGH) -> float:
    matcher = SequenceMatcher(None, one, other)
    if matcher.real_quick_ratio() < close or matcher.quick_ratio() < close:
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


class _Place:
    """A quartier, and the words that find it."""

    def __init__(self, quartier: SearchableQuartier) -> None:
        self.quartier = quartier
        self.name = _canonical(fold(quartier.name))
        self.in_name = _words(quartier.name)
        self.in_aliases = _words(*quartier.aliases)
        numbers = [
            number for commune in quartier.communes for number in (*commune.departments, *commune.postcodes)
        ]
        names = [name for commune in quartier.communes for name in (commune.name, *commune.other_names)]
        self.in_communes = _words(*names, *numbers)
        self.all_words = self.in_name | self.in_aliases | self.in_communes
        self.communes = tuple(_joined(_canonical(fold(name))) for name in names)
        self.spellings = tuple(
            (alias, _joined(_canonical(fold(alias or quartier.name)))) for alias in (None, *quartier.aliases)
        )


class Finder:
    """Finds quartiers by what people type. Building one folds all names: keep it."""

    def __init__(self, quartiers: Sequence[SearchableQuartier]) -> None:
        self._places = [_Place(quartier) for quartier in quartiers]
        #: Of the departments that have any.
        self._numbers = {
            number.casefold()
            for quartier in quartiers
            for commune in quartier.communes
            for number in commune.departments
        }

    def look_for(self, typed: str) -> list[Match]:
        """The quartiers that match all the words typed, the nearest first.

        Accents, hyphens and case do not count, a word may be unfinished, names may be run together or cut
        apart; where nothing matches so, words that are nearly right are accepted. A street is found by a name that
        holds all its words alone.
        """
        folded = _folded(typed)
        words = folded.split()
        if not words:
            return []
        if names_a_street(typed):
            return self._in_street(_without_house(words))
        by_number = _with_numbers(folded)
        if by_number in self._numbers and not any(
            place.all_words.issuperset(words) for place in self._places
        ):
            # « Essonne » is a department before it is the beginning of « Corbeil-Essonnes ».
            return self._found(by_number, [by_number])
        telling, asked = _telling(words)
        plain = _canonical(folded)
        if not telling:
            # Words that many names hold find the name that they begin, not all that hold them.
            return [match for match in self._found(plain, asked) if match.rank < 2]
        found = self._found(plain, asked) or self._run_together(plain)
        if not found and by_number != folded:
            found = self._found(_canonical(by_number), _telling(by_number.split())[1])
        return found or self._found(plain, asked, near=True) or self._like(_canonical(" ".join(telling)))

    def _in_street(self, words: list[str]) -> list[Match]:
        asked = [word for word in words if word in _STREETS or word not in _VAGUE]
        found = []
        for place in self._places:
            names = place.in_name | place.in_aliases
            if all(word in names for word in asked if word not in place.in_communes):
                named = [word for word in asked if word in names]
                if any(word in _STREETS for word in named):
                    found.append(Match(place.quartier.slug, self._alias(place, asked), 2))
        return found

    def _found(self, folded: str, asked: list[str], *, near: bool = False) -> list[Match]:
        found = []
        # « choisy le roy »: a short word is too short to be nearly right, beside one that is right.
        if near:
            asked = [word for word in asked if len(word) >= _SMALLEST_FUZZY_WORD] or asked
        for place in self._places:
            rank = 0 if place.name == folded else 1 if place.name.startswith(folded) else 2
            for word in asked:
                for cost, words in ((0, place.in_name), (2, place.in_aliases), (3, place.in_communes)):
                    if word in words:
                        rank += 2 * cost
                        break
                    if any(other.startswith(word) for other in words) or (near and _is_near(word, words)):
                        rank += 2 * cost + 1
                        break
                else:
                    break
            else:
                found.append(Match(place.quartier.slug, self._alias(place, asked), rank))
        return sorted(found, key=lambda match: match.rank)

    def _run_together(self, folded: str) -> list[Match]:
        """« grandvaux », « ivryport »: names are compared without their spaces."""
        typed = _joined(folded)
        if len(typed) < _SMALLEST_FUZZY_WORD:
            return []
        found = []
        for place in self._places:
            if any(commune.startswith(typed) for commune in place.communes):
                found.append(Match(place.quartier.slug, None, 8))
                continue
            for alias, spelling in place.spellings:
                if typed in spelling:
                    found.append(Match(place.quartier.slug, alias, 1 if alias is None else 2))
                    break
        return sorted(found, key=lambda match: match.rank)

    def _like(self, folded: str) -> list[Match]:
        """« villeneuvestgeorges », « choisyleroy »: whole names that are nearly right, without their spaces."""
        typed = _joined(folded)
        if len(typed) < 2 * _SMALLEST_FUZZY_WORD:
            return []
        found = []
        for place in self._places:
            if any(
                _likeness(typed, name, _CLOSE_ENOUGH_WHOLE) >= _CLOSE_ENOUGH_WHOLE for name in place.communes
            ):
                found.append(Match(place.quartier.slug, None, 9))
                continue
            for alias, spelling in place.spellings:
                if _likeness(typed, spelling, _CLOSE_ENOUGH_WHOLE) >= _CLOSE_ENOUGH_WHOLE:
                    found.append(Match(place.quartier.slug, alias, 3))
                    break
        return sorted(found, key=lambda match: match.rank)

    @staticmethod
    def _alias(place: _Place, asked: list[str]) -> str | None:
        """The other spelling that answers for words which the name and the communes do not hold."""
        elsewhere = place.in_name | place.in_communes
        missing = [word for word in asked if not any(other.startswith(word) for other in elsewhere)]
        if not missing:
            return None
        for alias in place.quartier.aliases:
            words = _words(alias)
            if any(word in words or any(other.startswith(word) for other in words) for word in missing):
                return alias
        return None
