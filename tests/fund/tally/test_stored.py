"""A count that is kept is read back exactly as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRule, TallyRules, count
from cdv_civic.fund.tally.election import Election
from cdv_civic.fund.tally.stored import as_data, from_data
from cdv_civic.fund.tally.supporters import Utility
from cdv_civic.fund.tally.ties import TieCriterion, chain_from
from tests.fund.tally.elections import elections


@given(
    elections(),
    st.sampled_from(TallyRule),
    st.sampled_from(Utility),
    st.sampled_from(Completion),
    st.sampled_from(TieCriterion),
    st.booleans(),
    st.integers(0, 3),
)
def test_a_count_comes_back_from_json_as_it_was(
    drawn: tuple[Election, list[dict[str, int]]],
    rule: TallyRule,
    utility: Utility,
    completion: Completion,
    first: TieCriterion,
    compare: bool,
    threshold: int,
) -> None:
    election, _votes = drawn
    if utility is Utility.POINTS and not election.kind.has_points:
        utility = Utility.COUNT
    order = tuple(reversed([project.code for project in election.projects]))
    counted = count(
        election, TallyRules(rule, utility, completion, chain_from(first), order, compare, threshold)
    )
    assert from_data(json.loads(json.dumps(as_data(counted)))) == counted
