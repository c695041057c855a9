"""Choosing how often a mail sums one's work up, and writing those mails."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from flask import current_app
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
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.core.work_sources import work_of
from cdv_civic.work_list.letters import write_digest
from cdv_civic.work_list.models import WorkDigest, WorkReminder
from cdv_civic.work_list.rules import USUAL_PERIOD, Period, digest_day, here_before

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
    return and_(
        Account.email.is_not(None),
        Account.disabled_at.is_(None),
        or_(False, *(_wants_on(period, day) for period, day in days.items())),
    )


def _wants_on(period: Period, day: date) -> ColumnElement[bool]:
    chosen = select(WorkReminder.period).where(WorkReminder.account_id == Account.id).scalar_subquery()
    works = [RoleGrant.account_id == Account.id, in_force(clock.now())]
    conditions = [
        func.coalesce(chosen, USUAL_PERIOD.value) == period.value,
        ~exists().where(WorkDigest.account_id == Account.id, WorkDigest.day == day),
    ]
    before = here_before(period, day, clock.zone())
    if before is not None:
        works.append(RoleGrant.starts_at < before)
        conditions.append(
            ~exists().where(WorkReminder.account_id == Account.id, WorkReminder.chosen_at >= before)
        )
    return and_(exists().where(*works), *conditions)


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
    with transaction() as session:
        # A day that has not come was looked at by a clock that was ahead: its mail is still to be written.
        session.execute(
            delete(WorkDigest).where(
                or_(WorkDigest.day < clock.today() - KEPT_FOR, WorkDigest.day > clock.today())
            )
        )
    return sum(_tried(account_id, days) for account_id in _whom(days))


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


def _tried(account_id: int, days: dict[Period, date]) -> bool:
    """Look at one person's work; a mail that cannot be written now must not keep the others."""
    try:
        return _look_at(account_id, days)
    except DomainError as refused:
        current_app.logger.error(
            "the mail about the work of account %s was not written: %s", account_id, type(refused).__name__
        )
        return False


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
