"""Where somebody moderates: bodies, and the texts of a contract that staff reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select

from cdv_civic.accounts.reach import bodies_worked_for
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.policy.model import Reach
from cdv_civic.moderation.models import ModeratedText, ModerationReport
from cdv_civic.moderation.queries.queue import of_staff
from cdv_civic.moderation.rules.decisions import OPEN_STATES
from cdv_civic.territory.models import Body, Contract, ContractCommune


@dataclass(frozen=True)
class ModeratedPlace:
    """A body, or (with none) what staff reads in a contract."""

    contract_id: int
    contract: str
    body_id: int | None
    #: The body's name, or the contract's title.
    name: str
    waiting: int = 0
    late: int = 0


def moderated_body(body_id: int) -> ModeratedPlace | None:
    """A body; 1 statement."""
    row = rows_of(
        select(Body.contract_id, Contract.slug, Body.name)
        .join(Contract, Contract.id == Body.contract_id)
        .where(Body.id == body_id)
    ).one_or_none()
    return None if row is None else ModeratedPlace(row.contract_id, row.slug, body_id, row.name)


def staff_place(contract_id: int, reach: Reach) -> ModeratedPlace | None:
    """A contract, where something that staff reads in it is within reach; 1 statement."""
    row = rows_of(
        select(
            Contract.slug,
            Contract.short_title,
            exists()
            .where(
                ContractCommune.contract_id == Contract.id,
                ContractCommune.commune_id.in_(sorted(reach.communes)),
            )
            .label("commune_within"),
        ).where(Contract.id == contract_id)
    ).one_or_none()
    if row is None or not (reach.everywhere or contract_id in reach.contracts or row.commune_within):
        return None
    return ModeratedPlace(contract_id, row.slug, None, row.short_title)


def moderated_places(bodies: Reach, staff: Reach) -> list[ModeratedPlace]:
    """Where somebody moderates, what is late first: their own bodies, and where anything waits. 2 statements.

    `bodies`: their reach by `text.moderate`; `staff`: by `text.moderate_for_staff`.
    """
    waiting = _waiting(bodies, staff)
    named: Any = (
        select(Body.id, Body.name, Body.contract_id, Contract.slug, Contract.short_title)
        .select_from(Contract)
        .outerjoin(Body, and_(Body.contract_id == Contract.id, Body.id.in_(_bodies(waiting, bodies))))
        .where(
            or_(
                Contract.id.in_(sorted({contract for contract, _ in waiting} | staff.contracts)),
                Body.id.is_not(None),
            )
        )
        .add_columns(Contract.id.label("contract"))
        .order_by(Contract.id, Body.position, Body.id)
    )
    found: dict[tuple[int, int | None], ModeratedPlace] = {}
    for row in rows_of(named):
        if row.id is not None:
            key: tuple[int, int | None] = (row.contract, row.id)
            found[key] = ModeratedPlace(row.contract, row.slug, row.id, row.name, *waiting.get(key, (0, 0)))
        staffs = (row.contract, None)
        if staffs not in found and (staffs in waiting or row.contract in staff.contracts):
            found[staffs] = ModeratedPlace(
                row.contract, row.slug, None, row.short_title, *waiting.get(staffs, (0, 0))
            )
    return sorted(found.values(), key=lambda place: (-place.late, -place.waiting))


def _bodies(waiting: Mapping[tuple[int, int | None], Any], reach: Reach) -> list[int]:
    return sorted({body for _, body in waiting if body is not None} | reach.bodies)


def _waiting(bodies: Reach, staff: Reach) -> dict[tuple[int, int | None], tuple[int, int]]:
    """How much waits and how much of it is late, by contract and body; 1 statement."""
    due = (
        select(func.min(ModerationReport.due_at))
        .where(ModerationReport.text_id == ModeratedText.id, ModerationReport.decided_at.is_(None))
        .scalar_subquery()
    )
    waits = ModeratedText.state.in_(sorted(OPEN_STATES))
    now = clock.now()
    late = or_(and_(waits, ModeratedText.due_at < now), due < now)
    rows = rows_of(
        select(
            ModeratedText.contract_id,
            ModeratedText.body_id,
            func.count().label("waiting"),
            func.sum(case((late, 1), else_=0)).label("late"),
        )
        .outerjoin(Body, Body.id == ModeratedText.body_id)
        .where(
            or_(waits, due.is_not(None)),
            or_(and_(Body.id.is_not(None), bodies_worked_for(bodies)), of_staff(staff)),
        )
        .group_by(ModeratedText.contract_id, ModeratedText.body_id)
    )
    return {(row.contract_id, row.body_id): (row.waiting, int(row.late)) for row in rows}
