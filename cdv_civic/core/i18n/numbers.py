"""Numbers as readers of a language write them."""

from functools import lru_cache

from babel.numbers import format_decimal


@lru_cache(maxsize=4096)
def number_in(value: int, tag: str) -> str:
    """A whole number in the language `tag`: « 10 672 »."""
    text: str = format_decimal(value, locale=tag.replace("-", "_"))
    return text
