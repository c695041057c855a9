"""The second factor of an account, as pages and other ways in ask for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from cdv_civic.accounts.models import Account, RecoveryCode, SecondFactor
from cdv_civic.core.db import db
from cdv_civic.core.policy.decisions import needs_factor
from cdv_civic.core.policy.model import Role
from cdv_civic.core.settings import current_settings


@dataclass(frozen=True)
class FactorState:
    """What an account has beside its password."""

    #: When the authenticator app was set up; None where there is none.
    since: datetime | None
    codes_left: int

    @property
    def on(self) -> bool:
        """Whether the account asks for a code."""
        return self.since is not None


def factor_state(account_id: int) -> FactorState:
    """The second factor of an account. 2 statements."""
    since = db.session.execute(
        select(SecondFactor.confirmed_at).where(SecondFactor.account_id == account_id)
    ).scalar()
    left = db.session.execute(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    ).scalar_one()
    return FactorState(since, left)


def name_of(account_id: int) -> str | None:
    """What somebody is called on the page that forgets their authenticator app; None: it is gone. 1 statement."""
    row = db.session.execute(select(Account.name, Account.email).where(Account.id == account_id)).first()
    return None if row is None else row.name or row.email or ""


def has_factor(account_id: int) -> bool:
    """Whether an account asks for a code after the password. 1 statement."""
    return db.session.get(SecondFactor, account_id, populate_existing=True) is not None


def must_have(roles: frozenset[Role]) -> bool:
    """Whether who holds these roles must have a second factor on this site."""
    settings = current_settings()
    return needs_factor(roles, moderators=settings.second_factor_moderators)
