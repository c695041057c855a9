"""Funds and their projects in the search of the site."""

from typing import Any

from flask import Flask, url_for

from cdv_civic.commitments.also_found import AlsoFound, Sought, register_also_found
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.web.validity import ANY, also_shows
from cdv_civic.fund.public.queries.search import found_funds


def find(sought: Sought) -> AlsoFound | None:
    """The public projects that speak of what was typed, or else the funds that do. A project is published under the tag
    of its fund alone, so that the page is right until anything at all is published."""
    also_shows(ANY)
    places = {"contract": sought.contract, "commune": sought.commune, "quartier": sought.quartier}
    found = found_funds(sought.typed, sought.language, **places)
    if not found.funds and not found.projects:
        return None
    said = (
        ngettext(
            "%(num)s projet d’habitants parle de «\u00a0%(words)s\u00a0»",
            "%(num)s projets d’habitants parlent de «\u00a0%(words)s\u00a0»",
            len(found.projects),
            words=sought.typed,
        )
        if found.projects
        else ngettext(
            "%(num)s fonds de projets parle de «\u00a0%(words)s\u00a0»",
            "%(num)s fonds de projets parlent de «\u00a0%(words)s\u00a0»",
            len(found.funds),
            words=sought.typed,
        )
    )
    kept: dict[str, Any] = {
        "contrat": sought.contract or None,
        "commune": sought.commune or None,
        "quartier": sought.quartier or None,
    }
    return AlsoFound(said, url_for("funds.index", q=sought.typed, **kept), "coin")


def register(app: Flask) -> None:
    """Declare how funds are looked for."""
    register_also_found(app, "funds", find)
