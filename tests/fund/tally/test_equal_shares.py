"""Equal shares beside a slow and obvious count, and where floating-point numbers cannot tell projects apart."""

import itertools
import random
import time
from fractions import Fraction
from typing import Final

import numpy as np
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from cdv_civic.fund.tally.election import BallotKind, Election
from cdv_civic.fund.tally.equal_shares import EqualShares, Payment
from cdv_civic.fund.tally.exact_sums import Bought, ExactSums
from cdv_civic.fund.tally.line_up import LineUp
from cdv_civic.fund.tally.supporters import (
    MOST_AT_ONCE,
    Supporters,
    Utility,
    sum_where,
    supporters_of,
)
from cdv_civic.fund.tally.ties import BY_CODE, tie_ranks
from tests.fund.tally import slow
from tests.fund.tally.elections import election, elections
from tests.fund.tally.elections import slow as slowly

#: Cost utility makes a zero of a project that costs nothing; points only where ballots hold them.
UTILITIES: Final = st.sampled_from(Utility)
MUCH: Final = 10**15


def run(counted: Election, utility: Utility, share: Fraction | None = None) -> EqualShares:
    line_up = LineUp(len(counted.voters), supporters_of(counted, utility), tie_ranks(counted, BY_CODE))
    return EqualShares(line_up, counted.share if share is None else share).run()


def bought(counted: Election, utility: Utility = Utility.COUNT, share: Fraction | None = None) -> list[str]:
    return [counted.projects[index].code for index in run(counted, utility, share).selected]


@given(elections(), UTILITIES, st.fractions(0, 40, max_denominator=9))
@settings(max_examples=400)
def test_the_same_is_bought_in_the_same_order_as_by_the_slow_count(
    drawn: tuple[Election, list[dict[str, int]]], utility: Utility, raised: Fraction
) -> None:
    fast, votes = drawn
    by_hand = slowly(fast, votes)
    share = fast.share + raised
    found = bought(fast, utility, share)
    assert found == slow.equal_shares(by_hand, utility, share)
    costs = [by_hand.costs[code] for code in found]
    event(f"something free is taken: {0 in costs}")
    event(f"two of the same cost are taken: {len(set(costs)) < len(costs)}")
    event(f"ballots that say the same: {len(fast.voters) < fast.ballots}")


@given(elections(), UTILITIES, st.fractions(0, 40, max_denominator=9))
def test_what_supporters_pay_adds_up_to_the_cost(
    drawn: tuple[Election, list[dict[str, int]]], utility: Utility, raised: Fraction
) -> None:
    fast, votes = drawn
    done = run(fast, utility, fast.share + raised)
    left = [fast.share + raised] * len(votes)
    payments = done.payments()
    for place, index in enumerate(done.selected):
        project, payment = fast.projects[index], payments[index]
        in_full = spent_out = 0
        paid, rest = Fraction(0), Fraction(0)
        for voter, vote in enumerate(votes):
            if code_points := vote.get(project.code, 0):
                units = code_points if utility is Utility.POINTS else 1
                owed = payment.price * units
                in_full += left[voter] >= owed
                spent_out += left[voter] < owed
                rest += left[voter] if left[voter] < owed else 0
                paid += min(left[voter], owed)
                left[voter] -= min(left[voter], owed)
        assert paid == project.cost
        assert (payment.in_full, payment.spent_out, payment.rest) == (in_full, spent_out, rest)
        if project.cost:
            worth = project.cost if utility is Utility.COST else 1
            assert done.exact_price(place) == payment.price / worth
    theirs = [
        sum(left[voter] for voter, vote in enumerate(votes) if vote.get(project.code, 0))
        for project in fast.projects
    ]
    assert done.left_for(range(len(fast.projects))) == theirs
    assert done.left_for([]) == []


