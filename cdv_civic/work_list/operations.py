"""Choosing how often a mail sums one's work up, and writing those mails."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.invitations import in_force
from cdv_civic.accounts.locking import lock_accounts
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.sessions import account_who_acts
from cdv_civic.core import background, clock, ledger
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.core.work_sources import work_of
from cdv_civic.work_list.letters import write_digest
from cdv_civic.work_list.models import WorkDigest, WorkReminder
from cdv_civic.work_list.rules import USUAL_PERIOD, Period, digest_day

#: The line of the ledger about what somebody chose last; its code is the period.
CHOSEN: Final = "work_reminder.chosen"
#: A day that was looked at is known for so long; no mail is written for an older one.
KEPT_FOR: Final = timedelta(days=35)
#: Accounts that are looked up at once.
_BATCH: Final = 200


def mail_address(session: Session, account_id: int) -> str | None:
    """Where mails to a person go; 1 statement."""
    return session.execute(select(Account.email).where(Account.id == account_id)).scalar()


def choose_period(actor: Actor, period: Period) -> None:
    """Say how often one wants a mail about one's work; the same again changes nothing.

    Raises `Forbidden`, `TooManyAttempts`.
    """
    require(actor, "work.read")
    if period is not Period.NEVER:
        limits.count_choice(f"account:{actor.actor_id}")
    with transaction() as session:
        for account in lock_accounts(session, Account.id == actor.actor_id):
            if put_period(session, account.id, period):
                ledger.note(session, CHOSEN, account.id, born=account.created_at, code=period.value)


def put_period(session: Session, account_id: int, period: Period) -> bool:
    """Keep a choice, within the caller's transaction, which holds the account; False where it stands already."""
    row = session.get(WorkReminder, account_id, populate_existing=True)
    if row is None:
        row = WorkReminder(account_id=account_id)
        session.add(row)
    elif row.period == period.value:
        return False
    row.period, row.chosen_at = period.value, clock.now()
    session.flush()
    return True


def _days() -> dict[Period, date]:
    """The periods whose mails may leave now, with the day that names them."""
    now = clock.now().astimezone(clock.zone())
    found = {period: digest_day(period, now) for period in Period}
    return {period: day for period, day in found.items() if day is not None}


def _wants(days: dict[Period, date]) -> ColumnElement[bool]:
    """The condition that an account works here, can be written to, and was not looked at for the mail of today."""
    works = exists().where(RoleGrant.account_id == Account.id, in_force(clock.now()))
    period = func.coalesce(
        select(WorkReminder.period).where(WorkReminder.account_id == Account.id).scalar_subquery(),
        USUAL_PERIOD.value,
    )
    return and_(
        works,
        Account.email.is_not(None),
        Account.disabled_at.is_(None),
        or_(
            *(
                and_(
                    period == each.value,
                    ~exists().where(WorkDigest.account_id == Account.id, WorkDigest.day == day),
                )
                for each, day in days.items()
            )
        ),
    )


def digests_wanted() -> bool:
    """Whether somebody may be written to now; 1 statement by day, none by night."""
    days = _days()
    if not days or not current_settings().mails:
        return False
    return db.session.execute(select(Account.id).where(_wants(days)).limit(1)).first() is not None


def send_digests() -> int:
    """Write the mails of today, each once; how many. It may be run again, and cut off: each is a transaction."""
    days = _days()
    if not current_settings().mails:
        return 0
    written = sum(_look_at(account_id, days) for account_id in _whom(days))
    with transaction() as session:
        session.execute(delete(WorkDigest).where(WorkDigest.day < clock.today() - KEPT_FOR))
    return written


def _whom(days: dict[Period, date]) -> Iterator[int]:
    after = 0
    while days and background.goes_on():
        ids = list(
            db.session.execute(
                select(Account.id).where(Account.id > after, _wants(days)).order_by(Account.id).limit(_BATCH)
            ).scalars()
        )
        db.session.rollback()
        for account_id in ids:
            if not background.goes_on():
                return
            yield account_id
        if len(ids) < _BATCH:
            return
        after = ids[-1]


def _look_at(account_id: int, days: dict[Period, date]) -> bool:
    """Look at one person's work, with the rights that they hold at this moment; whether a mail was written.

    The row of the day comes first: whoever is second waits for it, and then finds it.
    """
    try:
        with transaction() as session:
            accounts = lock_accounts(session, and_(Account.id == account_id, _wants(days)))
            who = account_who_acts(account_id) if accounts else None
            if who is None or not who.email:
                return False
            period = Period(
                session.execute(
                    select(WorkReminder.period).where(WorkReminder.account_id == account_id)
                ).scalar()
                or USUAL_PERIOD
            )
            now = clock.now()
            session.add(WorkDigest(account_id=account_id, day=days[period], looked_at=now))
            session.flush()
            items = work_of(session, who)
            return bool(items) and write_digest(session, who.email, items, clock.today(), now)
    except IntegrityError:
        return False  # another process looked at the same moment
