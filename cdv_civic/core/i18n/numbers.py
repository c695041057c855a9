"""Numbers as readers of a language write them."""

from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import format_decimal

#: Of languages whose readers here see French separators beside theirs (in what is typed, in texts of a contract): one
#: comma would part thousands in one number and decimals in the next.
_SEPARATORS: Final = {"ar": str.maketrans({",": "\u00a0", ".": ","})}


def separated(text: str, locale: Locale) -> str:
    """A number that Babel wrote in this locale, with separators that its readers do not take for each other."""
    return text.translate(_SEPARATORS.get(locale.language, {}))


@lru_cache(maxsize=4096)
def number_in(value: int, tag: str) -> str:
    """A whole number in the language `tag`: « 10 672 »."""
    locale = Locale.parse(tag, sep="-" if "-" in tag else "_")
    return separated(format_decimal(value, locale=locale), locale)
