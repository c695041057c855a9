"""Messages: French source strings in the language of the reader."""

from typing import Any

from flask import g
from flask_babel import get_translations
from flask_babel.speaklater import LazyString
from markupsafe import Markup


def _catalogue() -> Any:
    """The catalogue of the language at hand. Flask-Babel goes a longer way to its own for each string, which took
    a tenth of the time of a page; within a request it is the one that `take_language` set."""
    try:
        return g.catalogue
    except (RuntimeError, AttributeError):  # a command, a job, a test of plain values
        return get_translations()


def gettext(string: str, **variables: object) -> str:
    """The French `string` in the language of this request."""
    text: str = _catalogue().ugettext(string)
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """One of two French strings by `num`, in the language of this request; `%(num)s` is filled in."""
    text: str = _catalogue().ungettext(singular, plural, num)
    return text % {"num": num, **variables}


def lazy_gettext(string: str, **variables: object) -> LazyString:
    """As `gettext`, but translated when it is shown."""
    return LazyString(gettext, string, **variables)


def lazy_ngettext(singular: str, plural: str, num: int, **variables: object) -> LazyString:
    """As `ngettext`, but translated when it is shown."""
    return LazyString(ngettext, singular, plural, num, **variables)


_ = gettext


def gettext_in_template(string: str, **variables: object) -> Markup:
    """As `gettext`, for templates: the message is markup, what is filled in is escaped."""
    text = Markup(_catalogue().ugettext(string))  # noqa: S704  (catalogues are ours; what is filled in is escaped)
    return text % variables if variables or "%" in text else text


def ngettext_in_template(singular: str, plural: str, num: int, **variables: object) -> Markup:
    """As `ngettext`, for templates."""
    text = Markup(_catalogue().ungettext(singular, plural, num))  # noqa: S704
    return text % {"num": num, **variables}