def test_a_price_lower_by_a_billionth_of_a_millionth_wins() -> None:
    counted = election(MUCH, {"a": MUCH + 1, "b": MUCH, "c": MUCH + 2}, ["a b c"] * 3)
    assert bought(counted) == ["b"]
    assert bought(counted, share=Fraction(2 * MUCH, 3)) == ["b"]
    assert bought(counted, share=Fraction(2 * MUCH + 1, 3)) == ["b", "a"]


@pytest.mark.parametrize("more", [1, Fraction(1, 7), Fraction(1, 10**30)])
def test_costs_that_are_one_floating_point_number_are_told_apart(more: Fraction) -> None:
    cost = 10**17
    assert float(cost) == float(cost + more)
    counted = election(2 * cost, {"a": cost + more, "b": cost, "c": cost + 2 * more}, ["a b c"] * 3)
    assert bought(counted, share=cost + Fraction(more)) == ["b", "a", "c"]


def test_equal_prices_go_by_rank_however_they_come_about() -> None:
    # Thirds and sevenths of shares: no floating-point number is equal to them, and sums of them differ by their order.
    votes = ["x a", "x a", "x b", "x b", "x", "y a", "y b"]
    counted = election(7, {"x": "5/7", "y": "2/7", "b": "1/3", "a": "1/3"}, votes)
    by_hand = slowly(counted, [dict.fromkeys(vote.split(), 1) for vote in votes])
    assert bought(counted) == slow.equal_shares(by_hand, Utility.COUNT, counted.share) == ["a", "b", "x", "y"]


@pytest.mark.parametrize("voters", [3, 7, 11, 49, 1000, 9999])
def test_a_cost_that_is_just_reached_is_paid_and_one_a_hair_above_is_not(voters: int) -> None:
    for cost, taken in ((Fraction(1), ["a"]), (1 + Fraction(1, 10**25), [])):
        assert bought(election(1, {"a": cost}, ["a"] * voters)) == taken


def test_what_is_left_is_exactly_enough_for_the_next() -> None:
    # Each third project takes the rest of the shares to the last fraction.
    costs = {"a": "1/3", "b": "10/21", "c": "4/21"}
    assert bought(election(1, costs, ["a b c"] * 17)) == ["c", "a", "b"]
    assert bought(election(1, costs | {"b": Fraction(10, 21) + Fraction(1, 10**20)}, ["a b c"] * 17)) == [
        "c",
        "a",
    ]


def test_a_voter_with_just_the_price_pays_in_full() -> None:
    counted = election(4, {"a": 2, "b": 2, "c": "1/2"}, ["a b", "a b", "c", "c"])
    done = run(counted, Utility.COUNT)
    payments = {counted.projects[index].code: each for index, each in done.payments().items()}
    assert bought(counted) == ["c", "a"]
    assert payments["a"] == Payment(Fraction(1), in_full=2, spent_out=0, rest=Fraction(0))


def test_a_project_that_costs_nothing_is_taken_first_by_count_and_never_by_cost() -> None:
    counted = election(4, {"a": 2, "b": 0, "c": 0}, ["a b", "a"])
    assert bought(counted, Utility.COUNT) == ["b", "a"]
    assert bought(counted, Utility.COST) == ["a"]


def test_points_decide_how_much_each_supporter_pays() -> None:
    counted = election(20, {"a": 8, "b": 12}, [{"a": 3}, {"a": 1, "b": 2}], BallotKind.CUMULATIVE)
    done = run(counted, Utility.POINTS)
    assert done.payments()[0] == Payment(Fraction(2), in_full=2, spent_out=0, rest=Fraction(0))
    assert done.left_for([1]) == [8]


def test_a_single_voter_and_an_envelope_of_nothing() -> None:
    assert bought(election(5, {"a": 5, "b": 1}, ["a"])) == ["a"]
    assert bought(election(0, {"a": 5, "b": 0}, ["a b"])) == ["b"]
    assert bought(election(5, {"a": 5}, [])) == []


