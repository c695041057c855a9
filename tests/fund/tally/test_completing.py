"""Add-1 with its two stops, and the shares that it passes over."""

import math
import random
from fractions import Fraction
from typing import Final
from unittest.mock import patch

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from cdv_civic.fund.tally import completing
from cdv_civic.fund.tally.completing import Completion, equal_shares, same_between
from cdv_civic.fund.tally.election import BallotKind, Election, Project, VoterBallot
from cdv_civic.fund.tally.equal_shares import EqualShares
from cdv_civic.fund.tally.line_up import LineUp
from cdv_civic.fund.tally.supporters import Utility, supporters_of
from cdv_civic.fund.tally.ties import BY_CODE, tie_ranks
from tests.fund.tally import slow
from tests.fund.tally.elections import election, elections, read_plainly
from tests.fund.tally.elections import slow as slowly

UTILITIES: Final = st.sampled_from(Utility)


def codes(counted: Election, utility: Utility, completion: Completion) -> tuple[list[str], int]:
    shares = equal_shares(counted, tie_ranks(counted, BY_CODE), utility, completion)
    return [counted.projects[index].code for index in shares.selected], shares.raised


def run(counted: Election, utility: Utility, raised: int, *, closely: bool = False) -> EqualShares:
    line_up = LineUp(len(counted.voters), supporters_of(counted, utility), tie_ranks(counted, BY_CODE))
    return EqualShares(line_up, counted.share + raised, closely=closely).run()


@given(elections(), UTILITIES)
@settings(max_examples=500)
def test_add1_ends_where_it_ends_one_by_one(
    drawn: tuple[Election, list[dict[str, int]]], utility: Utility
) -> None:
    fast, votes = drawn
    by_hand = slowly(fast, votes)
    selected, raised = slow.add1(by_hand, utility)
    found, at = codes(fast, utility, Completion.ADD1)
    assert (found, at) == (selected, raised)
    event(f"the share is raised by {len(str(raised))} digits")


def test_add1_is_right_where_its_two_stops_elect_other_projects() -> None:
    drawn = random.Random(13)
    differ = 0
    for _each in range(1500):
        names = [f"p{number}" for number in range(drawn.randint(2, 4))]
        costs = {name: drawn.choice([5, 10, 15, 20, 30]) for name in names}
        votes = [{name: 1 for name in names if drawn.random() < 0.5} for _voter in range(drawn.randint(1, 5))]
        counted = election(drawn.choice([20, 30, 40, 60]), costs, votes)
        by_hand = slowly(counted, votes)
        utility = drawn.choice([Utility.COST, Utility.COUNT])
        right = slow.add1(by_hand, utility)
        differ += set(right[0]) != set(slow.add1(by_hand, utility, second_stop=False)[0])
        assert codes(counted, utility, Completion.ADD1) == right
    assert differ >= 30


@given(elections(), UTILITIES)
@settings(max_examples=200)
def test_most_votes_first_goes_on_with_what_add1_left(
    drawn: tuple[Election, list[dict[str, int]]], utility: Utility
) -> None:
    fast, votes = drawn
    by_hand = slowly(fast, votes)
    selected, _raised = slow.add1(by_hand, utility)
    left = by_hand.envelope - slow.cost_of(by_hand, selected)
    more = slow.most_votes(
        by_hand, points=fast.kind.has_points, left=left, among=set(by_hand.costs) - set(selected)
    )
    assert codes(fast, utility, Completion.ADD1_MOST_VOTES)[0] == [*selected, *more]


def test_the_second_stop_keeps_what_leaves_too_little_for_anything_else() -> None:
    votes: list[dict[str, int]] = [{"dear": 1, "fair": 1}, {}]
    counted = election(30, {"dear": 30, "fair": 15}, votes)
    by_hand = slowly(counted, votes)
    # 15 are left, and the dear one is not to be had for them: it ends here, though larger shares would pay for that one.
    assert codes(counted, Utility.COST, Completion.ADD1) == (["fair"], 0)
    assert slow.add1(by_hand, Utility.COST) == (["fair"], 0)
    assert slow.add1(by_hand, Utility.COST, second_stop=False) == (["dear"], 29)


def test_the_second_stop_decides_in_gdynia() -> None:
    counted = read_plainly("poland_gdynia_2020_wielki-kack-small.pb")
    assert codes(counted, Utility.COST, Completion.ADD1)[1] == 0


