"""What an act on a fund touches, and which funds lie within reach of somebody."""

from collections.abc import Mapping
from typing import Final, Protocol

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from cdv_civic.core.policy.model import Location, Reach, Touched
from cdv_civic.fund.models.funds import Fund, fund_quartier
from cdv_civic.territory.models import Contract, Quartier, body_quartier, quartier_commune
from cdv_civic.territory.scopes import places_of

#: What whoever runs a fund may do: its rules, rounds and envelopes; its commission and its decisions.
EDIT: Final = "fund.edit"
#: Look at projects that came in, and say whether they can be chosen; notify, pay, take reviews.
INSTRUCT: Final = "project.instruct"
#: Write a project for somebody.
ENTER: Final = "project.enter"
#: Give the opinion of a body; read what it is asked about.
GIVE_OPINION: Final = "opinion.give"
READ_FOR_OPINION: Final = "opinion.read"
#: Sit in a commission, by an account.
SIT: Final = "jury.sit"


class KeptFund(Protocol):
    """A fund, or what a page or a form knows of one."""

    @property
    def contract_id(self) -> int:
        """Its contract."""

    @property
    def commune_id(self) -> int | None:
        """The commune that it is for."""

    @property
    def owner_id(self) -> int | None:
        """The organisation whose money it is."""


def contract_slug(session: Session, contract_id: int) -> str:
    """The name of a contract, as the audit trail and cache tags give it; 1 statement."""
    return session.execute(select(Contract.slug).where(Contract.id == contract_id)).scalar_one()


def touched_fund(fund: KeptFund) -> Touched:
    """What a fund touches: its commune or the contract, and its owner, whose contacts run it too."""
    return Touched(
        contract=fund.contract_id,
        places=(Location(frozenset({fund.commune_id})),) if fund.commune_id is not None else (),
        organisations=frozenset({fund.owner_id} if fund.owner_id is not None else ()),
    )


def funds_within(reach: Reach) -> ColumnElement[bool]:
    """The condition that a `Fund` lies within reach: the same as `touched_fund` says of one."""
    if reach.everywhere:
        return true()
    return or_(
        Fund.contract_id.in_(sorted(reach.contracts)),
        Fund.commune_id.in_(sorted(reach.communes)),
        Fund.owner_id.in_(sorted(reach.organisations)),
    )


def quartiers_of_fund() -> ColumnElement[bool]:
    """The condition that a `Quartier` is one that a `Fund` is for: those that it names; naming none, those of its
    commune or its contract."""
    own = select(fund_quartier.c.quartier_id).where(fund_quartier.c.fund_id == Fund.id)
    lies = quartier_commune.c
    return and_(
        Quartier.contract_id == Fund.contract_id,
        Quartier.retired_at.is_(None),
        or_(
            Quartier.id.in_(own),
            and_(
                ~exists(own),
                or_(
                    Fund.commune_id.is_(None),
                    exists(select(lies.quartier_id)).where(
                        lies.quartier_id == Quartier.id, lies.commune_id == Fund.commune_id
                    ),
                ),
            ),
        ),
    )


def touched_by_entering(session: Session, fund: KeptFund, fund_id: int) -> Touched:
    """What a project that somebody writes for another person touches: any quartier of the fund, with its bodies.

    Whoever works in one of them (a relais, a member of a body there) writes for the people there. 3 statements.
    """
    return touched_by_entering_in(session, {fund_id: fund})[fund_id]


def touched_by_entering_in(session: Session, funds: Mapping[int, KeptFund]) -> Mapping[int, Touched]:
    """The same of several funds, by id; 3 statements, however many."""
    quartiers: dict[int, set[int]] = {each: set() for each in funds}
    for fund_id, quartier_id in session.execute(
        select(Fund.id, Quartier.id).join(Quartier, quartiers_of_fund()).where(Fund.id.in_(sorted(funds)))
    ):
        quartiers[fund_id].add(quartier_id)
    everywhere = sorted({each for found in quartiers.values() for each in found})
    places = places_of(session, everywhere)
    bodies: dict[int, set[int]] = {each: set() for each in everywhere}
    here = body_quartier.c
    for quartier_id, body_id in session.execute(
        select(here.quartier_id, here.body_id).where(here.quartier_id.in_(everywhere))
    ):
        bodies[quartier_id].add(body_id)
    return {
        fund_id: Touched(
            contract=fund.contract_id,
            places=(
                Location(
                    frozenset(commune for each in quartiers[fund_id] for commune in places[each].communes)
                    | ({fund.commune_id} if fund.commune_id is not None else set()),
                    frozenset(quartiers[fund_id]),
                ),
            ),
            bodies=frozenset(body for each in quartiers[fund_id] for body in bodies[each]),
            organisations=frozenset({fund.owner_id} if fund.owner_id is not None else ()),
        )
        for fund_id, fund in funds.items()
    }
