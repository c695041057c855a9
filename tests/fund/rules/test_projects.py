"""Projects from first idea to told: what follows what, how long it took, what it costs and what returns."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.fund.rules.budgets import MOST_CENTS, BudgetFault, CoFunder, CostLine, ProjectBudget
from cdv_civic.fund.rules.envelopes import ProjectGrant, balance
from cdv_civic.fund.rules.projects import (
    HOLDS_MONEY,
    NEXT,
    WITH_REASON,
    BadTransition,
    ProjectState,
    StateChange,
    checked_history,
    days_between,
    may_follow,
    median_days,
    silent_since,
)

FIRST = date(2026, 1, 5)
STATES = ProjectState


def history(*steps: tuple[ProjectState, int]) -> list[StateChange]:
    return [
        StateChange(
            state, FIRST + timedelta(days=after), "Il manque un devis." if state in WITH_REASON else ""
        )
        for state, after in steps
    ]


def test_every_state_has_its_followers_and_can_be_reached() -> None:
    assert set(NEXT) == set(STATES)
    reached = {STATES.SUBMITTED}
    while more := {after for before in reached for after in NEXT[before]} - reached:
        reached |= more
    assert reached == set(STATES)


def test_a_project_goes_from_deposit_to_review() -> None:
    whole = history(
        (STATES.SUBMITTED, 1),
        (STATES.INCOMPLETE, 5),
        (STATES.SUBMITTED, 8),
        (STATES.ADMISSIBLE, 9),
        (STATES.OPINION, 10),
        (STATES.IN_CHOICE, 20),
        (STATES.SELECTED, 24),
        (STATES.NOTIFIED, 25),
        (STATES.PAID, 60),
        (STATES.DONE, 120),
        (STATES.REVIEWED, 140),
        (STATES.CLOSED, 141),
    )
    assert checked_history(whole) == whole
    assert days_between(whole, STATES.SUBMITTED, STATES.SELECTED) == 23
    assert days_between(whole, STATES.NOTIFIED, STATES.PAID) == 35
    assert days_between(whole, STATES.SUBMITTED, STATES.ABANDONED) is None


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([(STATES.ADMISSIBLE, 0)], "begins with its deposit"),
        ([(STATES.SUBMITTED, 0), (STATES.SELECTED, 1)], "is not followed by"),
        ([(STATES.SUBMITTED, 3), (STATES.ADMISSIBLE, 1)], "comes before"),
    ],
)
def test_what_could_not_have_happened_is_refused(steps: list[tuple[ProjectState, int]], why: str) -> None:
    with pytest.raises(BadTransition, match=why):
        checked_history(history(*steps))


def test_a_refusal_says_why() -> None:
    refused = [
        *history((STATES.SUBMITTED, 1)),
        StateChange(STATES.INADMISSIBLE, FIRST + timedelta(9)),
    ]
    with pytest.raises(BadTransition, match="reason"):
        checked_history(refused)


def test_no_decision_is_taken_back_and_no_end_is_left() -> None:
    assert not NEXT[STATES.CLOSED] | NEXT[STATES.ABANDONED] | NEXT[STATES.NOT_SELECTED]
    assert not may_follow(STATES.SELECTED, STATES.NOT_SELECTED)
    for paid in HOLDS_MONEY - {STATES.CLOSED}:
        assert NEXT[paid] <= HOLDS_MONEY | {STATES.ABANDONED}


def test_the_median_counts_only_projects_that_came_so_far() -> None:
    histories = [history((STATES.SUBMITTED, 0), (STATES.ADMISSIBLE, days)) for days in (3, 8, 10, 40)]
    assert median_days(histories, STATES.SUBMITTED, STATES.ADMISSIBLE) == 9
    assert median_days([*histories, history((STATES.SUBMITTED, 0))], STATES.SUBMITTED, STATES.ADMISSIBLE) == 9
    assert median_days(histories[:2], STATES.SUBMITTED, STATES.ADMISSIBLE) == 6, "half a day is rounded up"
    assert median_days([], STATES.SUBMITTED, STATES.PAID) is None


def test_silence_is_said_after_six_months() -> None:
    assert silent_since([], FIRST) is None
    assert silent_since([FIRST], FIRST + timedelta(days=183)) is None
    assert silent_since([FIRST, FIRST - timedelta(days=9)], FIRST + timedelta(days=184)) == FIRST


def budget(*cents: int, asked: int, own: int = 0, others: tuple[CoFunder, ...] = ()) -> ProjectBudget:
    return ProjectBudget([CostLine(f"Ligne {each}", each) for each in cents], asked, others, own)


def test_a_budget_adds_up_or_says_what_is_wrong() -> None:
    town = CoFunder("La ville", 200_00)
    assert budget(500_00, 300_00, asked=600_00, others=(town,)).faults() == frozenset()
    assert budget(500_00, asked=400_00).faults() == {BudgetFault.DOES_NOT_ADD_UP}
    assert budget(500_00, asked=400_00).gap_cents == 100_00
    assert budget(500_00, asked=400_00, others=(town,)).faults() == {BudgetFault.MORE_THAN_THE_COST}
    assert budget(asked=0).faults() == {BudgetFault.NO_LINE}
    assert BudgetFault.LINE_OUT_OF_RANGE in budget(0, asked=0).faults()
    assert BudgetFault.LINE_OUT_OF_RANGE in budget(MOST_CENTS + 1, asked=MOST_CENTS + 1).faults()
    assert BudgetFault.TOO_MANY_LINES in budget(*[1] * 41, asked=41).faults()


def test_co_funders_never_grant_more_than_they_were_asked_and_may_grant_less() -> None:
    generous = CoFunder("La ville", 200_00, 300_00)
    assert BudgetFault.MORE_THAN_THE_COST in budget(800_00, asked=500_00, others=(generous,)).faults()
    owing = CoFunder("La ville", 200_00, -1)
    assert BudgetFault.LINE_OUT_OF_RANGE in budget(800_00, asked=600_00, others=(owing,)).faults()
    sparing = CoFunder("La ville", 200_00, 50_00)
    less = budget(800_00, asked=600_00, others=(sparing,))
    assert less.faults() == frozenset()
    assert less.gap_cents == 150_00


def test_what_was_not_spent_returns_to_the_envelope() -> None:
    lines = [CostLine("Goûter", 300_00, 250_00), CostLine("Sono", 200_00, 180_00)]
    spent = ProjectBudget(lines, asked_cents=400_00, own_cents=100_00)
    assert spent.unspent_cents(400_00) == 70_00
    assert (
        ProjectBudget([lines[0], CostLine("Sono", 200_00)], 400_00, own_cents=100_00).unspent_cents(400_00)
        == 0
    )
    nothing = ProjectBudget([CostLine("Goûter", 300_00, 0)], 300_00)
    assert nothing.unspent_cents(300_00) == 300_00


@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(0, 2000)), min_size=1, max_size=5),
    st.integers(0, 900),
    st.data(),
)
def test_never_more_returns_than_was_paid(
    lines: list[tuple[int, int]], own: int, data: st.DataObject
) -> None:
    cost = sum(cents for cents, _spent in lines)
    own = min(own, cost)
    asked = data.draw(st.integers(0, cost - own))
    whole = ProjectBudget([CostLine("x", cents, spent) for cents, spent in lines], asked, (), own)
    paid = data.draw(st.integers(0, asked))
    assert 0 <= whole.unspent_cents(paid) <= paid


GRANTS = st.lists(
    st.builds(
        lambda cents, state, back: ProjectGrant(cents, state, min(back, cents)),
        st.integers(1, 500),
        st.sampled_from(STATES),
        st.integers(0, 500),
    )
)


@given(st.integers(0, 3000), GRANTS)
def test_an_envelope_holds_what_was_given_to_it(cents: int, grants: list[ProjectGrant]) -> None:
    found = balance(cents, grants)
    assert found.left_cents == cents - found.granted_cents + found.returned_cents
    assert found.paid_cents <= found.granted_cents
    if found.left_cents > 0:
        assert found.allows(found.left_cents)
        assert not found.allows(found.left_cents + 1)
        more = balance(cents, [*grants, ProjectGrant(found.left_cents, STATES.SELECTED)])
        assert more.left_cents == 0
    assert not found.allows(0)


def test_projects_that_were_not_chosen_hold_nothing_and_an_abandoned_one_gives_back() -> None:
    grants = [
        ProjectGrant(300, STATES.IN_CHOICE),
        ProjectGrant(200, STATES.NOT_SELECTED),
        ProjectGrant(400, STATES.SELECTED),
        ProjectGrant(100, STATES.ABANDONED, 100),
        ProjectGrant(150, STATES.CLOSED, 30),
    ]
    found = balance(1000, grants)
    assert (found.left_cents, found.granted_cents, found.paid_cents) == (480, 650, 150)
