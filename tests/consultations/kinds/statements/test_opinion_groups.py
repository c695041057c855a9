"""Groups of opinions: those that were planted are found again, and chance is never called a group."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdv_civic.consultations.kinds.statements.opinion_groups import (
    LEAST_GROUP,
    LEAST_PEOPLE,
    NoGroups,
    OpinionGroup,
    adjusted_rand,
    opinion_groups,
)


def planted(seed: int, sizes: tuple[int, ...], sentences: int = 18, loyal: float = 0.88) -> list[list[int]]:
    """People of some groups, each with a mind of its own on every sentence, from which few of it depart."""
    draw = random.Random(seed)
    minds = [[draw.choice((1, -1)) for _sentence in range(sentences)] for _group in sizes]
    for at in range(sentences):  # each sentence tells some apart
        if len({mind[at] for mind in minds}) == 1:
            minds[at % len(minds)][at] *= -1
    return [
        [0 if draw.random() < 0.15 else side if draw.random() < loyal else -side for side in minds[group]]
        for group, size in enumerate(sizes)
        for _person in range(size)
    ]


def at_random(seed: int, people: int, sentences: int) -> list[list[int]]:
    """Each sentence has its own share of those who agree, and nothing to do with the others."""
    draw = random.Random(seed)
    agreeing = [draw.choice((0.1, 0.3, 0.5, 0.5, 0.7, 0.95)) for _sentence in range(sentences)]
    return [
        [0 if draw.random() < 0.2 else 1 if draw.random() < share else -1 for share in agreeing]
        for _person in range(people)
    ]


def found(answers: list[list[int]]) -> tuple[OpinionGroup, ...]:
    groups = opinion_groups(answers)
    assert not isinstance(groups, NoGroups), groups
    return groups


@pytest.mark.parametrize("sizes", [(40, 30), (60, 25), (40, 35, 30)])
def test_groups_that_were_planted_are_found_again(sizes: tuple[int, ...]) -> None:
    for seed in range(3):
        groups = found(planted(seed, sizes))
        assert len(groups) == len(sizes)
        assert all(abs(group.people - size) <= 4 for group, size in zip(groups, sizes, strict=True))
        assert all(group.typical for group in groups)


def test_what_is_typical_of_a_group_is_what_it_was_made_of() -> None:
    draw = random.Random(4)

    def people(count: int, side: int) -> list[list[int]]:
        return [[side] * 6 + [draw.choice((1, -1)) for _sentence in range(6)] for _person in range(count)]

    yes, no = people(40, 1), people(30, -1)
    large, small = found(yes + no)
    assert {side for _at, side in large.typical} == {1}
    assert {side for _at, side in small.typical} == {-1}
    assert all(at < 6 for at, _side in (*large.typical, *small.typical))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(LEAST_PEOPLE, 150), st.integers(8, 25))
def test_chance_is_never_a_group(seed: int, people: int, sentences: int) -> None:
    assert isinstance(opinion_groups(at_random(seed, people, sentences)), NoGroups)


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_people_changes_nothing(seed: int) -> None:
    answers = planted(3, (40, 30))
    again = answers[:]
    random.Random(seed).shuffle(again)
    assert opinion_groups(again) == opinion_groups(answers)


def test_nothing_is_told_of_few_people_or_of_few_answers() -> None:
    answers = planted(1, (40, 30))
    assert opinion_groups(answers[: LEAST_PEOPLE - 1]) is NoGroups.FEW
    assert opinion_groups([row[:6] for row in answers]) is NoGroups.FEW
    assert opinion_groups([row[:6] + [0] * 12 for row in answers]) is NoGroups.FEW
    assert opinion_groups([]) is NoGroups.FEW


def test_all_of_one_mind_are_no_groups() -> None:
    assert isinstance(opinion_groups([[1] * 12] * 80), NoGroups)


def test_a_handful_of_others_is_never_a_group() -> None:
    groups = opinion_groups(planted(2, (70, LEAST_GROUP - 4)))
    assert isinstance(groups, NoGroups) or min(group.people for group in groups) >= LEAST_GROUP


def test_thousands_are_parted_in_seconds() -> None:
    groups = found(planted(5, (1_800, 1_200), sentences=25))
    assert [round(group.people, -2) for group in groups] == [1_800, 1_200]


def test_how_far_two_partitions_agree() -> None:
    one = np.array([0, 0, 1, 1, 2, 2])
    assert adjusted_rand(one, np.array([2, 2, 0, 0, 1, 1])) == 1
    assert adjusted_rand(one, np.array([0, 1, 0, 1, 0, 1])) < 0
    assert adjusted_rand(np.array([0, 0, 0]), np.array([0, 0, 0])) == 1
