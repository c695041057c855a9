"""What the desk reads of cards: batches with counts that point at nobody, and what a new batch can be for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from cdv_civic.accounts.models import Account
from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.rules import CLOSINGS_TOLD_FOR
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Reach, Role
from cdv_civic.core.policy.table import ROLES
from cdv_civic.core.settings import current_settings
from cdv_civic.core.suppression import part_of
from cdv_civic.territory.models import Body, Commune, Contract, Quartier, quartier_commune
from cdv_civic.territory.rules import apart, is_over
from cdv_civic.territory.scopes import bodies_within, quartiers_within

#: Lines of the report about who closed cards.
_MOST_CLOSERS: Final = 20


@dataclass(frozen=True)
class BatchRow:
    """One batch. `used` and `revoked` are None where they, or the cards that were not, are so few that the count could
    point at somebody."""

    id: int
    quartier_id: int
    quartier: str
    body: str | None
    purpose: str
    handed_out_by: str
    languages: Sequence[str]
    quantity: int
    #: How many of them there are so far: the others are being made.
    made: int
    used: int | None
    revoked: int | None
    created_at: datetime
    expires_on: date
    closed_at: datetime | None
    expired: bool
    replacement: bool
    created_by: int | None
    #: Its codes can be printed, now or once all cards are made, by the browser that ordered it.
    printable: bool

    @property
    def ready(self) -> bool:
        """Whether all its cards are made."""
        return self.made == self.quantity


def _rows(*conditions: object, limit: int, offset: int = 0) -> list[BatchRow]:
    settings = current_settings()
    now, today = clock.now(), clock.today()
    counts = (
        select(
            Card.batch_id,
            func.count().label("made"),
            func.count(Card.first_used_on).label("used"),
            func.count(Card.revoked_at).label("revoked"),
        )
        .group_by(Card.batch_id)
        .subquery()
    )
    statement = (
        select(
            CardBatch,
            Quartier.name,
            Body.name,
            func.coalesce(counts.c.made, 0),
            func.coalesce(counts.c.used, 0),
            func.coalesce(counts.c.revoked, 0),
            CardSheet.erase_at,
        )
        .join(Quartier, Quartier.id == CardBatch.quartier_id)
        .outerjoin(Body, Body.id == CardBatch.body_id)
        .outerjoin(CardSheet, CardSheet.batch_id == CardBatch.id)
        .outerjoin(counts, counts.c.batch_id == CardBatch.id)
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
            made=made,
            used=part_of(used, batch.quantity, settings.small_count),
            revoked=part_of(revoked, batch.quantity, settings.small_count),
            created_at=batch.created_at,
            expires_on=batch.expires_on,
            closed_at=batch.closed_at,
            expired=today > batch.expires_on,
            replacement=batch.replacement,
            created_by=batch.created_by,
            printable=erase_at is not None and erase_at > now and batch.closed_at is None,
        )
        for batch, quartier, body, made, used, revoked, erase_at in db.session.execute(statement)
    ]


def batches(reach: Reach, *, limit: int, offset: int = 0) -> list[BatchRow]:
    """The batches of the quartiers within reach, the newest first; single replacements are left out. 1 statement."""
    return _rows(quartiers_within(reach), CardBatch.replacement.is_(False), limit=limit, offset=offset)


def batch(batch_id: int) -> BatchRow | None:
    """One batch. 1 statement."""
    found = _rows(CardBatch.id == batch_id, limit=1)
    return found[0] if found else None


def serials(batch_id: int) -> list[str]:
    """The serial numbers of a batch, in the order of printing. 1 statement."""
    found = select(Card.serial).where(Card.batch_id == batch_id).order_by(Card.position)
    return list(db.session.execute(found).scalars())


def opens_old_space(batch_id: int) -> bool:
    """Whether the card of a replacement opens the space of the one that it replaces. 1 statement."""
    old = aliased(Card)
    found = (
        select(Card.id)
        .join(old, old.replaced_by == Card.id)
        .where(Card.batch_id == batch_id, Card.account_id == old.account_id)
    )
    return db.session.execute(found.limit(1)).first() is not None


@dataclass(frozen=True)
class Closings:
    """How many cards somebody closed lately, one by one. `role` is what they did it as."""

    name: str
    role: Any
    count: int


def closings(reach: Reach) -> list[Closings]:
    """Who closed cards within reach in the last days, most first. 1 statement."""
    count = func.count().label("count")
    rows = db.session.execute(
        select(Account.id, Account.organisation_name, Account.name, Card.revoked_role, count)
        .select_from(Card)
        .join(CardBatch, CardBatch.id == Card.batch_id)
        .join(Quartier, Quartier.id == CardBatch.quartier_id)
        .join(Account, Account.id == Card.revoked_by)
        .where(quartiers_within(reach), Card.revoked_at > clock.now() - CLOSINGS_TOLD_FOR)
        .group_by(Account.id, Account.organisation_name, Account.name, Card.revoked_role)
        .order_by(count.desc(), Account.id)
        .limit(_MOST_CLOSERS)
    )
    return [
        Closings(
            row.organisation_name or row.name or f"n° {row.id}",
            ROLES[Role(row.revoked_role)].label if row.revoked_role else "",
            row[4],
        )
        for row in rows
    ]


def quartier_choices(reach: Reach) -> list[tuple[int, str]]:
    """Ids and names of the quartiers that cards can be printed for, with their communes. 2 statements.

    Those of contracts that are over come last, with their years.
    """
    today = clock.today()
    found = db.session.execute(
        select(Quartier.id, Quartier.name, Contract.period_start, Contract.period_end)
        .join(Contract, Contract.id == Quartier.contract_id)
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
        (
            row.id,
            " · ".join(
                filter(
                    None,
                    (
                        apart(row.name, row.period_start, row.period_end, today),
                        ", ".join(communes.get(row.id, [])),
                    ),
                )
            ),
        )
        for row in sorted(found, key=lambda row: is_over(row.period_end, today))
    ]


def body_choices(reach: Reach) -> list[tuple[int, str]]:
    """Ids and names of the bodies that may hand cards out. 1 statement."""
    found = db.session.execute(
        select(Body.id, Body.name)
        .where(bodies_within(reach), Body.retired_at.is_(None))
        .order_by(Body.name, Body.id)
    )
    return [(row.id, row.name) for row in found]


def cards_that_open(session: Session, account_id: int, *, but: int | None = None) -> int:
    """How many cards open an account today, leaving one out. 1 statement."""
    return session.execute(
        select(func.count())
        .select_from(Card)
        .join(CardBatch, CardBatch.id == Card.batch_id)
        .where(
            Card.account_id == account_id,
            Card.id != (but or 0),
            Card.revoked_at.is_(None),
            CardBatch.closed_at.is_(None),
            CardBatch.expires_on >= clock.today(),
        )
    ).scalar_one()
