"""Languages of the interface: packs on disk, the language of a request, gettext.

Source strings are French. A language is a folder of `translations/` with a `pack.toml`
(own name, direction, state, reviewers' note) and a `messages.po`.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from flask import Flask, abort, g, has_request_context, request, url_for
from flask_babel import Babel, get_locale, gettext, lazy_gettext, lazy_ngettext, ngettext

from cdv_civic.core.config import ROOT, Settings

__all__ = [
    "Language",
    "_",
    "current_language",
    "direction_of",
    "lazy_gettext",
    "lazy_ngettext",
    "ngettext",
    "register",
]

_ = gettext


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


def _alternate_url(tag: str) -> str:
    if request.endpoint is None or ("lang" not in (request.view_args or {}) and not g.get("language_in_url")):
        return url_for("pages.home", lang=tag)
    arguments = {**(request.view_args or {}), **request.args.to_dict(flat=False), "lang": tag}
    arguments.pop("fragment", None)
    return url_for(request.endpoint, **arguments)


def register(app: Flask, settings: Settings) -> None:
    """Read the language of each address, give it to gettext, and put it into the links we make."""
    known = {language.tag: language for language in languages_of(settings)}
    Babel(app, locale_selector=lambda: current_language().tag)

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
            abort(404)

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

    app.jinja_env.globals["dir_of"] = direction_of
    app.jinja_env.globals["locale"] = get_locale
