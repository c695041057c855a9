"""The life of a word, when it may be said, and what may be public: decided without a database."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.participation.rules.themes import SENSITIVE
from cdv_civic.voices import rules
from cdv_civic.voices.rules import Act, VoiceState, Why

R, T, A, C = (
    VoiceState.RECEIVED,
    VoiceState.TRANSMITTED,
    VoiceState.ANSWERED,
    VoiceState.CLOSED,
)
LEADS = {
    (R, Act.TRANSMIT): T,
    (R, Act.ANSWER): A,
    (R, Act.CLOSE): C,
    (T, Act.TRANSMIT): T,
    (T, Act.TAKE_BACK): R,
    (T, Act.ANSWER): A,
    (T, Act.CLOSE): C,
    (A, Act.REOPEN): R,
    (C, Act.REOPEN): R,
}


@pytest.mark.parametrize(("state", "act"), list(product(VoiceState, Act)))
def test_every_act_in_every_state(state: VoiceState, act: Act) -> None:
    if (state, act) in LEADS:
        assert rules.after(state.value, act) is LEADS[state, act]
        assert act in rules.acts_in(state.value)
    else:
        assert act not in rules.acts_in(state.value)
        with pytest.raises(rules.WrongMoment):
            rules.after(state.value, act)


@given(st.lists(st.sampled_from(list(Act)), max_size=30))
def test_whatever_is_tried_a_word_is_always_on_its_way_or_ended_and_can_go_on(acts: list[Act]) -> None:
    state = VoiceState.RECEIVED.value
    for act in acts:
        try:
            state = rules.after(state, act).value
        except rules.WrongMoment:
            assert act not in rules.acts_in(state)
    assert rules.acts_in(state), "nothing is ever stuck"
    assert (state in rules.OPEN_STATES) == (Act.REOPEN not in rules.acts_in(state))


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("state", "due_on", "late"),
    [
        ("recu", date(2026, 11, 19), True),
        ("transmis", date(2026, 11, 19), True),
        ("recu", TODAY, False),
        ("recu", None, False),
        ("repondu", date(2026, 1, 1), False),
        ("sans_suite", date(2026, 1, 1), False),
    ],
)
def test_what_is_late(state: str, due_on: date | None, late: bool) -> None:
    assert rules.is_late(state, due_on, TODAY) is late


def test_the_day_of_the_answer() -> None:
    assert rules.due_day(TODAY, 30) == date(2026, 12, 20)
    assert rules.due_day(TODAY, None) is None


GOOD = {
    "author_agrees": True,
    "read_again": True,
    "holds_names": False,
    "shortened": False,
    "theme": "ecologie",
    "minor": False,
    "confirmed": False,
}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"author_agrees": False}, Why.AUTHOR),
        ({"author_agrees": False, "confirmed": True, "shortened": True}, Why.AUTHOR),
        ({"read_again": False}, Why.NOT_READ),
        ({"holds_names": True}, Why.NAMES),
        ({"holds_names": True, "shortened": True}, None),
        *(({"theme": theme}, Why.SENSITIVE) for theme in SENSITIVE),
        *(({"theme": theme, "confirmed": True}, None) for theme in SENSITIVE),
        ({"minor": True}, Why.SENSITIVE),
        ({"minor": True, "confirmed": True}, None),
    ],
)
def test_what_may_be_public(changes: dict[str, object], why: Why | None) -> None:
    assert rules.why_not_public(**{**GOOD, **changes}) is why  # type: ignore[arg-type]


# --- asking again ---

_DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))


@given(received=_DAYS, days=st.none() | st.integers(1, 365), asked=st.none() | st.integers(0, 800))
def test_one_asks_again_only_after_the_day_that_was_set_and_not_too_often(
    received: date, days: int | None, asked: int | None
) -> None:
    due = rules.due_day(received, days)
    asked_on = None if asked is None else received + timedelta(days=asked)
    for state in rules.STATES:
        asks_from = rules.asks_again_from(state, received, due, asked_on)
        if state not in rules.OPEN_STATES:
            assert asks_from is None
            continue
        assert asks_from is not None
        assert asks_from > (due or received), "the group has the time that it took"
        assert asked_on is None or asks_from - asked_on >= rules.ASKED_EVERY
        assert asks_from in {
            (due + timedelta(days=1)) if due else received + rules.ASKED_AFTER,
            (asked_on or received) + rules.ASKED_EVERY,
        }
