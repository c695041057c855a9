"""Ideas and their boxes in the search of the site."""

from typing import Any

from flask import Flask, url_for

from cdv_civic.commitments.also_found import AlsoFound, Sought, register_also_found
from cdv_civic.core.i18n.catalogue import ngettext
from cdv_civic.core.web.validity import ANY, also_shows
from cdv_civic.ideas.queries.search import found_boxes


def find(sought: Sought) -> AlsoFound | None:
    """The public ideas that speak of what was typed, or else the boxes that do. An idea is published under the tag of
    its box alone, so that the page is right until anything at all is published.
    """
    also_shows(ANY)
    places = {"contract": sought.contract, "commune": sought.commune, "quartier": sought.quartier}
    boxes = found_boxes(sought.typed, sought.language, **places)
    if not boxes:
        return None
    ideas = sum(each.ideas for each in boxes)
    said = (
        ngettext(
            "%(num)s idée parle de «\u00a0%(words)s\u00a0»",
            "%(num)s idées parlent de «\u00a0%(words)s\u00a0»",
            ideas,
            words=sought.typed,
        )
        if ideas
        else ngettext(
            "%(num)s boîte à idées parle de «\u00a0%(words)s\u00a0»",
            "%(num)s boîtes à idées parlent de «\u00a0%(words)s\u00a0»",
            len(boxes),
            words=sought.typed,
        )
    )
    kept: dict[str, Any] = {
        "contrat": sought.contract or None,
        "commune": sought.commune or None,
        "quartier": sought.quartier or None,
    }
    return AlsoFound(said, url_for("ideas.index", q=sought.typed, **kept), "bulb")


def register(app: Flask) -> None:
    """Declare how ideas are looked for."""
    register_also_found(app, "ideas", find)
