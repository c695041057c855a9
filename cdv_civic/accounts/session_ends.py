"""How sessions end: their rows go, whatever the cookies of those browsers still hold."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import AccountSession
from cdv_civic.accounts.rules import (
    IDLE,
    IDLE_PASSWORD,
    IDLE_SHARED,
    OLDEST,
    OLDEST_PASSWORD,
    OLDEST_SHARED,
    WITHOUT_PASSWORD,
)
from cdv_civic.core import clock
from cdv_civic.core.db import transaction


def end_session(session: Session, account_id: int, session_id: int) -> None:
    """Sign one browser of an account out, within the caller's transaction."""
    session.execute(
        delete(AccountSession).where(AccountSession.id == session_id, AccountSession.account_id == account_id)
    )


def end_sessions(session: Session, *account_ids: int, but: int | None = None) -> int:
    """Sign all browsers of accounts out (but one), within the caller's transaction; how many."""
    theirs = AccountSession.account_id.in_(account_ids)
    return delete_sessions(session, theirs if but is None else and_(theirs, AccountSession.id != but))


def delete_sessions(session: Session, which: ColumnElement[bool]) -> int:
    """Delete the rows of sessions within the caller's transaction; how many. Locked in the order of their ids."""
    ids = select(AccountSession.id).where(which).order_by(AccountSession.id).with_for_update(key_share=True)
    gone = session.execute(
        delete(AccountSession)
        .where(AccountSession.id.in_(ids.correlate(None)))
        .execution_options(synchronize_session=False)
    )
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count


def _left(now: datetime, idle: timedelta, longest: timedelta) -> ColumnElement[bool]:
    return or_(AccountSession.seen_at < now - idle, AccountSession.opened_at < now - longest)


def forget_idle_sessions() -> int:
    """Delete the rows of sessions that ended by themselves; how many. A job."""
    now = clock.now()
    by_password = AccountSession.way.not_in(sorted(WITHOUT_PASSWORD))
    with transaction() as session:
        return delete_sessions(
            session,
            or_(
                _left(now, IDLE, OLDEST),
                by_password & _left(now, IDLE_PASSWORD, OLDEST_PASSWORD),
                AccountSession.shared & _left(now, IDLE_SHARED, OLDEST_SHARED),
            ),
        )
