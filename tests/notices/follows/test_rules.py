"""When a digest is due and what it tells: each event reaches each follower once, however the runs are cut."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.notices.follows.rules import (
    LONGEST_LOOK_BACK,
    PERIOD_ENDS_AT,
    SETTLED,
    NewsChannel,
    Rhythm,
    Thing,
    last_period,
    reminds,
    rhythm_of,
    told,
    told_from,
)

PARIS = ZoneInfo("Europe/Paris")
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
moments = st.integers(0, 270 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
things = st.sampled_from([("quartier", 1), ("quartier", 2), ("body", 1)])


@dataclass(frozen=True)
class Happened:
    key: str
    at: datetime
    things: frozenset[Thing]


@given(
    moments, st.sampled_from(Rhythm), st.sampled_from([PARIS, ZoneInfo("America/Cayenne"), ZoneInfo("UTC")])
)
def test_a_period_has_ended_lately_at_seven_on_the_wall(
    now: datetime, rhythm: Rhythm, zone: ZoneInfo
) -> None:
    period = last_period(rhythm, now, zone)
    assert period.ends_at <= now - SETTLED
    longest = timedelta(days=1 if rhythm is Rhythm.DAILY else 7) + timedelta(hours=1)
    assert now - SETTLED - period.ends_at < longest
    local = period.ends_at.astimezone(zone)
    assert (local.time(), local.date()) == (PERIOD_ENDS_AT, period.day)
    assert rhythm is Rhythm.DAILY or period.day.weekday() == 0


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), st.sampled_from(Rhythm))
def test_periods_never_go_back(now: datetime, later: timedelta, rhythm: Rhythm) -> None:
    assert last_period(rhythm, now, PARIS).ends_at <= last_period(rhythm, now + later, PARIS).ends_at


def test_what_began_at_the_last_moment_is_waited_for() -> None:
    seven = datetime(2026, 11, 20, 6, tzinfo=UTC)
    assert last_period(Rhythm.DAILY, seven + SETTLED - timedelta(seconds=1), PARIS).day == date(2026, 11, 19)
    assert last_period(Rhythm.DAILY, seven + SETTLED, PARIS).day == date(2026, 11, 20)


events = st.lists(
    st.builds(
        Happened,
        key=st.integers(0, 40).map(str),
        at=moments,
        things=st.frozensets(things, min_size=1),
    ),
    max_size=12,
    unique_by=lambda event: event.key,
)
#: When the job runs, and in which rhythm the person wants it then: they may change their mind.
runs = st.lists(st.tuples(moments, st.sampled_from(Rhythm)), max_size=25).map(sorted)


@given(events, st.dictionaries(things, moments), runs)
def test_each_event_reaches_its_follower_exactly_once_however_the_runs_are_cut(
    happened: list[Happened], follows: dict[Thing, datetime], run_at: list[tuple[datetime, Rhythm]]
) -> None:
    until, heard = BEGIN, []
    end = datetime(2026, 12, 20, tzinfo=UTC)
    for now, rhythm in [*run_at, (end, Rhythm.DAILY)]:
        period = last_period(rhythm, now, PARIS)
        if until < period.ends_at:
            # No look back here: how far it reaches is told below.
            heard += [event.key for event in told(happened, follows, until, period.ends_at)]
            until = period.ends_at
    wanted = [
        event.key
        for event in happened
        if event.at > BEGIN and any(follows.get(thing, end) < event.at for thing in event.things)
    ]
    assert sorted(heard) == sorted(wanted)


@given(events, st.dictionaries(things, moments))
def test_an_event_of_two_things_that_one_follows_is_told_once(
    happened: list[Happened], follows: dict[Thing, datetime]
) -> None:
    keys = [event.key for event in told([*happened, *happened], follows, BEGIN, BEGIN + timedelta(days=400))]
    assert len(keys) == len(set(keys))


def test_a_late_digest_looks_back_two_months() -> None:
    end = datetime(2026, 11, 20, 6, tzinfo=UTC)
    assert told_from(BEGIN, end) == end - LONGEST_LOOK_BACK
    assert told_from(end - timedelta(days=3), end) == end - timedelta(days=3)


def test_text_messages_come_once_a_week_at_most() -> None:
    assert rhythm_of(NewsChannel.SMS, Rhythm.DAILY) is Rhythm.WEEKLY
    assert rhythm_of(NewsChannel.EMAIL, Rhythm.DAILY) is Rhythm.DAILY


STARTS = datetime(2026, 12, 10, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "may"),
    [
        (datetime(2026, 12, 9, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 12, 9, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 10, 15, 30, tzinfo=UTC), True),
        (datetime(2026, 12, 10, 15, 31, tzinfo=UTC), False),
        (datetime(2026, 12, 11, 7, 0, tzinfo=UTC), False),
    ],
)
def test_a_reminder_leaves_from_the_morning_before_until_two_hours_before(now: datetime, may: bool) -> None:
    assert reminds(now, STARTS, PARIS) is may
