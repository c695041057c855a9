"""The whole count: rules, what is told of each project, and what is set aside before."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import (
    Comparison,
    Count,
    FateReason,
    ProjectFate,
    TallyRule,
    TallyRules,
    compare,
    count,
)
from cdv_civic.fund.tally.election import BallotKind, Election, Project, VoterBallot
from cdv_civic.fund.tally.equal_shares import Payment
from cdv_civic.fund.tally.supporters import Utility
from tests.fund.tally import slow
from tests.fund.tally.elections import election, elections
from tests.fund.tally.elections import slow as slowly

MOST_VOTES = TallyRules(TallyRule.MOST_VOTES)
SHARES = TallyRules(TallyRule.EQUAL_SHARES)


def fates(counted: Count) -> dict[str, ProjectFate]:
    return {fate.code: fate for fate in counted.fates}


def test_most_votes_first_takes_what_fits_and_skips_what_does_not() -> None:
    counted = count(election(10, {"a": 4, "b": 7, "c": 6}, ["a b", "a b", "a", "c"]), MOST_VOTES)
    assert counted.selected == ("a", "c")
    assert counted.spent == 10
    assert [(fate.code, fate.reason, fate.votes, fate.left) for fate in counted.fates] == [
        ("a", FateReason.TAKEN, 3, Fraction(10)),
        ("c", FateReason.TAKEN, 1, Fraction(6)),
        ("b", FateReason.DID_NOT_FIT, 2, Fraction(6)),
    ]
    assert (counted.share, counted.raised_share, counted.comparison) == (None, None, None)


def test_points_decide_where_ballots_hold_them() -> None:
    votes: list[dict[str, int]] = [{"a": 1}, {"a": 1}, {"b": 3}]
    counted = count(election(5, {"a": 5, "b": 5}, votes, BallotKind.SCORING), MOST_VOTES)
    assert counted.selected == ("b",)
    assert [(fate.votes, fate.points) for fate in counted.fates] == [(1, 3), (2, 2)]


@given(elections())
def test_most_votes_first_is_the_slow_count(drawn: tuple[Election, list[dict[str, int]]]) -> None:
    fast, votes = drawn
    by_hand = slowly(fast, votes)
    right = slow.most_votes(
        by_hand, points=fast.kind.has_points, left=fast.envelope, among=set(by_hand.costs)
    )
    assert list(count(fast, MOST_VOTES).selected) == right


def test_equal_shares_tell_what_each_paid_and_what_was_lacking() -> None:
    counted = count(election(12, {"a": 6, "b": 10, "c": 1}, ["a", "a b", "b", "b"]), SHARES)
    told = fates(counted)
    assert counted.selected == ("a",)
    assert counted.share == counted.raised_share == 3
    assert told["a"].payment == Payment(Fraction(3), in_full=2, spent_out=0, rest=Fraction(0))
    assert told["b"].reason is FateReason.NOT_PAID_FOR
    assert told["b"].left == 6
    assert told["c"].reason is FateReason.NO_SUPPORT
    assert counted.left == 6
    assert counted.without_any == 2


@pytest.mark.parametrize(("cost", "price", "rest"), [(40, 9, 2), (48, 10, 0)])
def test_supporters_who_had_less_or_nothing_are_told_with_what_they_gave_together(
    cost: int, price: int, rest: int
) -> None:
    votes = ["a b", "a", "a", "a", "b", "b"]
    told = fates(count(election(72, {"a": cost, "b": 20}, votes), SHARES))
    assert told["a"].payment == Payment(Fraction(cost, 4), in_full=4, spent_out=0, rest=Fraction(0))
    assert told["b"].payment == Payment(Fraction(price), in_full=2, spent_out=1, rest=Fraction(rest))


def test_most_votes_first_takes_of_what_add1_left() -> None:
    votes = ["a"] * 8 + ["b"]
    counted = count(
        election(90, {"a": 85, "b": 10, "c": 3}, votes),
        replace(SHARES, completion=Completion.ADD1_MOST_VOTES),
    )
    told = fates(counted)
    assert counted.selected == ("b", "c")
    assert told["b"].reason is FateReason.BOUGHT
    assert told["c"].reason is FateReason.TAKEN
    assert told["c"].left == 80
    assert told["a"].reason is FateReason.NOT_PAID_FOR
    assert told["a"].left == 80


def test_most_votes_first_wins_where_more_voters_are_better_off_with_it() -> None:
    votes = ["a"] * 8 + ["b"]
    asked = election(90, {"a": 90, "b": 10}, votes)
    assert count(asked, SHARES).selected == ("b",)
    compared = count(asked, replace(SHARES, compare=True))
    assert compared.comparison == Comparison(equal_shares=1, most_votes=8, alike=0)
    assert (compared.rule, compared.selected) == (TallyRule.MOST_VOTES, ("a",))
    assert compared.without_any == 1
    assert compared.share == 10


def test_equal_shares_stand_where_as_many_are_better_off_with_either() -> None:
    asked = election(20, {"a": 20, "b": 10}, ["a", "b"])
    compared = count(asked, replace(SHARES, compare=True))
    assert compared.comparison == Comparison(equal_shares=1, most_votes=1, alike=0)
    assert (compared.rule, compared.selected) == (TallyRule.EQUAL_SHARES, ("b",))


@given(elections(), st.sampled_from(Utility), st.data())
def test_voters_are_compared_by_what_is_worth_something_to_them(
    drawn: tuple[Election, list[dict[str, int]]], utility: Utility, data: st.DataObject
) -> None:
    fast, votes = drawn
    by_hand = slowly(fast, votes)
    indices = st.sets(st.sampled_from(range(len(fast.projects))))
    one, other = data.draw(indices), data.draw(indices)

    def worth(vote: dict[str, int], selected: set[int]) -> Fraction:
        codes = (fast.projects[index].code for index in selected)
        return sum((slow.worth(by_hand, utility, vote, code) for code in codes), Fraction(0))

    better = sum(worth(vote, one) > worth(vote, other) for vote in votes)
    worse = sum(worth(vote, one) < worth(vote, other) for vote in votes)
    found = compare(fast, utility, sorted(one), sorted(other))
    assert found == Comparison(better, worse, len(votes) - better - worse)
    event(f"the second is better for more: {worse > better}")


@pytest.mark.parametrize("rules", [MOST_VOTES, SHARES])
def test_a_project_with_fewer_votes_than_the_threshold_is_not_counted(rules: TallyRules) -> None:
    asked = election(10, {"a": 5, "b": 5}, ["a", "a", "b"])
    told = fates(count(asked, replace(rules, threshold=2)))
    assert (told["b"].reason, told["b"].votes) == (FateReason.BELOW_THRESHOLD, 1)
    assert told["a"].selected
    assert not told["b"].selected
    assert fates(count(asked, replace(rules, threshold=1)))["b"].reason is not FateReason.BELOW_THRESHOLD


@pytest.mark.parametrize("rules", [MOST_VOTES, SHARES])
def test_a_withdrawn_project_is_skipped_and_its_ballots_keep_their_share(rules: TallyRules) -> None:
    projects = [Project("a", Fraction(4), withdrawn="Le terrain est vendu."), Project("b", Fraction(6))]
    ballots = [VoterBallot({"a": 1}), VoterBallot({"a": 1, "b": 1}), VoterBallot({"b": 1})]
    counted = count(Election.of(Fraction(9), projects, BallotKind.APPROVAL, ballots), rules)
    told = fates(counted)
    assert counted.selected == ("b",)
    assert (told["a"].reason, told["a"].withdrawn) == (FateReason.WITHDRAWN, "Le terrain est vendu.")
    assert told["a"].votes == 2
    assert counted.share in (None, 3)
    assert counted.without_any == 1


def test_blank_ballots_have_a_share_and_are_told_apart() -> None:
    counted = count(election(9, {"a": 6}, ["a", "a", ""]), SHARES)
    assert (counted.ballots, counted.blank) == (3, 1)
    assert counted.share == 3
    assert counted.selected == ("a",)
    assert counted.without_any == 0


def test_blank_ballots_that_are_set_apart_are_counted_without_a_share() -> None:
    ballots = [VoterBallot({"a": 1}), VoterBallot({"a": 1}), VoterBallot({}), VoterBallot({"a": 0})]
    asked = Election.of(
        Fraction(8), [Project("a", Fraction(6))], BallotKind.APPROVAL, ballots, blank_has_share=False
    )
    counted = count(asked, SHARES)
    assert (counted.ballots, counted.blank) == (4, 2)
    assert counted.share == 4
    assert counted.without_any == 0


@given(
    elections(),
    st.sampled_from(TallyRule),
    st.sampled_from(Utility),
    st.sampled_from(Completion),
    st.booleans(),
)
def test_every_project_has_one_fate_and_the_selected_come_first_in_their_order(
    drawn: tuple[Election, list[dict[str, int]]],
    rule: TallyRule,
    utility: Utility,
    completion: Completion,
    compared: bool,
) -> None:
    fast, votes = drawn
    if utility is Utility.POINTS and not fast.kind.has_points:
        utility = Utility.COST
    counted = count(fast, TallyRules(rule, utility, completion, compare=compared, threshold=len(votes) // 4))
    assert sorted(fate.code for fate in counted.fates) == sorted(project.code for project in fast.projects)
    assert tuple(fate.code for fate in counted.fates if fate.selected) == counted.selected
    assert [fate.code for fate in counted.fates[: len(counted.selected)]] == list(counted.selected)
    assert counted.spent == sum(fate.cost for fate in counted.fates if fate.selected)
    assert counted.spent <= counted.envelope


def test_utility_by_points_asks_for_points() -> None:
    with pytest.raises(ValueError, match="points"):
        count(election(9, {"a": 6}, ["a"]), replace(SHARES, utility=Utility.POINTS))


def test_a_project_costs_nothing_or_more_and_has_a_code_of_its_own() -> None:
    with pytest.raises(ValueError, match="less than nothing: a"):
        Project("a", Fraction(-1, 100))
    with pytest.raises(ValueError, match="same code"):
        Election.of(Fraction(1), [Project("a", Fraction(1))] * 2, BallotKind.APPROVAL, [])


def test_points_of_zero_are_no_support() -> None:
    counted = count(election(9, {"a": 6, "b": 3}, [{"a": 0, "b": 2}], BallotKind.CUMULATIVE), SHARES)
    assert counted.selected == ("b",)
    assert fates(counted)["a"].reason is FateReason.NO_SUPPORT
