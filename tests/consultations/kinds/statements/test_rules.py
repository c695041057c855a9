"""What may be told of the parts of those who said something of a sentence, and what gathers people."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.consultations.kinds.statements.rules import (
    AGREED,
    NOBODY,
    NOTHING_TOLD,
    Consensus,
    Parts,
    Sides,
    meeting,
    parts_told,
    spread,
)

sides = st.builds(Sides, st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
parts = st.dictionaries(st.sampled_from("abcdefg"), sides, max_size=7)
thresholds = st.integers(2, 11)


@given(parts, thresholds)
def test_no_count_that_is_told_is_small(there: Mapping[str, Sides], threshold: int) -> None:
    told = parts_told(there, threshold)
    assert all(each.smallest >= threshold for each in told.all)


@given(parts, thresholds)
def test_all_that_is_told_is_of_all_people(there: Mapping[str, Sides], threshold: int) -> None:
    told = parts_told(there, threshold)
    if told is not NOTHING_TOLD:
        assert sum(told.all, NOBODY) == sum(there.values(), NOBODY)
        assert all(there[name] == each for name, each in told.told.items())


@given(parts, thresholds)
def test_what_is_told_as_one_sum_is_of_several_parts(there: Mapping[str, Sides], threshold: int) -> None:
    told = parts_told(there, threshold)
    if told.others is not None:
        left = [name for name, each in there.items() if name not in told.told and each.people]
        assert len(left) >= 2


@given(parts, thresholds, st.data())
def test_hidden_parts_may_as_well_have_changed_places(
    there: Mapping[str, Sides], threshold: int, data: st.DataObject
) -> None:
    """Whoever reads what is told cannot say which of those told together said what."""
    told = parts_told(there, threshold)
    hidden = [name for name, each in there.items() if name not in told.told and each.people]
    if told.others is None:
        return
    order = data.draw(st.permutations(hidden))
    otherwise = {**there, **{name: there[other] for name, other in zip(hidden, order, strict=True)}}
    assert parts_told(otherwise, threshold) == told


def test_a_part_of_few_is_told_with_the_smallest_that_is_large_enough() -> None:
    large, middle, small = Sides(30, 20, 10), Sides(20, 10, 6), Sides(9, 1, 2)
    told = parts_told({"est": large, "ouest": middle, "nord": small}, 5)
    assert told == Parts({"est": large}, middle + small)
    assert parts_told({"est": large, "nord": small}, 5) == NOTHING_TOLD
    assert parts_told({"est": large}, 5) == NOTHING_TOLD
    assert parts_told({"est": large, "nulle part": NOBODY}, 5) == NOTHING_TOLD
    assert parts_told({}, 5) == NOTHING_TOLD


def test_who_passed_counts_neither_for_nor_against() -> None:
    assert meeting(Sides(6, 4, 1000), []) is Consensus.GATHERS
    assert meeting(Sides(4, 6, 1000), []) is Consensus.REFUSED
    assert meeting(Sides(5, 4, 0), []) is Consensus.SPLITS
    assert meeting(Sides(0, 0, 50), []) is Consensus.UNTOLD
    assert meeting(None, []) is Consensus.UNTOLD


def test_what_gathers_gathers_in_every_part_that_is_told() -> None:
    whole = Sides(70, 30, 20)
    there = Parts({"est": Sides(40, 10, 10), "ouest": Sides(30, 20, 10)})
    assert meeting(whole, [there]) is Consensus.GATHERS
    against = Parts({"papier": Sides(10, 20, 10), "en_ligne": Sides(60, 10, 10)})
    assert meeting(whole, [there, against]) is Consensus.SPLITS
    assert spread([there]) == 20
    assert spread([NOTHING_TOLD]) == 0


@given(sides, parts, thresholds)
def test_a_sentence_never_gathers_and_is_refused_once_sides_change(
    whole: Sides, there: Mapping[str, Sides], threshold: int
) -> None:
    def turned(one: Sides) -> Sides:
        return replace(one, agree=one.disagree, disagree=one.agree)

    told = parts_told(there, threshold)
    other = parts_told({name: turned(each) for name, each in there.items()}, threshold)
    expected = {Consensus.GATHERS: Consensus.REFUSED, Consensus.REFUSED: Consensus.GATHERS}
    found = meeting(whole, [told])
    assert meeting(turned(whole), [other]) is expected.get(found, found)
    if found is Consensus.GATHERS:
        assert all((each.percent or 100) >= AGREED for each in (whole, *told.all))
