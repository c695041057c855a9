"""When a job is tried again, when it is late, and when the clock is in doubt."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cdv_civic.jobs.rules import (
    GRACE,
    LONGEST_LEAP,
    LONGEST_STEP_BACK,
    MOST_APART,
    PATIENCE,
    Beat,
    doubt_of,
    late,
    retry_after,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_retries_wait_longer_each_time_and_never_longer_than_the_period() -> None:
    waits = [retry_after(failures, timedelta(hours=6)).total_seconds() for failures in range(1, 9)]
    assert waits == [30, 120, 480, 1920, 7680, 21600, 21600, 21600]
    assert retry_after(1, timedelta(seconds=5)) == timedelta(seconds=5)
    assert retry_after(10**6, timedelta(days=1)) == timedelta(days=1)


def test_a_job_is_late_when_it_was_never_done_or_not_for_two_periods_and_a_while() -> None:
    beat = Beat("erase-mails", timedelta(hours=1), on_demand=False)
    assert late(beat, NOW)
    longest = 2 * beat.period + GRACE
    assert not late(replace(beat, finished_at=NOW - longest), NOW)
    assert late(replace(beat, finished_at=NOW - longest - SECOND), NOW)
    assert not late(replace(beat, finished_at=NOW, failures=PATIENCE), NOW), "it was done"


def test_a_job_that_has_nothing_to_do_is_late_only_when_it_fails_again_and_again() -> None:
    beat = Beat("send-links-1", timedelta(seconds=5), on_demand=True)
    assert not late(beat, NOW)
    assert not late(replace(beat, failures=PATIENCE - 1), NOW)
    assert late(replace(beat, failures=PATIENCE), NOW)


def test_a_clock_is_in_doubt_beyond_a_month_a_day_back_or_ten_minutes_from_the_database() -> None:
    for good in (None, NOW - LONGEST_LEAP, NOW + LONGEST_STEP_BACK):
        assert doubt_of(NOW, NOW, good) is None
    for bad in (NOW - LONGEST_LEAP - SECOND, NOW + LONGEST_STEP_BACK + SECOND):
        assert "flask jobs accept-clock" in str(doubt_of(NOW, NOW, bad))
    for apart in (MOST_APART, -MOST_APART):
        assert doubt_of(NOW + apart, NOW, None) is None
    assert "10 minutes apart" in str(doubt_of(NOW + MOST_APART + SECOND, NOW, NOW))
    for leap in (MOST_APART, -MOST_APART):
        assert doubt_of(NOW, NOW, NOW, leap) is None
    assert "set ahead by 1440 minutes" in str(doubt_of(NOW, NOW, NOW, timedelta(days=1)))
    assert "set back by 11 minutes" in str(doubt_of(NOW, NOW, NOW, -timedelta(minutes=11)))
    assert "11 minutes apart" in str(doubt_of(NOW - timedelta(minutes=11), NOW, None))
