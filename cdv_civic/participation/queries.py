"""What is known of whoever takes part, and what is linked with a thing. Every function says what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from cdv_civic.accounts.models import Account, ResidentQuartier
from cdv_civic.core.db import rows_of
from cdv_civic.participation.models import ParticipationLink
from cdv_civic.participation.rules.eligibility import AgeBand, Participant, Proof
from cdv_civic.participation.rules.links import LinkKind, Thing, ThingKind


def participant(account_id: int, *, age: AgeBand | None = None, answered_before: bool = False) -> Participant:
    """What is known of the holder of an account; `age` and `answered_before` are the caller's to say. 1 statement.

    A quartier is verified by the card that was handed over there: nobody else vouches for one yet.
    """
    rows = rows_of(
        select(Account.phone, ResidentQuartier.quartier_id, ResidentQuartier.verified_at)
        .outerjoin(ResidentQuartier, ResidentQuartier.account_id == Account.id)
        .where(Account.id == account_id, Account.disabled_at.is_(None))
    ).all()
    quartiers = {
        row.quartier_id: Proof.CARD if row.verified_at else Proof.PHONE if row.phone else Proof.DECLARED
        for row in rows
        if row.quartier_id is not None
    }
    return Participant(bool(rows), quartiers, age, answered_before)


@dataclass(frozen=True)
class Link:
    """What is linked with a thing. `forward`: the thing is the first of the two."""

    kind: LinkKind
    forward: bool
    other: Thing


def is_linked(
    kind: ThingKind, number: ColumnElement[int] | InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Whether a thing has any link, as a column of the statement that reads the thing: most have none."""
    link = ParticipationLink
    return or_(
        exists().where(link.from_kind == kind.value, link.from_id == number),
        exists().where(link.to_kind == kind.value, link.to_id == number),
    )


def links_of(thing: Thing) -> Sequence[Link]:
    """The links of a thing in both directions, the oldest first; 1 statement."""
    kind, number = thing.kind.value, thing.id
    rows = rows_of(
        select(
            ParticipationLink.from_kind,
            ParticipationLink.from_id,
            ParticipationLink.to_kind,
            ParticipationLink.to_id,
            ParticipationLink.kind,
        )
        .where(
            or_(
                and_(ParticipationLink.from_kind == kind, ParticipationLink.from_id == number),
                and_(ParticipationLink.to_kind == kind, ParticipationLink.to_id == number),
            )
        )
        .order_by(ParticipationLink.id)
    )
    found = []
    for row in rows:
        forward = (row.from_kind, row.from_id) == (kind, number)
        other = (row.to_kind, row.to_id) if forward else (row.from_kind, row.from_id)
        found.append(Link(LinkKind(row.kind), forward, Thing(ThingKind(other[0]), other[1])))
    return found
