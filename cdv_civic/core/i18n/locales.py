"""How days and numbers are written in a language, as Babel knows it. Pure."""

from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError

_SOURCE: Final = Locale("fr")


@lru_cache(maxsize=64)
def known_locale(tag: str) -> Locale | None:
    """The locale of a tag (BCP 47), or that of its language alone: « fr-x-falc » is French; None: Babel has neither."""
    for part in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(part, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def locale_of(tag: str) -> Locale:
    """The same; where Babel has none, French: days and numbers are then written as words without a translation are."""
    return known_locale(tag) or _SOURCE
