"""How long an account is kept: one that nobody uses is warned about, then erased. Each step may be run again.

An account is unused when nobody has been signed in to it for ACCOUNT_UNUSED_DAYS. Its holder gets one letter (or text
message), and has ACCOUNT_WARNING_DAYS to come back: being signed in once is enough. Whoever cannot be reached (a card
alone, or a site that sends nothing) gets the same time without the letter. An account that holds a role is never
erased by the clock, as what a city relies on must not vanish overnight: administrators see it in a list, and end the
role or close the account. One that was closed is erased ACCOUNT_CLOSED_DAYS later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.erasure import erase_account
from cdv_civic.accounts.models import Account
from cdv_civic.accounts.unused import days_ago, holds_a_role, last_used_before
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.settings import current_settings
from cdv_civic.my_space.letters import unused_account, unused_account_text
from cdv_civic.notices.letters import written_in
from cdv_civic.notices.operations import write_mail, write_text
from cdv_civic.notices.topics import ACCOUNT

#: How the audit trail names what the clock does.
ACTOR: Final = CommandLine(name="retention")
#: Accounts that are looked for at once; each is warned or erased in a transaction of its own.
BATCH: Final = 200


@dataclass(frozen=True)
class RetentionRun:
    """What one run did."""

    warned: int = 0
    erased: int = 0


def _reachable() -> ColumnElement[bool]:
    settings = current_settings()
    return or_(
        Account.email.is_not(None) if settings.mails else false(),
        Account.phone.is_not(None) if settings.texts else false(),
    )


def _unused() -> ColumnElement[bool]:
    return and_(
        Account.disabled_at.is_(None),
        last_used_before(days_ago(current_settings().account_unused_days)),
        ~holds_a_role(),
    )


def _to_warn() -> ColumnElement[bool]:
    return and_(_unused(), Account.warned_at.is_(None), _reachable())


def _to_erase() -> ColumnElement[bool]:
    settings = current_settings()
    warning = timedelta(days=settings.account_warning_days)
    return or_(
        and_(_unused(), Account.warned_at <= clock.now() - warning),
        and_(
            _unused(),
            ~_reachable(),
            last_used_before(days_ago(settings.account_unused_days + settings.account_warning_days)),
        ),
        and_(
            Account.erased_at.is_(None),
            Account.disabled_at <= clock.now() - timedelta(days=settings.account_closed_days),
        ),
    )


def anything_to_do() -> bool:
    """Whether there is an account to warn or to erase."""
    return (
        db.session.execute(select(Account.id).where(or_(_to_warn(), _to_erase())).limit(1)).first()
        is not None
    )


def keep_no_longer() -> RetentionRun:
    """Warn the holders of unused accounts, and erase those that were warned long enough ago. A job.

    Cut off in the middle, the next run goes on; somebody who signs in meanwhile is left alone.
    """
    warned = sum(_warn(account_id) for account_id in _ids(_to_warn()))
    erased = sum(_erase(account_id) for account_id in _ids(_to_erase()))
    return RetentionRun(warned, erased)


def _ids(condition: ColumnElement[bool]) -> Iterator[int]:
    """The accounts, read a batch at a time; one that was passed over is not met again in this run."""
    last = 0
    while True:
        ids = (
            db.session.execute(
                select(Account.id).where(condition, Account.id > last).order_by(Account.id).limit(BATCH)
            )
            .scalars()
            .all()
        )
        db.session.rollback()
        if not ids:
            return
        yield from ids
        last = ids[-1]


def _locked(session: Session, account_id: int, condition: ColumnElement[bool]) -> Account | None:
    """The account, if it is still so once its row is ours: its holder may have come back."""
    return session.execute(
        select(Account)
        .where(Account.id == account_id, condition)
        .with_for_update(of=Account, key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()


def _warn(account_id: int) -> bool:
    settings = current_settings()
    until = clock.today() + timedelta(days=settings.account_warning_days)
    with transaction() as session:
        account = _locked(session, account_id, _to_warn())
        if account is None:
            return False
        warn_holder(session, account, until)
        account.warned_at = clock.now()
    return True


def warn_holder(session: Session, account: Account, until: date) -> None:
    """Write to the holder. Which language they read is not kept: the letter says the main thing in each of the site."""
    settings = current_settings()
    tag = settings.default_language
    useful_until = datetime.combine(until, time(), UTC)
    with written_in(tag):
        if account.email is not None and settings.mails:
            letter = unused_account(until, settings.languages)
            write_mail(session, account.email, tag, letter, topic=ACCOUNT, useful_until=useful_until)
        elif account.phone is not None:
            text = unused_account_text(until)
            write_text(session, account.phone, tag, text, topic=ACCOUNT, useful_until=useful_until)


def _erase(account_id: int) -> bool:
    try:
        with transaction() as session:
            if _locked(session, account_id, _to_erase()) is None:
                return False
            # It is closed or holds no role: it is not the last administrator's.
            return erase_account(session, ACTOR, account_id, "retention", keep_last_administrator=False)
    except DomainError as refused:
        # One that cannot go must not keep the others.
        current_app.logger.error("account %s was not erased: %s", account_id, type(refused).__name__)
        return False
