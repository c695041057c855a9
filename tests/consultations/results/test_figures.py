"""What is computed from tables tells no more than they do."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from cdv_civic.consultations.results.counts import QuestionCount
from cdv_civic.consultations.results.figures import borda_points, shares
from cdv_civic.consultations.results.published import QuestionResult
from cdv_civic.consultations.rules.questions import QuestionKind, QuestionRule
from tests.consultations.attack import Solver, plus


def test_places_give_an_order() -> None:
    places = ((10, 20, 5), (15, 10, 10), (10, 5, 20))
    told = QuestionResult(1, QuestionKind.RANK, 35, (11, 12, 13), (10, 15, 10), 0, most=2, places=places)
    assert borda_points(told) == (40, 40, 25)
    hidden = QuestionResult(1, QuestionKind.RANK, 35, (11, 12, 13), (10, 15, 10), 0, most=2)
    assert borda_points(hidden) is None


def pointed(people: Sequence[tuple[int, ...]]) -> QuestionCount:
    """What people gave to each of the options 0, 1, 2…"""
    options: dict[int, dict[int | None, int]] = {
        option: dict(Counter(given[option] for given in people if given[option]))
        for option in range(len(people[0]))
    }
    return QuestionCount(len(people), len(people), options)


def question(options: int, points: int) -> QuestionRule:
    return QuestionRule(1, QuestionKind.POINTS, tuple(range(options)), most=points)


def test_shares_are_whole_percents_of_all_points() -> None:
    people = [(6, 3, 1), (1, 6, 3), (3, 1, 6), (10, 0, 0), (0, 10, 0), (0, 0, 10), (5, 5, 0), (0, 5, 5)] * 25
    assert shares(question(3, 10), pointed(people), 5) == (31, 38, 31)


def test_shares_that_tell_what_each_gave_are_hidden() -> None:
    """Ten people with ten points each: whole percents are the points themselves."""
    people = [(1, 9, 0)] * 5 + [(0, 4, 6)] * 5
    assert shares(question(3, 10), pointed(people), 5) is None, "who gave the first any gave one"
    assert shares(question(2, 10), pointed([(5, 5), (10, 0), (0, 10), (7, 3)] * 50), 5) is None, (
        "one tells the other"
    )
    assert shares(question(3, 10), QuestionCount(10, 0), 5) is None


@given(st.integers(0, 10**6), st.integers(3, 4), st.integers(4, 6), st.integers(20, 400), st.integers(2, 5))
@settings(max_examples=25)
def test_no_share_tells_how_many_gave_so_many_points(
    seed: int, options: int, points: int, count: int, threshold: int
) -> None:
    """An attacker who knows the form, how many gave to each option, and shares; solved for all kinds of people."""
    chance = random.Random(seed)
    kinds = [each for each in product(range(points + 1), repeat=options) if sum(each) == points]
    weights = [chance.choice((0, 1, 1, 5, 20)) + 0.001 for _kind in kinds]
    given_by = pointed(chance.choices(kinds, weights, k=count))
    asked = question(options, points)
    givers = [given_by.chose(option) for option in range(options)]
    told = shares(asked, given_by, threshold)
    if told is None or min(givers) < threshold or count - max(givers) < threshold:
        return
    solver = Solver()
    people = [solver.number() for _kind in kinds]
    solver.known(plus(*people), count)
    of_option = []
    for option, percent in enumerate(told):
        solver.known(
            plus(*(each for each, kind in zip(people, kinds, strict=True) if kind[option])),
            given_by.chose(option),
        )
        got = plus(*(one for each, kind in zip(people, kinds, strict=True) for one in [each] * kind[option]))
        solver.between(got, (percent - 0.5) * points * count / 100, (percent + 0.5) * points * count / 100)
        of_option += [
            plus(*(each for each, kind in zip(people, kinds, strict=True) if kind[option] == number))
            for number in range(1, points + 1)
        ]
    assert all(high - low >= threshold for low, high in solver.ends(of_option, threshold))
