"""Say how many seats each collège has."""

from collections.abc import Mapping

from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.seats.models import CollegeSeats
from cdv_civic.seats.operations.locking import (
    lock_residents_body,
)
from cdv_civic.seats.rules import (
    COLLEGES,
    MOST_SEATS,
)
from cdv_civic.territory.cache_tags import contract_tag


def set_numbers(actor: Actor, body_id: int, numbers: Mapping[str, int | None]) -> None:
    """Say how many seats each collège has; None: not said. Raises `NotFound`, `Forbidden`, `DomainError`."""
    with Refusals() as refused:
        for college, number in numbers.items():
            if college not in COLLEGES or (number is not None and not 0 <= number <= MOST_SEATS):
                refused.add(
                    DomainError(
                        _l("Écrivez un nombre de 0 à %(most)s, ou laissez vide.", most=MOST_SEATS),
                        field=f"number_{college}",
                    )
                )
    with transaction() as session:
        contract = lock_residents_body(session, actor, "seat.edit", body_id)
        raise_tags(session, contract_tag(contract))
        for college, number in numbers.items():
            row = session.get(CollegeSeats, (body_id, college), populate_existing=True)
            if number is None:
                if row is not None:
                    session.delete(row)
            elif row is None:
                session.add(CollegeSeats(body_id=body_id, college=college, number=number))
            else:
                row.number = number
        record(session, actor, "seat.edit", "body", body_id, scope=contract, after={"numbers": dict(numbers)})
