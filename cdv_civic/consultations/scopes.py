"""What an act on a consultation touches, for the rights of whoever does it and for the audit trail."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation, consultation_quartier
from cdv_civic.core.policy.model import Location, Reach, Touched
from cdv_civic.territory.models import Body, Contract, Quartier, body_quartier
from cdv_civic.territory.scopes import bodies_within, places_of, quartiers_within, touched_body


def contract_slug(session: Session, contract_id: int) -> str:
    """The name of a contract, as the audit trail and cache tags give it; 1 statement."""
    return session.execute(select(Contract.slug).where(Contract.id == contract_id)).scalar_one()


def touched_by(
    session: Session,
    contract_id: int,
    quartier_ids: Iterable[int],
    *,
    body_id: int | None = None,
    commune_id: int | None = None,
) -> Touched:
    """What a consultation of an organiser in some quartiers touches.

    One of a body is that body’s: its moderators and the staff of its places make it. One of a commune is made by its
    staff alone, without the intercommunality, also in a quartier that it shares. One of the contract’s team touches
    all its quartiers. 2 statements at most.
    """
    if body_id is not None:
        return touched_body(session, body_id)
    if commune_id is not None:
        return Touched(contract=contract_id, places=(Location(frozenset({commune_id})),))
    return Touched(contract=contract_id, places=tuple(places_of(session, quartier_ids).values()))


class Organised(Protocol):
    """A consultation, or what a page knows of one: its id, and who asks."""

    @property
    def id(self) -> int:
        """Its id."""

    @property
    def contract_id(self) -> int:
        """Its contract."""

    @property
    def body_id(self) -> int | None:
        """The body that asks."""

    @property
    def commune_id(self) -> int | None:
        """The commune that asks."""


def touched_consultation(session: Session, row: Organised) -> Touched:
    """What a consultation touches; 3 statements at most."""
    quartiers: Iterable[int] = ()
    if row.body_id is None and row.commune_id is None:
        links = consultation_quartier.c
        quartiers = session.execute(
            select(links.quartier_id).where(links.consultation_id == row.id)
        ).scalars()
    return touched_by(session, row.contract_id, quartiers, body_id=row.body_id, commune_id=row.commune_id)


def touched_by_answers(session: Session, row: Consultation) -> Touched:
    """What answers to a consultation touch: any of its quartiers, or its organiser.

    Whoever works in one of the quartiers (a relais, a member of a body there) enters what people say there, also where
    the consultation is asked in others that they do not work in. 3 statements.
    """
    return touched_by_answers_to(session, [row])[row.id]


def touched_by_answers_to(session: Session, rows: Sequence[Consultation]) -> Mapping[int, Touched]:
    """The same of several consultations, by id; 3 statements, however many."""
    links, here = consultation_quartier.c, body_quartier.c
    quartiers: dict[int, set[int]] = {row.id: set() for row in rows}
    for consultation_id, quartier_id in session.execute(
        select(links.consultation_id, links.quartier_id).where(links.consultation_id.in_(sorted(quartiers)))
    ):
        quartiers[consultation_id].add(quartier_id)
    everywhere = sorted({each for asked in quartiers.values() for each in asked})
    places = places_of(session, everywhere)
    bodies: dict[int, set[int]] = {each: set() for each in everywhere}
    for quartier_id, body_id in session.execute(
        select(here.quartier_id, here.body_id).where(here.quartier_id.in_(everywhere))
    ):
        bodies[quartier_id].add(body_id)
    return {
        row.id: Touched(
            contract=row.contract_id,
            places=(
                Location(
                    frozenset(commune for each in quartiers[row.id] for commune in places[each].communes)
                    | ({row.commune_id} if row.commune_id is not None else set()),
                    frozenset(quartiers[row.id]),
                ),
            ),
            bodies=frozenset(body for each in quartiers[row.id] for body in bodies[each])
            | ({row.body_id} if row.body_id is not None else set()),
        )
        for row in rows
    }


def consultations_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that a `Consultation` lies within reach: the same as `touched_consultation` says of one."""
    if reach.everywhere:
        return true()
    of_team = and_(Consultation.body_id.is_(None), Consultation.commune_id.is_(None))
    found: list[ColumnElement[bool]] = [
        Consultation.contract_id.in_(sorted(reach.contracts)),
        Consultation.body_id.in_(select(Body.id).where(bodies_within(reach))),
    ]
    if reach.communes:
        found.append(Consultation.commune_id.in_(sorted(reach.communes)))
    if reach.communes or reach.quartiers:
        here = quartiers_within(Reach(communes=reach.communes, quartiers=reach.quartiers))
        links = consultation_quartier.c
        asked = select(links.quartier_id).where(links.consultation_id == Consultation.id)
        elsewhere = asked.where(links.quartier_id.not_in(select(Quartier.id).where(here)))
        found.append(and_(of_team, asked.exists(), ~elsewhere.exists()))
    return or_(*found)
