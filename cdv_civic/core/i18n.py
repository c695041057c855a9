"""Languages of the interface: packs on disk, the language of a request, gettext.

Source strings are French. A language is a folder of `translations/` with a `pack.toml`
(own name, direction, state, reviewers' note) and a `messages.po`.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final, Literal

from babel.dates import format_date as babel_format_date
from babel.numbers import format_decimal as babel_format_decimal
from flask import Flask, abort, g, has_request_context, request, url_for
from flask_babel import Babel, format_date, get_locale, get_translations
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from cdv_civic.core.settings import ROOT, Settings

__all__ = [
    "Language",
    "_",
    "current_language",
    "direction_of",
    "gettext",
    "lazy_gettext",
    "lazy_ngettext",
    "ngettext",
    "register",
]


def _catalogue() -> Any:
    """The catalogue of the language at hand. Flask-Babel goes a longer way to its own for each string, which took
    a tenth of the time of a page; within a request it is the one that `take_language` put down."""
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


def lazy_gettext(string: str, **variables: object) -> LazyString:
    """As `gettext`, but translated when it is shown."""
    return LazyString(gettext, string, **variables)


def lazy_ngettext(singular: str, plural: str, num: int, **variables: object) -> LazyString:
    """As `ngettext`, but translated when it is shown."""
    return LazyString(ngettext, singular, plural, num, **variables)


_ = gettext


def _gettext_in_template(string: str, **variables: object) -> Markup:
    text = Markup(_catalogue().ugettext(string))  # noqa: S704  (catalogues are ours; what is filled in is escaped)
    return text % variables if variables or "%" in text else text


def _ngettext_in_template(singular: str, plural: str, num: int, **variables: object) -> Markup:
    text = Markup(_catalogue().ungettext(singular, plural, num))  # noqa: S704
    return text % {"num": num, **variables}


@dataclass(frozen=True)
class Language:
    """A language people can read the site in."""

    tag: str
    name: str  #: its own name, in its own letters
    direction: Literal["ltr", "rtl"]
    state: str  #: "reviewed" or "draft": has a native speaker read it?
    reviewers_note: str = ""


@cache
def read_language(tag: str) -> Language:
    """The language pack `tag`; raises `FileNotFoundError` where there is none."""
    with (ROOT / "translations" / tag / "pack.toml").open("rb") as file:
        pack = tomllib.load(file)
    direction: Literal["ltr", "rtl"] = "rtl" if pack["direction"] == "rtl" else "ltr"
    return Language(tag, pack["name"], direction, pack["state"], pack.get("reviewers_note", ""))


def languages_of(settings: Settings) -> Sequence[Language]:
    """The languages of this territory, the source language first."""
    return tuple(read_language(tag) for tag in settings.languages)


def direction_of(tag: str) -> str:
    """The writing direction of a language tag, also of one the site is not shown in."""
    return "rtl" if tag.split("-")[0] in {"ar", "fa", "he", "ur", "ps", "ckb", "dv", "yi"} else "ltr"


def current_language() -> Language:
    """The language of this request, else French."""
    if has_request_context() and "language" in g:
        language: Language = g.language
        return language
    return read_language("fr")


def alternate_url(tag: str) -> str:
    """The address of the page at hand in another language, its question kept."""
    known: dict[str, str] = request.environ.setdefault("cdv_civic.alternates", {})
    if tag not in known:
        known[tag] = _alternate_url(tag)
    return known[tag]


#: Words of `url_for`, and what only scripts read.
_NOT_ASKED: Final = frozenset({"endpoint", "self", "fragment"})


def _alternate_url(tag: str) -> str:
    if request.endpoint is None or ("lang" not in (request.view_args or {}) and not g.get("language_in_url")):
        return url_for("pages.home", lang=tag)
    # Of a question, only what cannot be taken for a part of the address, or for a word of `url_for` itself.
    asked = {
        name: said
        for name, said in request.args.to_dict(flat=False).items()
        if not name.startswith("_") and name not in _NOT_ASKED
    }
    return url_for(request.endpoint, **{**asked, **(request.view_args or {}), "lang": tag})


def register(app: Flask, settings: Settings) -> None:
    """Read the language of each address, give it to gettext, and put it into the links we make."""
    known = {language.tag: language for language in languages_of(settings)}
    Babel(app, locale_selector=lambda: current_language().tag)
    catalogues: dict[str, Any] = {}

    def put_down_catalogue() -> None:
        found = catalogues.get(g.language.tag)
        if found is None:
            found = catalogues[g.language.tag] = get_translations()
        g.catalogue = found

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
        tag = values.pop("lang", None) if values else None
        g.language_in_url = tag is not None
        if tag is None:
            # An unknown address still says in which language it was asked for.
            asked = request.path.split("/")[1] if not _endpoint else None
            preferred = request.accept_languages.best_match(list(known)) if not _endpoint else None
            g.language = known.get(asked or "") or known[preferred or settings.default_language]
        elif tag in known:
            g.language = known[str(tag)]
        else:
            g.language = known[settings.default_language]
            put_down_catalogue()
            abort(404)
        put_down_catalogue()

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, object]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current_language().tag

    @app.context_processor
    def words_for_templates() -> dict[str, object]:
        return {
            "language": current_language(),
            "languages": tuple(known.values()),
            "alternate_url": alternate_url,
        }

    app.jinja_env.globals.update(
        {"gettext": _gettext_in_template, "_": _gettext_in_template, "ngettext": _ngettext_in_template}
    )
    app.jinja_env.filters["dateformat"] = date_text
    app.jinja_env.globals["dir_of"] = direction_of
    app.jinja_env.globals["locale"] = get_locale
