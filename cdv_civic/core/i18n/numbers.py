"""Numbers as readers of a language write them."""

from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import format_currency, format_decimal

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


@lru_cache(maxsize=4096)
def money_in(amount: Decimal, currency: str, tag: str) -> str:
    """An amount of a currency (ISO 4217; "" where nobody says which) in the language `tag`, rounded to cents, without
    them where there are none: « 3 200 € », « 669,34 € ».
    """
    locale = Locale.parse(tag, sep="-" if "-" in tag else "_")
    pattern = locale.currency_formats["standard"].pattern if currency else "#,##0.00"
    cents = amount.quantize(Decimal("0.01"))
    if cents == cents.to_integral_value():
        pattern = pattern.replace(".00", "")
    if not currency:
        return separated(format_decimal(cents, pattern, locale=locale), locale)
    return separated(format_currency(cents, currency, pattern, locale=locale, currency_digits=False), locale)
