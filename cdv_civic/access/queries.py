"""The accounts of the site, as the desk lists them."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cdv_civic.core.db import db
from cdv_civic.core.policy import Role
from cdv_civic.people.models import NO_PASSWORD, Account
from cdv_civic.territory.models import Contract


class Standing(StrEnum):
    """What an account is good for today."""

    OPEN = "open"
    INVITED = "invited"
    CLOSED = "closed"


@dataclass(frozen=True)
class AccountRow:
    """One account. `contracts` holds slugs; None is the whole site."""

    id: int
    email: str
    name: str
    organisation_name: str
    standing: Standing
    administrator: bool
    contracts: tuple[str, ...] | None


def _standing(account: Account) -> Standing:
    if account.disabled_at is not None:
        return Standing.CLOSED
    return Standing.INVITED if account.password_hash == NO_PASSWORD else Standing.OPEN


def accounts() -> list[AccountRow]:
    """All accounts, closed ones last. 3 statements."""
    slugs: dict[int, str] = {row[0]: row[1] for row in db.session.execute(select(Contract.id, Contract.slug))}
    found = db.session.execute(
        select(Account)
        .options(selectinload(Account.role_grants))
        .order_by(Account.disabled_at.is_not(None), Account.email)
    ).scalars()
    rows = []
    for account in found:
        ids = {grant.contract_id for grant in account.role_grants}
        named = tuple(sorted(slugs.get(each, "?") for each in ids if each is not None))
        rows.append(
            AccountRow(
                account.id,
                account.email or "",
                account.name,
                account.organisation_name,
                _standing(account),
                any(grant.role == Role.ADMINISTRATOR for grant in account.role_grants),
                None if None in ids else named,
            )
        )
    return rows


def contract_choices() -> list[str]:
    """Slugs of the contracts that an account may be for. 1 statement."""
    return list(db.session.execute(select(Contract.slug).order_by(Contract.slug)).scalars())
