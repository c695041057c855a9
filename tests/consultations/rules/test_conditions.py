"""Conditions stay as they were entered, whatever the organiser moves or deletes in between."""

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from cdv_civic.consultations.rules.conditions import (
    LOOKED_AT,
    broken_by,
    broken_by_deleting,
    broken_by_deleting_option,
    may_look_at,
)
from cdv_civic.consultations.rules.editing import in_order, moved
from cdv_civic.consultations.rules.questions import QuestionKind, QuestionRule, looking_ahead
from tests.consultations.questions import forms

FORM = [
    QuestionRule(1, QuestionKind.SINGLE, (10, 11)),
    QuestionRule(2, QuestionKind.SHORT),
    QuestionRule(3, QuestionKind.RANK, (30, 31)),
    QuestionRule(4, QuestionKind.LONG, condition=11),
]


def put(form: list[QuestionRule], *ids: int) -> list[QuestionRule]:
    """The questions in an order."""
    return in_order(form, ids)


def test_a_question_that_another_looks_at_is_not_put_behind_it() -> None:
    assert broken_by(FORM, put(FORM, 2, 3, 4, 1)) == (4,)
    assert broken_by(FORM, put(FORM, 2, 3, 1, 4)) == ()
    assert broken_by(FORM, put(FORM, 4, 1, 2, 3)) == (4,)
    assert broken_by(FORM, put(FORM, 1, 4, 2, 3)) == ()


def test_what_a_question_looks_at_is_not_deleted() -> None:
    assert broken_by_deleting(FORM, {1}) == (4,)
    assert broken_by_deleting(FORM, {2}) == ()
    assert broken_by_deleting(FORM, {1, 4}) == ()
    assert broken_by_deleting_option(FORM, 11) == (4,)
    assert broken_by_deleting_option(FORM, 10) == ()


def test_an_act_is_not_blamed_for_what_was_wrong_before() -> None:
    wrong = [FORM[3], *FORM[:3]]
    assert broken_by(wrong, put(wrong, 2, 4, 1, 3)) == ()
    assert broken_by(wrong, FORM) == ()


def test_a_condition_can_look_at_earlier_choices_alone() -> None:
    assert may_look_at(FORM, 1) == ()
    assert may_look_at(FORM, 4) == (10, 11)
    assert QuestionKind.POINTS not in LOOKED_AT


ACTS = st.tuples(
    st.sampled_from(["move", "delete", "delete option"]), st.integers(0, 10), st.integers(-1, 10)
)


@examples(forms(), st.lists(ACTS, max_size=25))
def test_after_any_acts_each_condition_that_is_left_looks_at_an_earlier_question(
    form: list[QuestionRule], acts: list[tuple[str, int, int]]
) -> None:
    entered = {question.id: question.condition for question in form}
    for act, which, where in acts:
        if not form:
            break
        question = form[which % len(form)]
        if act == "move":
            after = in_order(form, moved([each.id for each in form], question.id, up=where % 2 == 0))
            broken = broken_by(form, after)
        elif act == "delete":
            broken = broken_by_deleting(form, {question.id})
            after = [each for each in form if each.id != question.id]
        else:
            if not question.options:
                continue
            option = question.options[where % len(question.options)]
            broken = broken_by_deleting_option(form, option)
            kept = tuple(each for each in question.options if each != option)
            changed = QuestionRule(question.id, question.kind, kept, condition=question.condition)
            after = [changed if each is question else each for each in form]
        assert broken == tuple(looking_ahead(after)), "refused exactly where it would break one"
        if not broken:
            form = after
        assert sorted(looking_ahead(form)) == []
    assert all(question.condition == entered[question.id] for question in form)


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("one", [1, 2, 3, 4])
def test_moving_loses_no_question(one: int, up: bool) -> None:
    assert sorted(moved([1, 2, 3, 4], one, up=up)) == [1, 2, 3, 4]