@st.composite
def dearer(draw: st.DrawFn) -> Election:
    """Such that add-1 takes hundreds of steps: twins, parallel prices, voters who are spent out early."""
    names = [f"p{number}" for number in range(draw(st.integers(2, 5)))]
    base = draw(st.integers(20, 900))
    cost = st.one_of(
        st.just(base),
        st.integers(base, base + 3),
        st.integers(1, 900),
        st.fractions(1, 50, max_denominator=5),
    )
    points = draw(st.booleans())
    ballot = st.dictionaries(st.sampled_from(names), st.integers(1, 3 if points else 1), max_size=4)
    votes = draw(st.lists(ballot, min_size=1, max_size=6))
    return Election.of(
        Fraction(draw(st.integers(100, 2500))),
        [Project(name, Fraction(draw(cost))) for name in names],
        BallotKind.CUMULATIVE if points else BallotKind.APPROVAL,
        [VoterBallot(vote) for vote in votes],
    )


@given(dearer(), UTILITIES, st.integers(0, 300), st.integers(2, 60), st.booleans())
@settings(max_examples=400)
def test_shares_that_are_passed_over_buy_the_same_in_the_same_order(
    counted: Election, utility: Utility, start: int, step: int, closely: bool
) -> None:
    smaller, larger = (run(counted, utility, at, closely=closely) for at in (start, start + step))
    passed_over = same_between(smaller, larger)
    event(f"passed over: {passed_over}, of projects: {min(len(smaller.selected), 3)}")
    if passed_over:
        for raised in range(start + 1, start + step):
            assert run(counted, utility, raised).selected == smaller.selected


@given(dearer(), UTILITIES, st.sampled_from([-1, completing.MOST_SHORT_STEPS]))
@settings(max_examples=100)
def test_passing_over_shares_ends_where_each_one_by_one_ends(
    counted: Election, utility: Utility, short_steps: int
) -> None:
    def ends(raised: int) -> tuple[bool, bool]:
        selected = run(counted, utility, raised).selected
        left = counted.envelope - sum(counted.projects[index].cost for index in selected)
        fits = any(
            support.votes and index not in selected and 0 < counted.projects[index].cost <= left
            for index, support in enumerate(counted.supports)
        )
        return left < 0, not fits

    raised = 0
    while True:
        beyond, nothing_fits = ends(raised)
        if beyond or nothing_fits:
            break
        raised += 1
    stands = raised - 1 if beyond else raised
    event(f"raised by {len(str(stands))} digits")
    with patch.object(completing, "MOST_SHORT_STEPS", short_steps):
        found, at = codes(counted, utility, Completion.ADD1)
    assert at == stands
    assert found == [counted.projects[index].code for index in run(counted, utility, stands).selected]


def test_millions_of_shares_at_which_projects_are_equal_are_passed_over() -> None:
    # One voter alone pays for the dear project: the share rises by millions, and at each of them a and b are equal.
    votes = ["a b c", "a b d", "far"]
    costs = {"a": 10, "b": 10, "c": 6, "d": 6, "far": 4_000_000}
    counted = election(4_000_100, costs, votes)
    selected, raised = codes(counted, Utility.COST, Completion.ADD1)
    assert set(selected) == set(costs)
    assert raised == math.ceil(4_000_000 - counted.share) == 2_666_634


class _Runs(EqualShares):
    """Counts how often shares are counted, and gives up."""

    made = 0

    def run(self) -> EqualShares:
        _Runs.made += 1
        assert _Runs.made <= 600
        return super().run()


# Costs that people round alike, and few voters: while the share rises by one, prices fall by more than they differ.
ALIKE: Final = [
    (3_848_216, (865_939, 865_939, 1_000_003, 1_000_002, 1_000_002),
     "34 0432 10 2 30 42 1243 01 3 41", Utility.COUNT),
    (357_292, (100_001, 100_001, 100_001, 137_567), "3 0123 2 3 1203 0", Utility.COST),
    (705_670, (100_003, 83_446, 166_856, 100_003, 145_181, 100_000, 100_000, 100_000),
     "76 512 265 5 276 532 0162 30 65", Utility.COST),
    (6_935_885, (1_000_000, 1_000_000, 1_000_003, 5831, 1_000_002, 1_945_194, 55_959, 1_000_000),
     "7 1724 6 312 4", Utility.COUNT),
]  # fmt: skip


@pytest.mark.parametrize(("envelope", "costs", "votes", "utility"), ALIKE)
def test_shares_at_which_prices_are_nearer_than_one_share_to_the_next_are_passed_over(
    envelope: int, costs: tuple[int, ...], votes: str, utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {str(place): cost for place, cost in enumerate(costs)}
    counted = election(envelope, named, [" ".join(vote) for vote in votes.split()])
    monkeypatch.setattr(completing, "EqualShares", _Runs)
    _Runs.made = 0
    shares = equal_shares(counted, tie_ranks(counted, BY_CODE), utility, Completion.ADD1)
    assert shares.raised > 10_000
    # What is bought changes here, or else the search would not end here.
    monkeypatch.undo()
    before, here, after = (run(counted, utility, shares.raised + more).selected for more in (-1, 0, 1))
    assert here == shares.run.selected
    assert here != before or here != after
