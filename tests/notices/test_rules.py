"""When a message is tried again, for whom it is urgent, and what its head may hold."""

from datetime import UTC, datetime, timedelta

import pytest

from cdv_civic.notices.rules import (
    BACK_OFF,
    REPEAT_AFTER,
    URGENT_BACK_OFF,
    URGENT_WITHIN,
    fits_in_a_header,
    is_long,
    is_urgent,
    next_attempt,
    repeat_at,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("urgent", "waits"), [(False, BACK_OFF), (True, URGENT_BACK_OFF)])
def test_a_message_is_tried_again_after_each_wait_and_then_given_up(
    urgent: bool, waits: tuple[timedelta, ...]
) -> None:
    for attempts, wait in enumerate(waits, 1):
        assert next_attempt(attempts, NOW, None, urgent=urgent) == NOW + wait
    assert next_attempt(len(waits) + 1, NOW, None, urgent=urgent) is None


def test_chance_takes_a_fifth_off_a_wait_at_most() -> None:
    assert next_attempt(1, NOW, None) == NOW + timedelta(minutes=1)
    assert next_attempt(1, NOW, None, chance=0.5) == NOW + timedelta(seconds=54)
    assert next_attempt(1, NOW, None, chance=1.0) == NOW + timedelta(seconds=48)


def test_what_would_come_too_late_is_given_up() -> None:
    due = NOW + BACK_OFF[2]
    assert next_attempt(3, NOW, due + SECOND) == due
    assert next_attempt(3, NOW, due) is None


def test_who_asked_for_a_link_that_ends_soon_waits_for_it() -> None:
    assert is_urgent(NOW, NOW + URGENT_WITHIN)
    assert not is_urgent(NOW, NOW + URGENT_WITHIN + SECOND)
    assert not is_urgent(NOW, NOW + timedelta(days=7)), "an invitation"
    assert not is_urgent(NOW, None)


def test_what_may_have_left_is_repeated_once_and_a_link_never() -> None:
    due = NOW + REPEAT_AFTER
    assert repeat_at(1, NOW, None, urgent=False) == due
    assert repeat_at(2, NOW, None, urgent=False) is None
    assert repeat_at(1, NOW, due + SECOND, urgent=True) is None
    assert repeat_at(1, NOW, due + SECOND, urgent=False) == due
    assert repeat_at(1, NOW, due, urgent=False) is None, "too late"


def test_something_is_long_from_its_last_minute_on() -> None:
    assert is_long(NOW - timedelta(minutes=30), NOW, 30)
    assert not is_long(NOW - timedelta(minutes=30) + SECOND, NOW, 30)


def test_a_head_holds_one_line_of_a_bounded_length() -> None:
    assert fits_in_a_header("L’été à Orly, « ici »")
    assert fits_in_a_header("À faire : 2\u202f591 choses, «\u00a0ici\u00a0»")
    assert not fits_in_a_header("a\u2028b")
    assert not fits_in_a_header("a\u202eb")
    assert fits_in_a_header("x" * 500)
    assert not fits_in_a_header("x" * 501)
    assert not fits_in_a_header("a\nBcc: b@example.org")