def test_many_purchases_do_not_add_up_errors() -> None:
    # 400 projects, each paid for by overlapping voters, some of whom are spent out: shares are computed anew on the way.
    codes = [f"p{number:03}" for number in range(400)]
    costs = {code: Fraction(3 + number * 7 % 11, 1 + number % 13) for number, code in enumerate(codes)}
    votes = [
        dict.fromkeys((codes[(voter * 17 + step * step * 3) % 400] for step in range(60)), 1)
        for voter in range(40)
    ]
    counted = election(400, costs, votes)
    assert bought(counted) == slow.equal_shares(slowly(counted, votes), Utility.COUNT, counted.share)


def test_a_price_that_rests_on_thousands_of_earlier_ones_is_found() -> None:
    share, links = Fraction(1), 1200
    sums = ExactSums(links + 1, share)
    chain = []
    for number in range(links):
        who = Supporters(
            np.array([number, number + 1]), np.array([1, 1]), np.array([1, 1]), Fraction(1), Fraction(1)
        )
        # The one who paid the project before in full gives the rest; the next one pays in full.
        full = np.array([not number, True])
        chain.append(Bought(who, number, full, ~full))
        sums.add(chain[-1], None)
    assert sums.price(chain[-1]) == Fraction(1, 2)


def test_what_each_has_left_is_told_apart_however_many_points_they_gave() -> None:
    # A million possible points in thirteen purchases: 64 bits do not number all that voters may have paid for.
    groups, share = np.arange(2), Fraction(10**9)
    sums = ExactSums(len(groups), share)
    for number, given_points in enumerate([(1, 2)] + [(999_999, 999_999)] * 12):
        units, both = np.array(given_points), np.array([True, True])
        who = Supporters(groups, units, np.ones_like(groups), Fraction(int(units.sum())), Fraction(1))
        sums.add(Bought(who, number, both, ~both), None)
    left = [share - 12 * 999_999 - points for points in (1, 2)]
    assert sums.left_each(groups) == left
    assert sums.left_together(groups, np.ones_like(groups)) == sum(left)


@given(elections(), UTILITIES, st.lists(st.integers(0, 50), min_size=2, max_size=6))
@example((election(9, {"a": 3, "b": 3}, ["a b"]), [{"a": 1, "b": 1}]), Utility.COUNT, [0, 5])
def test_a_larger_share_leaves_prices_no_higher_while_the_order_is_the_same(
    drawn: tuple[Election, list[dict[str, int]]], utility: Utility, raised: list[int]
) -> None:
    fast, _votes = drawn
    runs = [run(fast, utility, fast.share + each) for each in sorted(raised)]
    for smaller, larger in itertools.pairwise(runs):
        same = 0
        for place, (one, other) in enumerate(zip(smaller.selected, larger.selected, strict=False)):
            if one != other:
                break
            assert smaller.exact_price(place) >= larger.exact_price(place)
            same += 1
        event(f"the first {same} are the same")


@pytest.mark.parametrize("length", [0, 1, MOST_AT_ONCE, MOST_AT_ONCE + 1, 3 * MOST_AT_ONCE, 50_001])
def test_sums_in_pieces_are_the_whole_sum(length: int) -> None:
    numbers, flags = np.arange(length, dtype=np.float64), np.arange(length) % 3 == 0
    assert sum_where(numbers, flags) == sum(range(0, length, 3))


def test_a_count_is_the_work_of_one_thread() -> None:
    # Helpers of BLAS wait for each other where processors are busy: a count took ten times as long.
    draw = random.Random(5)
    names = [f"p{number}" for number in range(16)]
    votes = [" ".join(draw.sample(names, 8)) for _voter in range(100_000)]
    costs = {name: draw.randint(100_000, 900_000) for name in names}
    points = [{name: draw.randint(1, 9) for name in vote.split()} for vote in votes]
    counted = election(3_000_000, costs, points, BallotKind.CUMULATIVE)
    assert len(counted.supports[0].groups) > 40_000
    whole, own = time.process_time(), time.thread_time()
    run(counted, Utility.COST)
    whole, own = time.process_time() - whole, time.thread_time() - own
    assert whole < 1.2 * own + 0.02
