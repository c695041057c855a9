"""What is known of the links between accounts and another service."""

from collections.abc import Sequence

from sqlalchemy import select

from cdv_civic.accounts.models import Account, AccountIdentity
from cdv_civic.core.db import db


def never_came(account_id: int) -> bool:
    """Whether nobody has opened an account yet. 1 statement."""
    seen = db.session.execute(select(Account.last_seen_on).where(Account.id == account_id)).scalar()
    return seen is None


def identities_of(account_id: int) -> Sequence[AccountIdentity]:
    """The links of an account to other services. 1 statement."""
    return (
        db.session.execute(
            select(AccountIdentity)
            .where(AccountIdentity.account_id == account_id)
            .order_by(AccountIdentity.id)
        )
        .scalars()
        .all()
    )
