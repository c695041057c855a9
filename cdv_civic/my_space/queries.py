"""What « Mon compte » and « Mes données » show."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from cdv_civic.accounts.erasure import GONE
from cdv_civic.accounts.models import NO_PASSWORD, Account, ResidentQuartier
from cdv_civic.accounts.other_ways_in import OtherWay, other_ways
from cdv_civic.accounts.personal_parts import PersonalPart, personal_parts
from cdv_civic.accounts.rules import masked_email, masked_phone
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import NotFound
from cdv_civic.territory.models import Contract, Quartier
from cdv_civic.territory.rules import apart

#: Raised when a name of the export changes its meaning; a new name is no change.
EXPORT_VERSION: Final = 1


@dataclass(frozen=True)
class MyQuartier:
    """A quartier that the person chose."""

    id: int
    slug: str
    name: str
    verified: bool


@dataclass(frozen=True)
class MySpace:
    """What a person sets. Addresses are masked in part: somebody may look over a shoulder."""

    name: str
    minor: bool
    organisation_name: str
    email: str
    phone: str
    password: bool
    others: tuple[tuple[OtherWay, int], ...]


def my_quartiers(account_id: int) -> tuple[MyQuartier, ...]:
    """The quartiers of a person, in the order they were chosen. 1 statement."""
    rows = db.session.execute(
        select(
            Quartier.id,
            Quartier.slug,
            Quartier.name,
            ResidentQuartier.verified_at,
            Contract.period_start,
            Contract.period_end,
        )
        .join(ResidentQuartier, ResidentQuartier.quartier_id == Quartier.id)
        .join(Contract, Contract.id == Quartier.contract_id)
        .where(ResidentQuartier.account_id == account_id)
        .order_by(ResidentQuartier.chosen_at, Quartier.id)
    )
    return tuple(
        MyQuartier(row[0], row[1], apart(row[2], row[4], row[5], clock.today()), row[3] is not None)
        for row in rows
    )


def my_space(account_id: int) -> MySpace:
    """Who somebody is and how they sign in. 1 statement, and one for each other way in. Raises `NotFound`."""
    account = db.session.execute(
        select(Account)
        .where(Account.id == account_id, Account.disabled_at.is_(None))
        .execution_options(populate_existing=True)
    ).scalar()
    if account is None:
        raise NotFound(GONE)
    return MySpace(
        name=account.name,
        minor=account.minor,
        organisation_name=account.organisation_name,
        email=masked_email(account.email or ""),
        phone=masked_phone(account.phone or ""),
        password=account.password_hash != NO_PASSWORD,
        others=tuple(other_ways(db.session(), account_id).items()),
    )


@dataclass(frozen=True)
class PartRows:
    """One part of « Mes données », as the feature that keeps it gives it."""

    part: PersonalPart
    rows: Sequence[Mapping[str, object]]


def my_data(account_id: int) -> tuple[PartRows, ...]:
    """All that is kept about a person. As many statements as the parts have, however many rows."""
    session = db.session()
    return tuple(PartRows(part, part.read(session, account_id)) for part in personal_parts())


def my_export(account_id: int, *, site: str) -> str:
    """All that is kept about a person, as JSON for programs: names that do not change, days and moments in ISO 8601."""
    session = db.session()
    content: dict[str, object] = {
        "format": "cdv_civic/my-data",
        "version": EXPORT_VERSION,
        "site": site,
        "exported_at": clock.now(),
        "parts": {part.key: _plain(part.read(session, account_id)) for part in personal_parts()},
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=_iso)


def _plain(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    return [dict(row) for row in rows]


def _iso(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"a part of the personal data gives a {type(value).__name__}")
