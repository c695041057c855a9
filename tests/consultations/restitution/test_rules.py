"""What an answer must hold, and that its figures bound no hidden count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.consultations.restitution.rules import (
    REMINDED,
    Fate,
    Heard,
    Lacks,
    ReplyDraft,
    ReplyPoint,
    lacks,
    needs_reason,
    published_heard,
    reminder_of,
    said_count,
    share_of,
)

DUE = date(2027, 5, 12)
COMPLETE = ReplyDraft(
    said=True,
    signed=True,
    next_step=True,
    next_on=None,
    points=[ReplyPoint(Fate.RETAINED, said=True, reasoned=False)],
    publics={1: True, 2: False},
)


def test_a_complete_answer_lacks_nothing() -> None:
    assert lacks(COMPLETE) == []


def test_an_empty_answer_lacks_all_in_the_order_of_the_form() -> None:
    empty = ReplyDraft(False, False, False, None, publics={1: None})
    assert lacks(empty) == [Lacks.SAID, Lacks.POINTS, Lacks.NEXT_STEP, Lacks.SIGNED, Lacks.PUBLICS]


@pytest.mark.parametrize("fate", Fate)
def test_whatever_is_not_retained_in_whole_says_why(fate: Fate) -> None:
    draft = ReplyDraft(True, True, True, None, [ReplyPoint(fate, said=True, reasoned=False)])
    assert (Lacks.REASON in lacks(draft)) is needs_reason(fate) is (fate is not Fate.RETAINED)


def test_the_share_counts_half_of_what_is_retained_in_part_and_nothing_of_what_was_planned() -> None:
    share = share_of([Fate.RETAINED, Fate.PARTLY, Fate.PLANNED, Fate.REFUSED])
    assert (share.retained, share.partly, share.points, share.percent) == (1, 1, 4, 38)
    assert share_of([]).percent == 0


@given(count=st.integers(1, 500), threshold=st.integers(1, 20))
def test_a_count_in_words_leaves_twice_the_threshold_open(count: int, threshold: int) -> None:
    said = said_count(count, threshold)
    same = [other for other in range(1, 600) if said_count(other, threshold) == said]
    assert count in same
    assert max(same) - min(same) >= 2 * threshold - 1
    assert said is None or said < count


@given(
    st.dictionaries(st.sampled_from(Heard), st.integers(0, 200)), st.integers(2, 20), st.sampled_from(Heard)
)
def test_one_tap_shows_only_where_a_step_is_passed(
    counts: dict[Heard, int], threshold: int, tapped: Heard
) -> None:
    before = published_heard(counts, threshold)
    after = published_heard({**counts, tapped: counts.get(tapped, 0) + 1}, threshold)
    total = sum(counts.values()) + 1
    if total < 2 * threshold:
        assert after is None
    elif before is not None and (counts.get(tapped, 0) + 1) % threshold:
        assert after == before
    if after is not None:
        assert all(each % threshold == 0 for each in (after.yes, after.partly, after.no))
        assert after.total <= total


@pytest.mark.parametrize(
    ("days", "reminder"), [(20, None), (15, None), (14, 14), (10, 14), (4, 14), (3, 3), (0, 3), (-1, None)]
)
def test_a_reminder_is_due_14_and_3_days_before_and_caught_up(days: int, reminder: int | None) -> None:
    assert reminder_of(DUE, DUE - timedelta(days=days)) == reminder
    assert reminder is None or reminder in REMINDED
