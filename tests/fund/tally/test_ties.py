"""Who comes first of projects that are equal."""

import pytest

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRule, TallyRules, count
from cdv_civic.fund.tally.ties import BY_CODE, CHAIN, TieCriterion, chain_from, tie_ranks
from tests.fund.tally.elections import election

FOUR = election(10, {"p10": 3, "p9": 3, "p1": 2, "p2": 3}, ["p9 p2", "p2", "p10", "p1", "p9"])


def order_of(*chain: TieCriterion, order: tuple[str, ...] = ()) -> list[str]:
    ranks = tie_ranks(FOUR, chain, order)
    return [code for _rank, code in sorted(zip(ranks, (each.code for each in FOUR.projects), strict=True))]


def test_codes_are_compared_as_text() -> None:
    assert order_of(*BY_CODE) == ["p1", "p10", "p2", "p9"]


def test_the_cheapest_come_first_then_those_with_most_votes() -> None:
    assert order_of(*CHAIN) == ["p1", "p2", "p9", "p10"]


def test_the_order_of_a_lot_decides_what_costs_and_votes_do_not() -> None:
    assert order_of(*CHAIN, order=("p9", "p2")) == ["p1", "p9", "p2", "p10"]


def test_what_the_order_does_not_name_comes_after_by_code() -> None:
    assert order_of(TieCriterion.ORDER, order=("p9",)) == ["p9", "p1", "p10", "p2"]


def test_an_order_that_names_a_code_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        tie_ranks(FOUR, CHAIN, ("p9", "p1", "p9"))


def test_a_criterion_is_put_first_and_code_last() -> None:
    cost, votes, order, code = TieCriterion
    assert chain_from(cost) == CHAIN == (cost, votes, order, code)
    assert chain_from(votes) == (votes, cost, order, code)
    assert chain_from(order) == (order, cost, votes, code)
    assert chain_from(code) == (code,)


@pytest.mark.parametrize("rule", TallyRule)
def test_the_first_in_order_wins_the_money_that_two_equals_ask_for(rule: TallyRule) -> None:
    twins = election(6, {"a": 6, "b": 6}, ["a b"] * 3)
    for first, order in (("a", ()), ("b", ("b", "a"))):
        rules = TallyRules(rule, completion=Completion.ADD1, ties=(TieCriterion.ORDER,), order=order)
        assert count(twins, rules).selected == (first,)


def test_one_order_answers_at_every_share_that_add1_tries() -> None:
    votes = ["a b c", "a b", "far"]
    tried = election(300, {"a": 20, "b": 20, "c": 9, "far": 200}, votes)
    for order in (("a", "b"), ("b", "a")):
        rules = TallyRules(completion=Completion.ADD1, ties=(TieCriterion.ORDER,), order=order)
        assert [code for code in count(tried, rules).selected if code in "ab"] == list(order)
