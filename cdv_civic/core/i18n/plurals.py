"""Plural forms of a language. Pure: Babel's word, not that of a catalogue's header, which is untrusted."""

import gettext
from collections.abc import Callable
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.messages.plurals import get_plural


@lru_cache(maxsize=64)
def plural_rule(language: str) -> tuple[int, Callable[[int], int]]:
    """How many plural forms a language has, and which of them a number takes; as English where Babel knows none."""
    try:
        known = get_plural(Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        known = get_plural("en")
    return known.num_plurals, gettext.c2py(known.plural_expr)


@lru_cache(maxsize=64)
def small_forms(language: str) -> frozenset[int]:
    """The forms whose numbers are all at most 2, so that a word says them: « one » of Russian, 1 and 21, is none."""
    count, rule = plural_rule(language)
    beyond = {rule(number) for number in (*range(3, 1001), 1_000_000)}
    return frozenset(range(count)) - beyond
