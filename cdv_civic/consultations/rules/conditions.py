"""Conditions while a form is written: a question looks at an option of an earlier one, whatever is moved or deleted.

Each act gives the questions as they would stand; what is refused is what would look ahead or at nothing, and did not
before. So any sequence of acts that are done leaves every condition as it was entered.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from cdv_civic.consultations.rules.questions import ONE_OPTION, SOME_OPTIONS, QuestionRule, looking_ahead

#: Whose options a condition can look at: they are chosen or not. A rank and points say more than that.
LOOKED_AT: Final = ONE_OPTION | SOME_OPTIONS


def broken_by(before: Sequence[QuestionRule], after: Sequence[QuestionRule]) -> tuple[int, ...]:
    """Ids of the questions whose condition looked at an earlier question, and would not any more."""
    known = set(looking_ahead(before))
    return tuple(number for number in looking_ahead(after) if number not in known)


def broken_by_deleting(questions: Sequence[QuestionRule], question_ids: Collection[int]) -> tuple[int, ...]:
    """Ids of the questions that would lose what they look at if some, as those of a step, were deleted."""
    return broken_by(questions, [each for each in questions if each.id not in question_ids])


def broken_by_deleting_option(questions: Sequence[QuestionRule], option_id: int) -> tuple[int, ...]:
    """Ids of the questions that would lose what they look at if an option were deleted."""
    after = [
        replace(each, options=tuple(option for option in each.options if option != option_id))
        for each in questions
    ]
    return broken_by(questions, after)


def may_look_at(questions: Sequence[QuestionRule], question_id: int) -> tuple[int, ...]:
    """Ids of the options that the condition of a question can look at: those of the choices that stand before it."""
    found: list[int] = []
    for each in questions:
        if each.id == question_id:
            break
        if each.kind in LOOKED_AT:
            found.extend(each.options)
    return tuple(found)
