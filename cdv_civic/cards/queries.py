"""What the desk reads of cards: batches with counts that point at nobody, and what a new batch can be for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from sqlalchemy import func, select

from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.rules import hidden_below
from cdv_civic.core import clock
from cdv_civic.core.config import Settings
from cdv_civic.core.db import db
from cdv_civic.core.policy import Reach
from cdv_civic.territory.models import Body, Commune, Quartier, quartier_commune
from cdv_civic.territory.scopes import bodies_within, quartiers_within


@dataclass(frozen=True)
class BatchRow:
    """One batch. `used` and `revoked` are None where the count is small enough to point at somebody."""

    id: int
    quartier_id: int
    quartier: str
    body: str | None
    purpose: str
    handed_out_by: str
    languages: Sequence[str]
    quantity: int
    used: int | None
    revoked: int | None
    created_at: datetime
    expires_on: date
    closed_at: datetime | None
    expired: bool
    replacement: bool
    created_by: int | None
    #: Its codes can still be printed, by the browser that made it.
    printable: bool


def _rows(*conditions: object, limit: int, offset: int = 0) -> list[BatchRow]:
    settings: Settings = current_app.extensions["settings"]
    now, today = clock.now(), clock.today()
    counts = (
        select(
            Card.batch_id,
            func.count(Card.first_used_on).label("used"),
            func.count(Card.revoked_at).label("revoked"),
        )
        .group_by(Card.batch_id)
        .subquery()
    )
    statement = (
        select(CardBatch, Quartier.name, Body.name, counts.c.used, counts.c.revoked, CardSheet.erase_at)
        .join(Quartier, Quartier.id == CardBatch.quartier_id)
        .outerjoin(Body, Body.id == CardBatch.body_id)
        .outerjoin(CardSheet, CardSheet.batch_id == CardBatch.id)
        .join(counts, counts.c.batch_id == CardBatch.id)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(CardBatch.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        BatchRow(
            id=batch.id,
            quartier_id=batch.quartier_id,
            quartier=quartier,
            body=body,
            purpose=batch.purpose,
            handed_out_by=batch.handed_out_by,
            languages=tuple(batch.languages),
            quantity=batch.quantity,
            used=hidden_below(used, settings.small_count),
            revoked=hidden_below(revoked, settings.small_count),
            created_at=batch.created_at,
            expires_on=batch.expires_on,
            closed_at=batch.closed_at,
            expired=today > batch.expires_on,
            replacement=batch.replacement,
            created_by=batch.created_by,
            printable=erase_at is not None and erase_at > now and batch.closed_at is None,
        )
        for batch, quartier, body, used, revoked, erase_at in db.session.execute(statement)
    ]


def batches(reach: Reach, *, limit: int, offset: int = 0) -> list[BatchRow]:
    """The batches of the quartiers within reach, the newest first; single replacements are left out. 1 statement."""
    return _rows(quartiers_within(reach), CardBatch.replacement.is_(False), limit=limit, offset=offset)


def batch(batch_id: int) -> BatchRow | None:
    """One batch. 1 statement."""
    found = _rows(CardBatch.id == batch_id, limit=1)
    return found[0] if found else None


def quartier_choices(reach: Reach) -> list[tuple[int, str]]:
    """Ids and names of the quartiers that cards can be printed for, with their communes. 2 statements."""
    found = db.session.execute(
        select(Quartier.id, Quartier.name)
        .where(quartiers_within(reach), Quartier.retired_at.is_(None))
        .order_by(Quartier.search_text)
    ).all()
    links = quartier_commune.c
    communes: dict[int, list[str]] = {}
    for quartier_id, name in db.session.execute(
        select(links.quartier_id, Commune.name)
        .join(Commune, Commune.id == links.commune_id)
        .order_by(links.position)
    ):
        communes.setdefault(quartier_id, []).append(name)
    return [
        (row.id, " · ".join(filter(None, (row.name, ", ".join(communes.get(row.id, [])))))) for row in found
    ]


def body_choices(reach: Reach) -> list[tuple[int, str]]:
    """Ids and names of the bodies that may hand cards out. 1 statement."""
    found = db.session.execute(
        select(Body.id, Body.name)
        .where(bodies_within(reach), Body.retired_at.is_(None))
        .order_by(Body.name, Body.id)
    )
    return [(row.id, row.name) for row in found]
