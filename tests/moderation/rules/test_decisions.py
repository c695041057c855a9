"""What moderators may do with a text, for what reason, and who of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cdv_civic.moderation.rules.appeals import AppealSide, appeal_until, may_contest
from cdv_civic.moderation.rules.decisions import (
    LIFE,
    RESTRICTIONS,
    LegalGround,
    Missing,
    ModerationAct,
    NotInThisState,
    Reasons,
    TextState,
    acts_in,
    after,
    may_decide,
    missing_of,
    waits_first,
)

pytestmark = pytest.mark.one_database

ACCOUNTS = some.integers(min_value=1, max_value=5) | some.none()


def test_every_state_says_what_may_be_done_in_it() -> None:
    assert set(LIFE) == set(TextState)


def test_a_hidden_text_can_be_shown_again_and_hidden_again() -> None:
    shown = after(TextState.HIDDEN, ModerationAct.SHOW_AGAIN)
    assert shown is TextState.PUBLISHED
    assert after(shown, ModerationAct.HIDE) is TextState.HIDDEN


def test_what_an_author_took_back_is_left_alone() -> None:
    assert acts_in(TextState.TAKEN_BACK) == ()
    with pytest.raises(NotInThisState):
        after(TextState.TAKEN_BACK, ModerationAct.PUBLISH)


@given(some.sampled_from(sorted(RESTRICTIONS - {ModerationAct.MERGE})))
def test_nothing_is_taken_from_a_text_without_a_ground_and_what_was_seen(act: ModerationAct) -> None:
    assert {Missing.GROUND, Missing.FACTS} <= set(missing_of(act, Reasons(), part_said=True))
    complete = Reasons(law=LegalGround.INSULT, facts="Une insulte, deuxième phrase.")
    assert missing_of(act, complete, part_said=True) == []
    assert Missing.TWO_GROUNDS in missing_of(
        act, Reasons(principle_id=1, law=LegalGround.INSULT, facts="Deux raisons."), part_said=True
    )


def test_a_part_is_hidden_by_saying_what_stays_and_a_merge_names_the_other_text() -> None:
    reasons = Reasons(principle_id=1, facts="Un nom.")
    assert missing_of(ModerationAct.HIDE_PART, reasons) == [Missing.PART]
    assert missing_of(ModerationAct.MERGE, Reasons()) == [Missing.OTHER_TEXT]
    assert missing_of(ModerationAct.MERGE, Reasons(), other_text=4) == []


@given(ACCOUNTS, ACCOUNTS, some.lists(ACCOUNTS, max_size=3))
def test_nobody_decides_on_their_own_text_or_against_their_own_decision(
    moderator: int | None, author: int | None, decided: list[int | None]
) -> None:
    if may_decide(moderator, author_id=author, barred=decided):
        assert moderator is not None
        assert moderator != author
        assert moderator not in decided


@given(some.booleans(), some.booleans(), some.booleans(), some.booleans())
def test_sensitive_texts_and_those_of_minors_always_wait(
    read_before: bool, sensitive: bool, minor: bool, hinted: bool
) -> None:
    waits = waits_first(read_before=read_before, sensitive=sensitive, minor=minor, hinted=hinted)
    assert waits is (read_before or sensitive or minor or hinted)


@given(some.dates(min_value=date(2024, 1, 1), max_value=date(2090, 1, 1)))
def test_a_decision_can_be_contested_for_six_months_and_not_a_day_more(decided_on: date) -> None:
    last = appeal_until(decided_on)
    assert 180 <= (last - decided_on).days <= 184
    assert may_contest(AppealSide.AUTHOR, ModerationAct.HIDE, decided_on, last)
    assert not may_contest(AppealSide.AUTHOR, ModerationAct.HIDE, decided_on, last + timedelta(days=1))


def test_an_author_contests_what_restricts_and_a_reporter_what_leaves() -> None:
    day = date(2026, 11, 27)
    assert not may_contest(AppealSide.REPORTER, ModerationAct.HIDE, day, day)
    assert may_contest(AppealSide.REPORTER, ModerationAct.KEEP, day, day)
    assert not may_contest(AppealSide.AUTHOR, ModerationAct.KEEP, day, day)
