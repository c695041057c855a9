"""Lock accounts before what hangs on them: see `core.db.transaction` for the whole order."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account


def lock_accounts(session: Session, which: ColumnElement[bool]) -> Sequence[Account]:
    """Accounts, their rows locked until the caller's transaction ends, in the order of their ids.

    An act that needs several asks for all of them at once: one after the other they would be locked in a circle.
    """
    return (
        session.execute(
            select(Account)
            .where(which)
            .order_by(Account.id)
            .with_for_update(of=Account, key_share=True)
            .execution_options(populate_existing=True)
        )
        .scalars()
        .all()
    )
