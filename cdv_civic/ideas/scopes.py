"""What an act on a box of ideas touches, and which boxes lie within reach of somebody."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from cdv_civic.core.policy.model import Location, Reach, Touched
from cdv_civic.ideas.models import IdeaBox, idea_box_quartier
from cdv_civic.moderation.operations.entering import ModeratedBy
from cdv_civic.territory.models import (
    Body,
    Contract,
    Quartier,
    body_commune,
    body_quartier,
    quartier_commune,
)
from cdv_civic.territory.scopes import bodies_within, in_contract, places_of, touched_body

#: What whoever keeps a box may do.
ACTION = "idea.group"
#: What whoever types in for others may do.
ENTER = "idea.enter"


class Kept(Protocol):
    """A box, or what a page or a form knows of one."""

    @property
    def contract_id(self) -> int:
        """Its contract."""

    @property
    def body_id(self) -> int | None:
        """The body that keeps it."""

    @property
    def commune_id(self) -> int | None:
        """The commune that keeps it."""


class KeptBox(Kept, Protocol):
    """A box that is there."""

    @property
    def id(self) -> int:
        """Its id."""


def contract_slug(session: Session, contract_id: int) -> str:
    """The name of a contract, as the audit trail and cache tags give it; 1 statement."""
    return session.execute(select(Contract.slug).where(Contract.id == contract_id)).scalar_one()


def touched_box(session: Session, box: Kept) -> Touched:
    """What a box touches: its body, its commune, or the contract. 2 statements at most."""
    if box.body_id is not None:
        return touched_body(session, box.body_id)
    if box.commune_id is not None:
        return Touched(contract=box.contract_id, places=(Location(frozenset({box.commune_id})),))
    return in_contract(box.contract_id)


def quartiers_of_its_own() -> ColumnElement[bool]:
    """The condition that a `Quartier` is one that an `IdeaBox` is for: those that it names; naming none, those of its
    body, its commune or its contract."""
    own = select(idea_box_quartier.c.quartier_id).where(idea_box_quartier.c.idea_box_id == IdeaBox.id)
    lies, of_body = quartier_commune.c, body_quartier.c
    its_quartiers = select(of_body.quartier_id).where(of_body.body_id == IdeaBox.body_id)
    return and_(
        Quartier.contract_id == IdeaBox.contract_id,
        Quartier.retired_at.is_(None),
        or_(
            Quartier.id.in_(own),
            and_(
                ~exists(own),
                or_(
                    and_(IdeaBox.body_id.is_(None), IdeaBox.commune_id.is_(None)),
                    Quartier.id.in_(select(lies.quartier_id).where(lies.commune_id == IdeaBox.commune_id)),
                    Quartier.id.in_(its_quartiers),
                    and_(
                        ~exists(its_quartiers),
                        Quartier.id.in_(
                            select(lies.quartier_id)
                            .join(body_commune, body_commune.c.commune_id == lies.commune_id)
                            .where(body_commune.c.body_id == IdeaBox.body_id)
                        ),
                    ),
                ),
            ),
        ),
    )


def touched_by_entering(session: Session, box: KeptBox) -> Touched:
    """What an idea that somebody types in touches: any quartier of the box, or who keeps it. 4 statements.

    Whoever works in one of the quartiers (a relais, a member of a body there) writes down what people say there, also
    where the box is for others that they do not work in.
    """
    return touched_by_entering_in(session, [box])[box.id]


def touched_by_entering_in(session: Session, boxes: Sequence[KeptBox]) -> Mapping[int, Touched]:
    """The same of several boxes, by id; 4 statements, however many."""
    quartiers: dict[int, set[int]] = {box.id: set() for box in boxes}
    for box_id, quartier_id in session.execute(
        select(IdeaBox.id, Quartier.id)
        .join(Quartier, quartiers_of_its_own())
        .where(IdeaBox.id.in_(sorted(quartiers)))
    ):
        quartiers[box_id].add(quartier_id)
    everywhere = sorted({each for found in quartiers.values() for each in found})
    places = places_of(session, everywhere)
    here, whole = body_quartier.c, body_commune.c
    bodies: dict[int, set[int]] = {each: set() for each in everywhere}
    for quartier_id, body_id in session.execute(
        select(here.quartier_id, here.body_id).where(here.quartier_id.in_(everywhere))
    ):
        bodies[quartier_id].add(body_id)
    keepers = {box.body_id for box in boxes if box.body_id is not None}
    communes: dict[int, set[int]] = {each: set() for each in keepers}
    for body_id, commune_id in session.execute(
        select(whole.body_id, whole.commune_id).where(whole.body_id.in_(sorted(keepers)))
    ):
        communes[body_id].add(commune_id)
    return {
        box.id: Touched(
            contract=box.contract_id,
            places=(
                Location(
                    frozenset(commune for each in quartiers[box.id] for commune in places[each].communes)
                    | ({box.commune_id} if box.commune_id is not None else set())
                    | (communes[box.body_id] if box.body_id is not None else set()),
                    frozenset(quartiers[box.id]),
                ),
            ),
            bodies=frozenset(body for each in quartiers[box.id] for body in bodies[each])
            | ({box.body_id} if box.body_id is not None else set()),
        )
        for box in boxes
    }


def moderated_by(box: Kept) -> ModeratedBy:
    """Whose moderators read what is put in a box."""
    return ModeratedBy(box.contract_id, box.body_id, box.commune_id)


def boxes_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that an `IdeaBox` lies within reach: the same as `touched_box` says of one."""
    if reach.everywhere:
        return true()
    found: list[ColumnElement[bool]] = [
        IdeaBox.contract_id.in_(sorted(reach.contracts)),
        IdeaBox.body_id.in_(select(Body.id).where(bodies_within(reach))),
    ]
    if reach.communes:
        found.append(and_(IdeaBox.body_id.is_(None), IdeaBox.commune_id.in_(sorted(reach.communes))))
    return or_(*found)
