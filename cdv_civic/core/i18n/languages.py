"""Languages of the interface: packs on disk, and the language of a request.

Source strings are French. A language is a folder of `translations/` with a `pack.toml` (own name, direction, state,
reviewers' note) and a `messages.po`.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from flask import g, has_request_context, request, url_for

from cdv_civic.core.i18n.locales import locale_of
from cdv_civic.core.settings import ROOT, Settings, current_settings
from cdv_civic.core.web import navigation


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


def site_languages() -> Sequence[Language]:
    """The languages of this site, the source language first; within an application context."""
    return languages_of(current_settings())


@cache
def direction_of(tag: str) -> str:
    """The writing direction of a language tag, also of one the site is not shown in.

    A pack says its own: Babel knows some languages of ours not at all.
    """
    try:
        return read_language(tag).direction
    except (OSError, ValueError):
        direction: str = locale_of(tag).text_direction
        return direction


def current_language() -> Language:
    """The language of this request, else French."""
    if has_request_context() and "language" in g:
        language: Language = g.language
        return language
    return read_language("fr")


def preferred_language() -> str:
    """The language of this site that the browser asks for, for an address that names none."""
    settings = current_settings()
    tags = [language.tag for language in languages_of(settings)]
    return request.accept_languages.best_match(tags) or settings.default_language


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
        return navigation.url(navigation.HOME, lang=tag)
    # Of a question, only what cannot be taken for a part of the address, or for a word of `url_for` itself.
    asked = {
        name: said
        for name, said in request.args.to_dict(flat=False).items()
        if not name.startswith("_") and name not in _NOT_ASKED
    }
    return url_for(request.endpoint, **{**asked, **(request.view_args or {}), "lang": tag})
