"""Days and numbers as readers of a language write them."""

import re
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

from babel.dates import format_date as babel_format_date
from babel.dates import format_time as babel_format_time
from babel.numbers import format_decimal as babel_format_decimal
from flask_babel import get_locale, to_user_timezone

#: The first day of a month in French words: « samedi 1 mai » is not how anybody says it, or reads it aloud.
_FIRST_OF_MONTH: Final = re.compile(r"\b1(?= [^\W\d])")


@lru_cache(maxsize=4096)
def day_text(day: date, form: str, tag: str) -> str:
    """A day in the language of a tag, in the form of Babel ("long", "d MMM y"…): « 1er mai 2027 »."""
    text: str = babel_format_date(day, form, locale=tag)
    return _FIRST_OF_MONTH.sub("1er", text) if day.day == 1 and tag.split("_")[0] == "fr" else text


@lru_cache(maxsize=4096)
def _number_text(value: int, tag: str) -> str:
    text: str = babel_format_decimal(value, locale=tag)
    return text


def number_text(value: int) -> str:
    """A whole number as readers of this request write it: « 10 672 »."""
    return _number_text(value, str(get_locale()))


def date_text(day: date, form: str = "medium") -> str:
    """A day (or the day of a moment, in the territory's zone) in the reader's language: "long" is « 3 mars 2026 ».

    A list shows few days often: each is written once.
    """
    here: date = to_user_timezone(day).date() if isinstance(day, datetime) else day
    return day_text(here, form, str(get_locale()))


def time_text(at: time) -> str:
    """An hour of the wall clock: « 18:30 »."""
    text: str = babel_format_time(at, "short", locale=str(get_locale()))
    return text
