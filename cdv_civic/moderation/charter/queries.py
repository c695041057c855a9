"""What pages of charters read: of a body, or of the staff of a contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, null, select
from sqlalchemy.orm import aliased

from cdv_civic.accounts.invitations import in_force
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.policy.model import Reach, Role
from cdv_civic.moderation.models import Charter, CharterPrinciple
from cdv_civic.moderation.rules.decisions import READ_WITHIN_HOURS
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.scopes import bodies_within, contracts_within
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS

_Named = aliased(Body, name="named")


@dataclass(frozen=True)
class CharterFacts:
    """A charter; of a body that has none, how its texts are read until it has."""

    contract_id: int
    contract: str
    contract_title: str
    body_id: int | None
    body_slug: str | None
    body: str | None
    #: How many people moderate for the body; of the staff nobody counts them.
    moderators: int
    read_before: bool
    read_within_hours: int
    appeals_body_id: int | None
    appeals_body: str | None
    published_at: datetime | None
    #: 0: nothing is written yet.
    version: int
    #: By id, in their order.
    principles: dict[int, Words]


def _moderators() -> Any:
    return (
        select(func.count(RoleGrant.account_id.distinct()))
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.body_id == Body.id,
            RoleGrant.role == Role.MODERATOR.value,
            in_force(clock.now()),
            Account.disabled_at.is_(None),
        )
        .scalar_subquery()
    )


def _charter(statement: Any, language: str) -> CharterFacts | None:
    row = db.session.execute(statement).first()
    if row is None:
        return None
    return CharterFacts(
        row.contract_id,
        row.contract,
        row.contract_title,
        row.body_id,
        row.body_slug,
        row.body,
        row.moderators or 0,
        True if row.read_before is None else row.read_before,
        READ_WITHIN_HOURS if row.read_within_hours is None else row.read_within_hours,
        row.appeals_body_id,
        row.appeals_body,
        row.published_at,
        row.version or 0,
        principles_in_force(row.contract_id, row.body_id, language),
    )


_CHARTER: tuple[Any, ...] = (
    Contract.id.label("contract_id"),
    Contract.slug.label("contract"),
    Contract.short_title.label("contract_title"),
    Charter.read_before,
    Charter.read_within_hours,
    Charter.appeals_body_id,
    Charter.published_at,
    Charter.version,
    _Named.name.label("appeals_body"),
)


def charter_of_body(which: ColumnElement[bool], language: str) -> CharterFacts | None:
    """The charter of the body that residents sit in and that a condition finds; 2 statements."""
    body = (Body.id.label("body_id"), Body.slug.label("body_slug"), Body.name.label("body"))
    statement = (
        select(*_CHARTER, *body, _moderators().label("moderators"))
        .select_from(Body)
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(Charter, Charter.body_id == Body.id)
        .outerjoin(_Named, _Named.id == Charter.appeals_body_id)
        .where(which, Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)))
    )
    return _charter(statement, language)


def charter_of_staff(which: ColumnElement[bool], language: str) -> CharterFacts | None:
    """The charter of the staff of the contract that a condition finds; 2 statements."""
    none: tuple[Any, ...] = (
        null().label("body_id"),
        null().label("body_slug"),
        null().label("body"),
        null().label("moderators"),
    )
    statement = (
        select(*_CHARTER, *none)
        .select_from(Contract)
        .outerjoin(Charter, and_(Charter.contract_id == Contract.id, Charter.body_id.is_(None)))
        .outerjoin(_Named, _Named.id == Charter.appeals_body_id)
        .where(which)
    )
    return _charter(statement, language)


def named(contract: str, slug: str) -> ColumnElement[bool]:
    """The condition that a body is the one of an address."""
    return and_(Contract.slug == contract, Body.slug == slug)


@dataclass(frozen=True)
class CharterRow:
    """A charter in the list of those that somebody may write."""

    contract_id: int
    body_id: int | None
    name: str
    #: Whose contract a body is of, as people call it.
    contract: str
    published_at: datetime | None


def charters_within(reach: Reach) -> Sequence[CharterRow]:
    """The charters that somebody may write, written or not: of contracts, then of bodies; 2 statements."""
    of_staff = (
        select(Contract.id, Contract.short_title, Charter.published_at)
        .outerjoin(Charter, and_(Charter.contract_id == Contract.id, Charter.body_id.is_(None)))
        .where(contracts_within(reach))
        .order_by(Contract.short_title)
    )
    of_bodies = (
        select(
            Body.contract_id,
            Body.id,
            Body.name,
            Contract.short_title.label("contract"),
            Charter.published_at,
        )
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(Charter, Charter.body_id == Body.id)
        .where(bodies_within(reach), Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)), Body.retired_at.is_(None))
        .order_by(Body.name, Body.id)
    )
    return [
        *(
            CharterRow(row.id, None, row.short_title, row.short_title, row.published_at)
            for row in db.session.execute(of_staff)
        ),
        *(
            CharterRow(row.contract_id, row.id, row.name, row.contract, row.published_at)
            for row in db.session.execute(of_bodies)
        ),
    ]


def bodies_to_answer(contract_id: int, body_id: int) -> Sequence[tuple[int, str]]:
    """The other bodies of a contract, whose moderators may answer appeals; 1 statement."""
    rows = db.session.execute(
        select(Body.id, Body.name)
        .where(
            Body.contract_id == contract_id,
            Body.id != body_id,
            Body.kind.in_(sorted(RESIDENTS_BODY_KINDS)),
            Body.retired_at.is_(None),
        )
        .order_by(Body.name, Body.id)
    )
    return [(row.id, row.name) for row in rows]


def principles_in_force(contract_id: int, body_id: int | None, language: str) -> dict[int, Words]:
    """The articles of a charter, published or not, in their order; 1 statement."""
    principle = Localized("principle", CharterPrinciple.text_id, language)
    statement = principle.join(
        select(CharterPrinciple.id, *principle.columns)
        .select_from(CharterPrinciple)
        .join(Charter, Charter.id == CharterPrinciple.charter_id)
    ).where(
        Charter.contract_id == contract_id,
        Charter.body_id.is_(None) if body_id is None else Charter.body_id == body_id,
        CharterPrinciple.retired_at.is_(None),
    )
    rows = db.session.execute(statement.order_by(CharterPrinciple.position, CharterPrinciple.id))
    return {row.id: principle.words(row) for row in rows}
