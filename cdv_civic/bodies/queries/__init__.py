"""What pages read of bodies and of what they hold."""

from cdv_civic.bodies.queries.bodies import (
    BodyLine,
    BodyPage,
    bodies_of,
    body_page,
    contract_named,
    contracts_with_bodies,
    quartier_named,
    states_of,
)
from cdv_civic.bodies.queries.events import (
    Event,
    Occurrence,
    coming,
    event_of_body,
    events_of_body,
    events_of_quartier,
    past,
    zone,
)
from cdv_civic.bodies.queries.publications import public_addresses

__all__ = [
    "BodyLine",
    "BodyPage",
    "Event",
    "Occurrence",
    "bodies_of",
    "body_page",
    "coming",
    "contract_named",
    "contracts_with_bodies",
    "event_of_body",
    "events_of_body",
    "events_of_quartier",
    "past",
    "public_addresses",
    "quartier_named",
    "states_of",
    "zone",
]
