"""Days and numbers as readers of a language write them."""

from datetime import date, datetime, time
from functools import lru_cache

from babel.dates import format_date as babel_format_date
from babel.dates import format_time as babel_format_time
from babel.numbers import format_decimal as babel_format_decimal
from flask_babel import format_date, get_locale


@lru_cache(maxsize=4096)
def _day_text(day: date, form: str, tag: str) -> str:
    text: str = babel_format_date(day, form, locale=tag)
    return text


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
    if isinstance(day, datetime):
        text: str = format_date(day, form)
        return text
    return _day_text(day, form, str(get_locale()))


def time_text(at: time) -> str:
    """An hour of the wall clock: « 18:30 »."""
    text: str = babel_format_time(at, "short", locale=str(get_locale()))
    return text
