"""Reminders: the day before a date of what somebody follows, one mail. A job.

A row for each account and date keeps a second one from being written. Who cancels or moves a date withdraws what has
not left (`withdraw_reminders`), in the same transaction; the reminder's own locks what says that the date is held.
Where it has left, the job writes that the date is not held any more, and the row goes in that transaction: each is told
once, and reminded anew where the date is held after all.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account
from cdv_civic.core import background, clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.rate_limits import CountersDown, counters, parse_rate
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.follows import kinds, letters
from cdv_civic.notices.follows.kinds import DateEvent
from cdv_civic.notices.follows.models import Follow, NewsChoice, Reminder
from cdv_civic.notices.follows.queries import by_kind
from cdv_civic.notices.follows.rules import NewsChannel, Thing, reminds
from cdv_civic.notices.follows.topics import REMINDERS
from cdv_civic.notices.letters import mail_language, written_in
from cdv_civic.notices.models import Notice
from cdv_civic.notices.operations import withdraw, write_mail
from cdv_civic.notices.rules import NoticeState

#: Followers that are looked for at once; each reminder is written in a transaction of its own.
BATCH: Final = 200
#: Reminders that one account gets in a day: whoever looks after one group announces as many meetings as they like, and
#: moves them as often, and each follower of its quartier would get a mail for each.
MOST_IN_A_DAY: Final = parse_rate("10 per day")


@dataclass(frozen=True)
class _Follower:
    account_id: int
    language: str


def _reached() -> ColumnElement[bool]:
    """Followers who get mails. Text messages come once a week at most: none of them is a reminder."""
    return and_(
        NewsChoice.channel == NewsChannel.EMAIL, Account.email.is_not(None), Account.disabled_at.is_(None)
    )


def reminders_wanted() -> bool:
    """Whether anybody follows anything by mail, or was reminded of a date to come. 2 statements at most."""
    if not current_settings().mails:
        return False
    reminded = select(Reminder.account_id).where(Reminder.day >= clock.today()).limit(1)
    if db.session.execute(reminded).first() is not None:
        return True
    statement = (
        select(Follow.account_id)
        .join(NewsChoice, NewsChoice.account_id == Follow.account_id)
        .join(Account, Account.id == Follow.account_id)
        .where(_reached())
        .limit(1)
    )
    return db.session.execute(statement).first() is not None


def write_reminders() -> int:
    """Write the reminders that are due, and what has become of dates that people were reminded of; how many mails.

    A job: it may be run twice, beside itself, or be cut off. 2 statements and those of the providers for each language
    of the site; where a date is due, 2 for each `BATCH` followers, and a transaction for each reminder. For each date
    to come that somebody was reminded of 2, and where it is not held any more 1 and a transaction for each reader.
    """
    if not background.sure_of_time():
        return 0
    _forget_ahead()
    written = 0
    for writing in _all_to_write():
        if not background.goes_on():
            return written
        written += _tried(writing)
    return written


def _forget_ahead() -> None:
    """Forget reminders of days that are too far away: a clock that was ahead for a while wrote « tomorrow » of them.

    A step back of a day (more is a clock in doubt) makes a second mail of none that is right.
    """
    too_far = Reminder.day > clock.today() + timedelta(days=2)
    found = db.session.execute(select(Reminder.day).where(too_far).limit(1)).first()
    db.session.rollback()
    if found is not None:
        with transaction() as session:
            session.execute(delete(Reminder).where(too_far).execution_options(synchronize_session=False))


@dataclass(frozen=True)
class _ToWrite:
    """A mail that seems to be due; `write` looks again, and says whether it was written."""

    account_id: int
    write: Callable[[], bool]


def _all_to_write() -> Iterator[_ToWrite]:
    things = _followed_things()
    due = _due_dates(things) if things else {}
    for language, dates in due.items():
        for follower, date in _not_reminded(language, dates):
            yield _ToWrite(follower.account_id, partial(_write, follower, date))
    # After the reminders: who is reminded of another hour of the day needs no second mail.
    for about in _no_longer_held():
        for account_id in _reminded_of(about):
            yield _ToWrite(account_id, partial(_write_change, account_id, about))


def _tried(writing: _ToWrite) -> bool:
    """Write one mail; one that cannot be written now must not keep the others."""
    try:
        return writing.write()
    except DomainError as refused:
        current_app.logger.error(
            "a reminder for account %s was not written: %s", writing.account_id, type(refused).__name__
        )
        return False


def _followed_things() -> Mapping[str, Collection[int]]:
    rows = db.session.execute(
        select(Follow.kind, Follow.target_id)
        .join(NewsChoice, NewsChoice.account_id == Follow.account_id)
        .join(Account, Account.id == Follow.account_id)
        .where(_reached())
        .distinct()
    )
    return by_kind((kind, target_id) for kind, target_id in rows)


def _due_dates(things: Mapping[str, Collection[int]]) -> dict[str, list[DateEvent]]:
    """The dates to remind of now, by the language that they are said in."""
    now, today, zone = clock.now(), clock.today(), clock.zone()
    found = {}
    for language in current_settings().languages:
        with written_in(language):
            ahead = kinds.dates(things, today, today + timedelta(days=2), language)
        found[language] = [each for each in ahead if reminds(now, each.starts_at, zone)]
    db.session.rollback()
    return found


def _not_reminded(language: str, dates: Sequence[DateEvent]) -> Iterator[tuple[_Follower, DateEvent]]:
    things = {thing for date in dates for thing in date.things}
    last = 0
    while things:
        follows = _follows(things, last)
        if not follows:
            return
        known = _reminded(follows, dates)
        for account_id, (tag, own) in sorted(follows.items()):
            if mail_language(tag) != language:
                continue
            for date in dates:
                if date.things & own and (account_id, date.about) not in known:
                    yield _Follower(account_id, language), date
        last = max(follows)


def _follows(things: Collection[Thing], after: int) -> dict[int, tuple[str, frozenset[Thing]]]:
    """Some followers of things by their ids, the language of each, and which of the things they follow."""
    wanted = or_(
        *(
            and_(Follow.kind == kind, Follow.target_id.in_(sorted(ids)))
            for kind, ids in by_kind(things).items()
        )
    )
    accounts = (
        select(Follow.account_id)
        .join(NewsChoice, NewsChoice.account_id == Follow.account_id)
        .join(Account, Account.id == Follow.account_id)
        .where(_reached(), wanted, Follow.account_id > after)
        .distinct()
        .order_by(Follow.account_id)
        .limit(BATCH)
        .subquery()
    )
    rows = db.session.execute(
        select(Follow.account_id, NewsChoice.language, Follow.kind, Follow.target_id)
        .join(accounts, accounts.c.account_id == Follow.account_id)
        .join(NewsChoice, NewsChoice.account_id == Follow.account_id)
        .where(wanted)
    )
    found: dict[int, tuple[str, frozenset[Thing]]] = {}
    for account_id, language, kind, target_id in rows:
        known = found.get(account_id, (language, frozenset()))[1]
        found[account_id] = (language, known | {(kind, target_id)})
    db.session.rollback()
    return found


def _reminded(accounts: Collection[int], dates: Sequence[DateEvent]) -> set[tuple[int, str]]:
    rows = db.session.execute(
        select(Reminder.account_id, Reminder.about).where(
            Reminder.account_id.in_(sorted(accounts)), Reminder.about.in_([date.about for date in dates])
        )
    )
    found = {(account_id, about) for account_id, about in rows}
    db.session.rollback()
    return found


def _write(follower: _Follower, date: DateEvent) -> bool:
    """Write one reminder, unless somebody did, it is not wanted or not true any more, or there were enough today;
    whether it was written.
    """
    if _had_enough(follower.account_id):
        return False
    with transaction() as session:
        account = _locked_reader(session, follower.account_id)
        if account is None or account.email is None or not _still_follows(session, account.id, date):
            return False
        # The account is locked: nobody else reminds it meanwhile.
        if session.get(Reminder, (account.id, date.about)) is not None:
            return False
        if not kinds.still_held(session, date.about):
            return False
        with written_in(follower.language):
            notice = write_mail(
                session,
                account.email,
                follower.language,
                letters.reminder(date, follower.language),
                topic=REMINDERS,
                useful_until=date.starts_at,
                about=date.about,
            )
        session.add(
            Reminder(
                account_id=account.id,
                about=date.about,
                day=date.day,
                notice_id=notice.id if notice is not None else None,
            )
        )
    if notice is not None:
        _count(follower.account_id)
    return notice is not None


def _counter(account_id: int) -> str:
    return keyed_hash("reminders of a day", str(account_id))


def _had_enough(account_id: int) -> bool:
    """Whether no other reminder goes to an account today, or nobody can say: 1 statement."""
    try:
        return counters().full(MOST_IN_A_DAY, _counter(account_id))
    except CountersDown:
        return True


def _count(account_id: int) -> None:
    with suppress(CountersDown):
        counters().hit(MOST_IN_A_DAY, _counter(account_id))


def _still_follows(session: Session, account_id: int, date: DateEvent) -> bool:
    rows = session.execute(select(Follow.kind, Follow.target_id).where(Follow.account_id == account_id))
    return any((kind, target_id) in date.things for kind, target_id in rows)


def _left_for_a_date_to_come() -> ColumnElement[bool]:
    """Reminders that have left, or may have."""
    left = select(Notice.id).where(Notice.state.in_((NoticeState.SENT, NoticeState.UNKNOWN)))
    return and_(Reminder.day >= clock.today(), Reminder.notice_id.in_(left))


def _no_longer_held() -> list[str]:
    abouts = db.session.execute(
        select(Reminder.about).where(_left_for_a_date_to_come()).distinct().order_by(Reminder.about)
    ).scalars()
    found = [about for about in abouts.all() if not kinds.still_held(db.session(), about)]
    db.session.rollback()
    return found


def _reminded_of(about: str) -> list[int]:
    """The accounts that were reminded of a date and still get mails."""
    accounts = db.session.execute(
        select(Reminder.account_id)
        .join(NewsChoice, NewsChoice.account_id == Reminder.account_id)
        .join(Account, Account.id == Reminder.account_id)
        .where(Reminder.about == about, _left_for_a_date_to_come(), _reached())
        .order_by(Reminder.account_id)
    ).scalars()
    found = list(accounts)
    db.session.rollback()
    return found


def _write_change(account_id: int, about: str) -> bool:
    """Tell one reader what has become of a date, unless somebody did, or it is held after all; whether it was written.

    Who unfollowed meanwhile is told too: they may stand before a closed door.
    """
    with transaction() as session:
        account = _locked_reader(session, account_id)
        reminder = session.get(Reminder, (account_id, about), populate_existing=True)
        if account is None or account.email is None or reminder is None or kinds.still_held(session, about):
            return False
        session.delete(reminder)
        if _reminded_anew(session, reminder):
            return False
        language = mail_language(session.get_one(NewsChoice, account_id, populate_existing=True).language)
        with written_in(language):
            date = kinds.date_named(about, language)
            if date is None:
                return False
            notice = write_mail(
                session,
                account.email,
                language,
                letters.change(date, language),
                topic=REMINDERS,
                useful_until=date.starts_at,
            )
    return notice is not None


def _locked_reader(session: Session, account_id: int) -> Account | None:
    """The account, where mails still reach it: nobody else writes to it meanwhile."""
    return session.execute(
        select(Account)
        .join(NewsChoice, NewsChoice.account_id == Account.id)
        .where(Account.id == account_id, _reached())
        .with_for_update(of=Account, key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()


def _reminded_anew(session: Session, reminder: Reminder) -> bool:
    """Whether its reader was reminded of another hour of the same thing on that day."""
    kind, number, _moment = reminder.about.split(":", 2)
    others = select(Reminder.about).where(
        Reminder.account_id == reminder.account_id,
        Reminder.day == reminder.day,
        Reminder.about != reminder.about,
        Reminder.about.startswith(f"{kind}:{number}:", autoescape=True),
    )
    return session.execute(others.limit(1)).first() is not None


def withdraw_reminders(session: Session, about: str) -> None:
    """Keep reminders of what is cancelled or changed from leaving, within the caller's transaction.

    `about` is that of a date, or its first two parts ("meeting:12") for all dates of it. Those that are still true are
    written anew by the job.
    """
    ids = withdraw(session, about)
    if ids:
        session.execute(delete(Reminder).where(Reminder.notice_id.in_(ids)))
