"""Days and numbers as readers of a language write them."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from babel.dates import format_date as babel_format_date
from babel.dates import format_time as babel_format_time
from babel.dates import get_date_format
from flask_babel import get_locale, to_user_timezone

from cdv_civic.core.i18n.numbers import money_in, number_in

#: The first day of a month in French words: « samedi 1 mai » is not how anybody says it, or reads it aloud.
_FIRST_OF_MONTH: Final = re.compile(r"\b1(?= [^\W\d])")
#: Of a pattern of CLDR, with what stands between it and the month; a language that begins with the year keeps it.
_YEAR_AT_THE_END: Final = re.compile(r"(\s*'[^']*')?\W*y+$")


@lru_cache(maxsize=4096)
def day_text(day: date, form: str, tag: str) -> str:
    """A day in the language of a tag, in the form of Babel ("long", "d MMM y"…): « 1er mai 2027 »."""
    return _first_as_said(babel_format_date(day, form, locale=tag), day, tag)


def _first_as_said(text: str, day: date, tag: str) -> str:
    return _FIRST_OF_MONTH.sub("1er", text) if day.day == 1 and tag.split("_")[0] == "fr" else text


def number_text(value: int) -> str:
    """A whole number as readers of this request write it: « 10 672 »."""
    return number_in(value, str(get_locale()))


def money_text(amount: Fraction, currency: str = "EUR") -> str:
    """An amount as readers of this request write it, in cents at the closest: « 669,34 € »."""
    return money_in(Decimal(round(amount * 100)) / 100, currency, str(get_locale()))


def date_text(day: date, form: str = "medium") -> str:
    """A day (or the day of a moment, in the territory's zone) in the reader's language: "long" is « 3 mars 2026 ».

    A list shows few days often: each is written once.
    """
    here: date = to_user_timezone(day).date() if isinstance(day, datetime) else day
    return day_text(here, form, str(get_locale()))


@lru_cache(maxsize=512)
def _near_day_text(day: date, tag: str) -> str:
    pattern = get_date_format("full", locale=tag).pattern
    return _first_as_said(babel_format_date(day, _YEAR_AT_THE_END.sub("", pattern), locale=tag), day, tag)


def near_day_text(day: date) -> str:
    """A day of the months around, whose year nobody asks for, in the reader's language: « mardi 3 mars »."""
    return _near_day_text(day, str(get_locale()))


def time_text(at: time) -> str:
    """An hour of the wall clock: « 18:30 »."""
    text: str = babel_format_time(at, "short", locale=str(get_locale()))
    return text.replace(" ", "\u00a0")  # an hour and its « ص » stay on one line
