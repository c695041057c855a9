"""The language of each URL: read, given to gettext, and put into the links that pages make."""

from flask import Flask, abort, g, request
from flask_babel import Babel

from cdv_civic.core.availability import reason_unavailable
from cdv_civic.core.i18n import page_language
from cdv_civic.core.i18n.catalogue import EXTENSION, gettext_in_template, ngettext_in_template
from cdv_civic.core.i18n.catalogues import Catalogues, catalogue_state, catalogues
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.i18n.languages import alternate_url, current_language, direction_of, languages_of
from cdv_civic.core.i18n.locales import locale_of
from cdv_civic.core.i18n.spoken import language_name
from cdv_civic.core.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Read the language of each address, give it to gettext, and put it into the links we make."""
    known = {language.tag: language for language in languages_of(settings)}
    Babel(app, locale_selector=lambda: locale_of(current_language().tag))
    app.extensions[EXTENSION] = Catalogues()

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
    def template_context() -> dict[str, object]:
        return {
            "language": current_language(),
            "languages": tuple(known.values()),
            "alternate_url": alternate_url,
        }

    # Flask-Babel's give way to ours, which show no translation that was not checked.
    for name in ("gettext", "_", "ngettext", "pgettext", "npgettext"):
        app.jinja_env.globals.pop(name, None)
    app.jinja_env.filters.pop("dateformat", None)
    app.jinja_env.globals.update(
        {"gettext": gettext_in_template, "_": gettext_in_template, "ngettext": ngettext_in_template}
    )
    app.jinja_env.filters["dateformat"] = date_text
    app.jinja_env.filters["language_name"] = language_name
    app.jinja_env.globals["dir_of"] = direction_of
    app.jinja_env.globals["current_language"] = current_language
    page_language.register(app)


def follow_changes(app: Flask) -> None:
    """Give each page the catalogue as it is now. Call it after `page_cache.register`, whose number it goes by.

    A page that the cache did not ask for, as it is for one person, asks itself: 1 statement. One that is `never_kept`
    asks nothing, and takes the words that are known.
    """

    @app.before_request
    def take_catalogue() -> None:
        if getattr(app.view_functions.get(request.endpoint or ""), "never_kept", False):
            return
        try:
            catalogue_state(ask=True)
        except Exception as error:
            if reason_unavailable(error) is None:
                raise  # else the page finds out by itself, or needs no database
        g.catalogue = catalogues().of(g.language.tag)
