"""The way to the form of a body that listens: from a quartier, from a commitment, for pages and for lower features."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from flask import Flask, url_for

from cdv_civic.commitments.addressees import AskedAbout, register_addressees
from cdv_civic.voices.queries.listening import (
    ListeningBody,
    ListeningPlace,
    anybody_listens,
    bodies_to_ask_about,
)

#: Names of what a form and the page of choice are told of where one comes from, in their addresses.
QUARTIER: Final = "quartier"
COMMITMENT: Final = "engagement"
CONTRACT: Final = "contrat"
#: The number of one's own word that another one goes on from.
CONTINUES: Final = "suite"


def form_url(place: ListeningPlace | ListeningBody, **about: Any) -> str:
    """The form of a body, begun with what it is `about`; within a request."""
    return url_for("voices.speak", contract=place.contract, slug=place.slug, **about)


def choice_url(**about: Any) -> str:
    """The page to choose a body, of those where what it is `about` lies; within a request."""
    return url_for("voices.choose", **about)


def url_of_quartier(places: Sequence[ListeningPlace], quartier: str) -> str | None:
    """Where to say something in a quartier, by its slug, whose bodies that listen are known: the form of the one that
    there is, the page to choose where there are several; None where nobody listens."""
    if not places:
        return None
    if len(places) == 1:
        return form_url(places[0], **{QUARTIER: quartier})
    return choice_url(**{QUARTIER: quartier})


def open_until(places: Sequence[ListeningPlace]) -> datetime | None:
    """When the last of those that listen stops; None where nobody does, or one has no end."""
    ends = [place.closes_at for place in places if place.closes_at is not None]
    return max(ends) if ends and len(ends) == len(places) else None


def url_about(about: AskedAbout) -> str | None:
    """The same for a commitment; 1 statement where anybody of its contract listens."""
    places = bodies_to_ask_about(about.id) if anybody_listens(about.contract) else []
    if not places:
        return None
    if len(places) == 1:
        return form_url(places[0], **{COMMITMENT: about.code})
    return choice_url(**{CONTRACT: about.contract, COMMITMENT: about.code})


def register(app: Flask) -> None:
    """Let the pages of commitments lead here."""
    register_addressees(app, "voices", url_about)
