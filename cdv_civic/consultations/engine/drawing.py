"""Questions drawn by their kinds of steps: in a form, and on a sheet of paper."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app
from markupsafe import Markup

from cdv_civic.consultations.engine.kinds import ToldCounts, step_kinds
from cdv_civic.consultations.engine.wording import how_to_answer
from cdv_civic.consultations.queries.definition import ShownQuestion, ShownStep


def draw_question(
    step: ShownStep | str,
    question: ShownQuestion,
    typed: Mapping[str, Sequence[str]],
    fault: str | None = None,
    *,
    heading_level: int = 2,
    asked_if: str | None = None,
    alone: bool = False,
) -> Markup:
    """A question of a step (or of a kind of step, by its code) in a form, with what was typed (`rules.typed`) and what
    is wrong with it, in a sentence.

    An error’s summary leads to `#<field>`: the name that `ShownQuestion.field` gives. `asked_if`: of whom it is asked
    (`wording.asked_if`), where the page shows earlier questions too; a script hides it meanwhile. `alone`: nothing else
    is on the screen, so that the buttons of a kind of `PRESSED` may answer and go on.
    """
    return _drawn(
        step_kinds()[_code(step)].template,
        question=question,
        typed=typed,
        fault=fault,
        heading_level=heading_level,
        asked_if=asked_if,
        alone=alone,
    )


def draw_on_paper(
    step: ShownStep | str,
    question: ShownQuestion,
    number: int,
    *,
    how: str | None = None,
    only_if: str | None = None,
    letter_of: Callable[[int], str] | None = None,
) -> Markup:
    """A question of a step (or of a kind of step) on a sheet of paper, under its number there, in the language of the
    request. `how`: what whoever holds the pen does, instead of `wording.how_to_answer`; `only_if`: of whom it is asked;
    `letter_of`: the letter of an option by its place, where it is typed in by letters.
    """
    return _drawn(
        step_kinds()[_code(step)].paper_template,
        question=question,
        number=number,
        how=how_to_answer(question) if how is None else how,
        only_if=only_if,
        letter_of=letter_of,
    )


def draw_results(step: ShownStep, content: Any, told: Mapping[int, ToldCounts]) -> Markup | None:
    """What a step’s kind draws of its results, in place of a table for each question; None: these tables say all."""
    results = step_kinds()[step.kind].results
    return None if results is None else _drawn(results.template, **results.show(step, content, told))


def _code(step: ShownStep | str) -> str:
    return step if isinstance(step, str) else step.kind


def _drawn(template: str, **values: object) -> Markup:
    """A template without what a page knows: sixty questions would ask for it sixty times."""
    return Markup(current_app.jinja_env.get_template(template).render(**values))  # noqa: S704  (our own template)
