"""The bodies that listen, for « En ce moment »: « Dites-le à … », which mostly has no end."""

from collections.abc import Sequence
from typing import Final

from flask import Flask

from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.territory.activities.registry import Activity, Asked, register_activities
from cdv_civic.territory.activities.rules import Span
from cdv_civic.voices.addressees import form_url
from cdv_civic.voices.queries.listening import ListeningPlace, bodies_that_listen

#: The name of this source: a page that knows whether its body listens says so under it.
LISTENING: Final = "listening"


def listening(asked: Asked) -> Sequence[Activity]:
    """Each body of the place that listens; 1 statement, none for the whole site or where the page knows."""
    places: Sequence[ListeningPlace] | None = asked.known.get(LISTENING)
    if places is None:
        if asked.everywhere:
            return ()
        places = bodies_that_listen(quartiers=asked.quartiers, body_id=asked.body)
    return [
        Activity(
            _l("Votre message"),
            "message-2",
            _("Dites-le à : %(body)s", body=place.name),
            form_url(place),
            Span(closes_at=place.closes_at),
        )
        for place in places
    ]


def register(app: Flask) -> None:
    """Declare them."""
    register_activities(app, LISTENING, listening)
