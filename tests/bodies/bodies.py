"""Bodies and meetings for tests, made as staff make them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.meetings import MeetingDraft, announce_meeting
from cdv_civic.bodies.rules import to_utc
from cdv_civic.core.db import SITE, transaction
from cdv_civic.territory.models import Body, Commune, Contract, Quartier, body_commune, body_quartier

PARIS = ZoneInfo("Europe/Paris")
_numbers = count(1)


def make_body(
    contract: Contract,
    name: str = "Conseil citoyen",
    kind: str = "conseil_citoyen",
    quartiers: Sequence[Quartier] = (),
    communes: Sequence[Commune] = (),
    **values: Any,
) -> Body:
    number = next(_numbers)
    with transaction(publishes=SITE) as session:
        body = Body(
            contract_id=contract.id,
            name=name,
            kind=kind,
            **{
                "slug": f"instance-{number}",
                "rules": None,
                "active": None,
                "line": None,
                "position": number,
                "retired_at": None,
                "source_row": {},
                **values,
            },
        )
        session.add(body)
        session.flush()
        for position, quartier in enumerate(quartiers):
            session.execute(
                insert(body_quartier).values(body_id=body.id, quartier_id=quartier.id, position=position)
            )
        for position, commune in enumerate(communes):
            session.execute(
                insert(body_commune).values(body_id=body.id, commune_id=commune.id, position=position)
            )
    return body


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An hour of the wall clock, as UTC."""
    return to_utc(day, time(hour, minute), PARIS)


def an_event(day: date = date(2026, 12, 10), **values: Any) -> MeetingDraft:
    return MeetingDraft(
        **{
            "kind": "meeting",
            "title": {"fr": "Le parc", "ar": "الحديقة"},
            "starts_at": at(day, 18, 30),
            "ends_at": at(day, 20),
            "place": "Pied d’immeuble, 3 place des Essais",
            **values,
        }
    )


def announce(actor: SignedIn, body: Body, day: date = date(2026, 12, 10), **values: Any) -> int:
    return announce_meeting(
        actor, body.id, an_event(day, **values), client_key=f"essai-numero-{next(_numbers):08}", zone=PARIS
    )


assert datetime(2026, 12, 10, 17, 30, tzinfo=UTC) == at(date(2026, 12, 10), 18, 30)
