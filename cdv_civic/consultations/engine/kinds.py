"""Kinds of steps: a folder of `consultations/kinds/` for each, which has the same modules and registers here.

What a step asks are questions of the engine (`rules.questions`), whose answers all lie in the same tables: a kind says
which of them it takes, how they look on a screen and on paper, what an organiser begins with, and how they are counted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from flask import Flask

from cdv_civic.consultations.queries.definition import ShownQuestion, ShownStep
from cdv_civic.consultations.rules.questions import Given, QuestionKind, QuestionRule
from cdv_civic.core.registry import Registry

#: What a step lacks before it is published, in sentences that name the question they speak of; none: nothing. What can
#: only be seen in all steps together, `engine.checks` sees.
CheckStep: TypeAlias = Callable[[ShownStep], list[Any]]
#: The words of the columns of a question in an export, one for each cell that `Cells` gives, in the order of its
#: options. Whoever writes the file puts the question’s stable id before them.
Columns: TypeAlias = Callable[[ShownQuestion], list[str]]
#: A cell of a table: numbers stay numbers, so that a spreadsheet adds them up; "" where nothing was answered.
Cell: TypeAlias = str | int
#: What was answered to a question, as the cells of a row.
Cells: TypeAlias = Callable[[ShownQuestion, Given], list[Cell]]


@dataclass(frozen=True)
class ToldCounts:
    """What is published of a question: how many gave each answer, none, and of how many; None is hidden."""

    answers: tuple[int | None, ...]
    blanks: int | None
    total: int | None

    @property
    def whole(self) -> bool:
        """Whether none of it is hidden."""
        return None not in (*self.answers, self.blanks, self.total)


@dataclass(frozen=True)
class StepToCount:
    """A step whose tables are built, in the transaction that closes its consultation."""

    consultation_id: int
    step_id: int
    questions: Sequence[QuestionRule]
    #: What is published of each question.
    told: Mapping[int, ToldCounts]
    threshold: int
    #: Whether the organiser wants groups of opinions.
    opinion_groups: bool = False


@dataclass(frozen=True)
class OpenLine:
    """A line of open data beside those of the tables of questions: a count, and what it is of, in words."""

    question: int
    key: int | None
    label: str
    count: int
    total: int


@dataclass(frozen=True)
class StepResults:
    """What a kind publishes of a step beside the table of each question, and how it draws all of them.

    It is of the first version of the results, and stands beside all later ones: the next would be a second equation.
    """

    #: What is kept of it for good, as JSON: nothing that tells more than the published counts of the step.
    build: Callable[[StepToCount], Any]
    #: What the template gets of a step: what `build` gave (None: nothing was built), and the published counts.
    show: Callable[[ShownStep, Any, Mapping[int, ToldCounts]], Mapping[str, Any]]
    template: str
    #: The same for open data.
    lines: Callable[[ShownStep, Any], Iterable[OpenLine]]


#: What a sheet of paper shows of a step besides its questions, in the language of the request: markup, part by part.
DrawSheet: TypeAlias = Callable[[ShownStep], Sequence[Any]]


@dataclass(frozen=True)
class WayIn:
    """A public page on which residents take part in steps that ask no question of the form."""

    url: str
    icon: str
    #: What leads there until it is closed, and afterwards: a sentence, or the `Words` of whoever asks.
    label: Any
    label_after: Any


#: The pages of all steps of a kind in a consultation, by its id and its slug, in the language of the request.
FindWaysIn: TypeAlias = Callable[[int, str], Sequence[WayIn]]


@dataclass(frozen=True)
class StepKind:
    """A kind of step."""

    #: As rows keep it; its folder has the same name.
    code: str
    #: « Classer des priorités », and a sentence: what it is good for.
    label: Any
    meaning: Any
    icon: str
    #: The kinds of questions that its steps take.
    takes: tuple[QuestionKind, ...]
    #: The template that draws one question of it in a form: see `engine.drawing.draw_question` for what it gets; empty
    #: where its steps ask none.
    template: str
    #: The template that draws one question of it on a sheet of paper: see `engine.drawing.draw_on_paper`.
    paper_template: str
    check: CheckStep
    columns: Columns = lambda _question: []
    cells: Cells = lambda _question, _given: []
    #: None: a table for each question says all.
    results: StepResults | None = None
    #: The page of the desk on which more of a step is set (`slug`, `step_id`); None: there is nothing more.
    settings_endpoint: str | None = None
    #: What leads there, in words.
    settings_label: Any = None
    #: The public pages on which residents take part in its steps; None: they answer its questions in the form.
    ways_in: FindWaysIn | None = None
    #: What a sheet of paper shows of a step besides its questions; None: nothing.
    sheet: DrawSheet | None = None


_KINDS: Final = Registry[StepKind]("consultation_step_kinds")


def register_step_kind(app: Flask, kind: StepKind) -> None:
    """Declare a kind of step; raises `RegisteredTwice`."""
    _KINDS.add(app, kind.code, kind)


def step_kinds() -> Mapping[str, StepKind]:
    """All kinds by code, in the order in which they were registered."""
    return _KINDS.entries()


def ways_into(consultation_id: int, slug: str, kinds: Iterable[str]) -> list[WayIn]:
    """The pages on which residents take part in a consultation whose steps are of these kinds, beside its form; each
    once, in the order in which the kinds were registered.
    """
    asked = set(kinds)
    return [
        way
        for code, kind in step_kinds().items()
        if code in asked and kind.ways_in is not None
        for way in kind.ways_in(consultation_id, slug)
    ]
