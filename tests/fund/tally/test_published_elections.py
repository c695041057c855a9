"""The count of elections that were really held, beside what the reference library elects in them."""

import pytest

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRule, TallyRules, count
from cdv_civic.fund.tally.election import Election
from cdv_civic.fund.tally.supporters import Utility
from tests.fund.tally.elections import EXPECTED, read_plainly

NAMES = {Utility.COST: "cost", Utility.COUNT: "cardinality", Utility.POINTS: "points"}


@pytest.fixture(scope="module", params=sorted(EXPECTED))
def published(request: pytest.FixtureRequest) -> tuple[Election, dict[str, list[str]]]:
    return read_plainly(request.param), EXPECTED[request.param]


def test_all_fifteen_are_there() -> None:
    assert len(EXPECTED) == 15
    assert sum(f"mes_add1_{name}" in each for each in EXPECTED.values() for name in NAMES.values()) == 27


def test_most_votes_first_elects_what_the_reference_elects(
    published: tuple[Election, dict[str, list[str]]],
) -> None:
    election, expected = published
    assert sorted(count(election, TallyRules(TallyRule.MOST_VOTES)).selected) == expected["most_votes"]


@pytest.mark.parametrize(("completion", "key"), [(Completion.NONE, "mes_"), (Completion.ADD1, "mes_add1_")])
def test_equal_shares_elect_what_the_reference_elects(
    published: tuple[Election, dict[str, list[str]]], completion: Completion, key: str
) -> None:
    election, expected = published
    utilities = [utility for utility, name in NAMES.items() if key + name in expected]
    assert utilities
    for utility in utilities:
        counted = count(election, TallyRules(utility=utility, completion=completion))
        assert sorted(counted.selected) == expected[key + NAMES[utility]], utility


def test_toulouse_needs_shares_more_than_twice_as_high() -> None:
    election = read_plainly("france_toulouse_2019_.pb")
    counted = count(election, TallyRules(utility=Utility.POINTS, completion=Completion.ADD1))
    assert counted.share is not None
    assert counted.raised_share is not None
    assert (round(counted.share), round(counted.raised_share)) == (669, 1406)
    assert counted.raised_share / counted.share == pytest.approx(2.1, abs=0.01)
