"""Opinions: no body judges its own project, and a project goes on once all the others have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.fund.rules.opinions import all_have_judged, bodies_that_judge

BODIES = st.frozensets(st.integers(1, 5))


@pytest.mark.parametrize(
    ("asked", "carrier", "given", "goes_on"),
    [
        ({1}, None, set(), False),
        ({1}, None, {1}, True),
        ({1, 2}, None, {1}, False),
        ({1, 2}, 2, {1}, True),
        ({1}, 1, set(), False),
        (set(), None, set(), False),
    ],
)
def test_a_project_goes_on_once_each_body_that_may_has_judged_it(
    asked: set[int], carrier: int | None, given: set[int], goes_on: bool
) -> None:
    assert all_have_judged(asked, carrier, given) is goes_on


@given(BODIES, st.none() | st.integers(1, 5), BODIES)
def test_nothing_goes_on_by_the_opinion_of_its_own_carrier(
    asked: frozenset[int], carrier: int | None, judged: frozenset[int]
) -> None:
    assert carrier not in bodies_that_judge(asked, carrier)
    assert all_have_judged(asked, carrier, judged) == all_have_judged(asked, carrier, judged - {carrier})
