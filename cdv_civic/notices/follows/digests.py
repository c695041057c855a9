"""Digests: one message with all that is new of what somebody follows, once in a period. A job.

A digest, the message and the moment until which all is told are one transaction: cut off anywhere, the next run writes
what is missing, and nothing twice. Who has no news gets nothing. What is told is read again in that transaction: what
was withdrawn, or is not followed any more, is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.models import Account
from cdv_civic.core import background, clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.follows import kinds, letters
from cdv_civic.notices.follows.kinds import NewsEvent
from cdv_civic.notices.follows.models import Digest, Follow, NewsChoice, Reminder
from cdv_civic.notices.follows.queries import by_kind
from cdv_civic.notices.follows.rules import (
    SETTLED,
    NewsChannel,
    NewsPeriod,
    Rhythm,
    Thing,
    last_period,
    told,
    told_from,
)
from cdv_civic.notices.follows.topics import NEWS
from cdv_civic.notices.letters import mail_language, written_in
from cdv_civic.notices.models import NOT_OVER, Notice
from cdv_civic.notices.operations import write_mail, write_text

#: Accounts that are looked at together.
BATCH: Final = 100
#: Text messages of digests that wait at most: each is counted as it leaves, so that few are written before that.
MOST_WAITING_TEXTS: Final = 20
#: How long it is kept that somebody was told or reminded.
KEPT: Final = timedelta(days=90)


@dataclass(frozen=True)
class _Reader:
    """An account whose digest is due, as it was found."""

    account_id: int
    channel: NewsChannel
    language: str
    told_until: datetime
    period: NewsPeriod

    @property
    def since(self) -> datetime:
        return told_from(self.told_until, self.period.ends_at)


def _periods(now: datetime) -> Mapping[Rhythm, NewsPeriod]:
    zone = clock.zone()
    return {rhythm: last_period(rhythm, now, zone) for rhythm in Rhythm}


def _due(periods: Mapping[Rhythm, NewsPeriod]) -> ColumnElement[bool]:
    """Choices whose period has ended, of accounts that can be reached now."""
    settings = current_settings()
    reachable = [
        *(
            [and_(NewsChoice.channel == NewsChannel.EMAIL, Account.email.is_not(None))]
            if settings.mails
            else []
        ),
        *(
            [and_(NewsChoice.channel == NewsChannel.SMS, Account.phone.is_not(None))]
            if settings.texts
            else []
        ),
    ]
    ended = [
        and_(NewsChoice.rhythm == rhythm, NewsChoice.told_until < period.ends_at)
        for rhythm, period in periods.items()
    ]
    return and_(Account.disabled_at.is_(None), or_(False, *reachable), or_(*ended))


def digests_due() -> bool:
    """Whether a period of somebody has ended, or was told by a clock that was ahead. 2 statements at most."""
    statement = select(NewsChoice.account_id).join(Account, Account.id == NewsChoice.account_id)
    found = db.session.execute(statement.where(_due(_periods(clock.now()))).limit(1))
    return found.first() is not None or _any_ahead()


def _ahead() -> ColumnElement[bool]:
    """Choices told until a moment that has not come; by the index, so channels and rhythms stand there too."""
    return and_(
        NewsChoice.channel.in_([channel.value for channel in NewsChannel]),
        NewsChoice.rhythm.in_([rhythm.value for rhythm in Rhythm]),
        NewsChoice.told_until > clock.now() + SETTLED,
    )


def _any_ahead() -> bool:
    return db.session.execute(select(NewsChoice.account_id).where(_ahead()).limit(1)).first() is not None


def _bring_back() -> None:
    """Take moments that have not come back to this one: a clock that was ahead for a while wrote them.

    Whatever happens until then would never be told. What was told is not told again: it was published before now.
    """
    ahead = _any_ahead()
    db.session.rollback()
    if not ahead:
        return
    now = clock.now()
    with transaction() as session:
        for table, moment, condition in (
            (NewsChoice, "told_until", _ahead()),
            (Follow, "followed_at", Follow.followed_at > now + SETTLED),
        ):
            session.execute(
                update(table)
                .where(condition)
                .values({moment: now})
                .execution_options(synchronize_session=False)
            )


def write_digests() -> int:
    """Write the digests that are due; how many. A job: it may be run twice, beside itself, or be cut off.

    While the clock is in doubt nothing is told: a moment far ahead would silence all that happens until then. For each
    `BATCH` accounts 4 statements and those of the providers for each language; for each digest those once more.
    """
    if not background.sure_of_time():
        return 0
    _bring_back()
    written = 0
    for readers in _batches(_periods(clock.now())):
        quiet = []
        for reader, events in _with_news(readers):
            if not background.goes_on():
                return written
            if events:
                written += _tried(reader)
            else:
                quiet.append(reader)
        _note_quiet(quiet)
    return written


def _tried(reader: _Reader) -> bool:
    """Write one digest; one that cannot be written now must not keep the others."""
    try:
        return _write(reader)
    except DomainError as refused:
        current_app.logger.error(
            "the digest of account %s was not written: %s", reader.account_id, type(refused).__name__
        )
        return False


def _batches(periods: Mapping[Rhythm, NewsPeriod]) -> Iterator[list[_Reader]]:
    """The accounts, by their ids; one that was passed over is not met again in this run."""
    last = 0
    while background.goes_on():
        rows = db.session.execute(
            select(NewsChoice)
            .join(Account, Account.id == NewsChoice.account_id)
            .where(_due(periods), NewsChoice.account_id > last)
            .order_by(NewsChoice.account_id)
            .limit(BATCH)
            .execution_options(populate_existing=True)
        ).scalars()
        readers = [_reader(row, periods) for row in rows]
        db.session.rollback()
        if not readers:
            return
        yield readers
        last = readers[-1].account_id


def _reader(choice: NewsChoice, periods: Mapping[Rhythm, NewsPeriod]) -> _Reader:
    return _Reader(
        choice.account_id,
        NewsChannel(choice.channel),
        mail_language(choice.language),
        choice.told_until,
        periods[Rhythm(choice.rhythm)],
    )


def _with_news(readers: Sequence[_Reader]) -> Iterator[tuple[_Reader, list[NewsEvent]]]:
    """What there is to tell each reader; readers of one language are asked for together."""
    follows = _follows_of(db.session(), readers)
    for language in sorted({reader.language for reader in readers}):
        of_language = [reader for reader in readers if reader.language == language]
        events = _events(of_language, follows)
        db.session.rollback()
        for reader in of_language:
            own = follows.get(reader.account_id, {})
            yield reader, told(events, own, reader.since, reader.period.ends_at)


def _follows_of(session: Session, readers: Sequence[_Reader]) -> dict[int, dict[Thing, datetime]]:
    rows = session.execute(
        select(Follow.account_id, Follow.kind, Follow.target_id, Follow.followed_at).where(
            Follow.account_id.in_([reader.account_id for reader in readers])
        )
    )
    found: dict[int, dict[Thing, datetime]] = {}
    for account_id, kind, target_id, at in rows:
        found.setdefault(account_id, {})[kind, target_id] = at
    return found


def _events(readers: Sequence[_Reader], follows: Mapping[int, Mapping[Thing, datetime]]) -> list[NewsEvent]:
    """All that happened to what readers of one language follow, in the time that is still to be told to any of them."""
    things = {thing for reader in readers for thing in follows.get(reader.account_id, ())}
    if not things:
        return []
    language = readers[0].language
    since = min(reader.since for reader in readers)
    until = max(reader.period.ends_at for reader in readers)
    with written_in(language):
        return kinds.news(by_kind(things), since, until, language)


def _note_quiet(readers: Sequence[_Reader]) -> None:
    """Nothing happened for these: their next period begins."""
    if not readers:
        return
    with transaction() as session:
        for ends_at in {reader.period.ends_at for reader in readers}:
            ids = [reader.account_id for reader in readers if reader.period.ends_at == ends_at]
            session.execute(
                update(NewsChoice)
                .where(NewsChoice.account_id.in_(ids), NewsChoice.told_until < ends_at)
                .values(told_until=ends_at)
                .execution_options(synchronize_session=False)
            )


def _write(reader: _Reader) -> bool:
    """Write the digest of one account, unless somebody did or it wants none any more; whether it was written."""
    if reader.channel is NewsChannel.SMS and not _room_for_a_text():
        return False  # tomorrow, maybe: until then its period stays due
    with transaction() as session:
        account = session.execute(
            select(Account)
            .where(Account.id == reader.account_id, Account.disabled_at.is_(None))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalar()
        choice = session.get(NewsChoice, reader.account_id, populate_existing=True)
        if account is None or choice is None or _changed(choice, reader):
            return False
        follows = _follows_of(session, [reader])
        events = told(
            _events([reader], follows),
            follows.get(reader.account_id, {}),
            reader.since,
            reader.period.ends_at,
        )
        choice.told_until = reader.period.ends_at
        if not events or session.get(Digest, (account.id, reader.period.day)) is not None:
            return False
        if not _put(session, account, reader, events):
            return False
        session.add(Digest(account_id=account.id, period=reader.period.day, told=len(events)))
    return True


def _changed(choice: NewsChoice, reader: _Reader) -> bool:
    """Whether its holder chose otherwise, or another run was here, since it was found due."""
    return (choice.told_until, choice.channel, mail_language(choice.language)) != (
        reader.told_until,
        reader.channel,
        reader.language,
    )


def _put(session: Session, account: Account, reader: _Reader, events: Sequence[NewsEvent]) -> bool:
    """Put the message into the outbox; False where the address is gone, or refuses news."""
    with written_in(reader.language):
        if reader.channel is NewsChannel.EMAIL and account.email is not None:
            letter = letters.digest(events, reader.since, reader.language)
            return write_mail(session, account.email, reader.language, letter, topic=NEWS) is not None
        if reader.channel is NewsChannel.SMS and account.phone is not None:
            text = letters.digest_text(account.phone, reader.language)
            return write_text(session, account.phone, reader.language, text, topic=NEWS) is not None
    return False


def _room_for_a_text() -> bool:
    """Whether SMS_LIMIT has room for a message that nobody waits for, once those that wait have left."""
    waiting = db.session.execute(
        select(func.count()).where(NOT_OVER, Notice.kind == "sms", Notice.topic == NEWS.name)
    ).scalar_one()
    db.session.rollback()
    if waiting >= MOST_WAITING_TEXTS:
        return False
    with suppress(limits.CountersSilent):
        return not limits.texts_run_low()
    return False


def forget_told() -> int:
    """Delete what says that somebody was told or reminded long ago; how many rows. A job."""
    before = clock.today() - KEPT
    with transaction() as session:
        told_gone = session.execute(delete(Digest).where(Digest.period < before))
        reminded_gone = session.execute(delete(Reminder).where(Reminder.day < before))
    count: int = told_gone.rowcount + reminded_gone.rowcount  # type: ignore[attr-defined]
    return count
