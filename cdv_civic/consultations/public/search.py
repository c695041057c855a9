"""Consultations in the search of the site."""

from typing import Any

from flask import Flask, url_for

from cdv_civic.commitments.also_found import AlsoFound, Sought, register_also_found
from cdv_civic.consultations.public.queries.cards import Where
from cdv_civic.consultations.public.queries.search import found_by
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.web.validity import ANY, also_shows


def find(sought: Sought) -> AlsoFound | None:
    """The consultations that speak of what was typed. A title is corrected under the tag of its consultation alone, so
    that the page is right until anything at all is published.
    """
    also_shows(ANY)
    count = len(
        found_by(sought.typed, sought.language, Where(sought.contract, sought.commune, sought.quartier))
    )
    if not count:
        return None
    places: dict[str, Any] = {
        "contrat": sought.contract or None,
        "commune": sought.commune or None,
        "quartier": sought.quartier or None,
    }
    return AlsoFound(
        ngettext(
            "%(num)s consultation parle de «\u00a0%(words)s\u00a0»",
            "%(num)s consultations parlent de «\u00a0%(words)s\u00a0»",
            count,
            words=sought.typed,
        ),
        url_for("consultations.index", q=sought.typed, **places),
        "message-circle-question",
    )


def register(app: Flask) -> None:
    """Declare how consultations are looked for."""
    register_also_found(app, "consultations", find)
