"""Plural forms of a language. Pure: what a catalogue's header says of them is untrusted, and compared with this."""

import gettext
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.messages.plurals import get_plural

from cdv_civic.core.i18n.locales import known_locale

#: Babel has the last two forms of Arabic the other way round: those of the CLDR, and of all catalogues, are 11 to 99
#: and then 100 to 102.
_CORRECTED: Final = {
    "ar": (
        6,
        "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)",
    )
}
#: Numbers by which rules are told from each other: no language looks at more than the last three digits, but for
#: whole millions.
_TRIED: Final = (*range(1001), 1_000_000)


@dataclass(frozen=True)
class PluralRule:
    """The plural forms of a language."""

    count: int
    #: As the header of a catalogue has it.
    header: str
    #: The index of the form that a number takes.
    form_of: Callable[[int], int]


def plural_locale(language: str) -> Locale:
    """The locale whose plural forms a language has; that of English where Babel knows none."""
    return known_locale(language) or Locale("en")


@lru_cache(maxsize=64)
def plural_rule(language: str) -> PluralRule:
    """How many forms a language has, and which of them a number takes; as English where Babel knows none."""
    locale = plural_locale(language)
    known = get_plural(locale)
    count, rule = _CORRECTED.get(locale.language, (known.num_plurals, known.plural_expr))
    return PluralRule(count, f"nplurals={count}; plural={rule};", gettext.c2py(rule))


@lru_cache(maxsize=64)
def small_forms(language: str) -> frozenset[int]:
    """The forms whose numbers are all at most 2, so that a word says them: « one » of Russian, 1 and 21, is none."""
    rule = plural_rule(language)
    return frozenset(range(rule.count)) - {rule.form_of(number) for number in _TRIED if number > 2}


def is_rule_of(language: str, count: int, rule: str) -> bool:
    """Whether a header gives each number the form that it has in the language."""
    known = plural_rule(language)
    try:
        form_of = gettext.c2py(rule)
        return count == known.count and all(form_of(number) == known.form_of(number) for number in _TRIED)
    except (ValueError, ArithmeticError, RecursionError):
        return False
