"""The screens on which a consultation is answered, from plain values: which are shown, and which comes after which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cdv_civic.consultations.rules.questions import NOTHING, PRESSED, Answers, QuestionRule, asked

#: The last screen, which asks no question of the consultation, and sends.
LAST: Final = "fin"


@dataclass(frozen=True)
class Step:
    """A step: its id, and its questions in order."""

    id: int
    questions: tuple[QuestionRule, ...]


@dataclass(frozen=True)
class Screen:
    """What is asked at once."""

    #: As forms say it.
    name: str
    step: int | None = None
    questions: tuple[QuestionRule, ...] = ()


@dataclass(frozen=True)
class Walk:
    """The screens that somebody with certain answers sees, in order, the last one among them."""

    screens: tuple[Screen, ...]

    def at(self, name: str) -> Screen:
        """The screen of a name; the first one where there is none (any more)."""
        return next((screen for screen in self.screens if screen.name == name), self.screens[0])

    def number(self, screen: Screen) -> int:
        """Which it is, from 1."""
        return self.screens.index(screen) + 1

    def after(self, screen: Screen) -> Screen:
        """The next one; the last one has none after it."""
        return self.screens[min(self.screens.index(screen) + 1, len(self.screens) - 1)]

    def before(self, screen: Screen) -> Screen:
        """The one before; the first one has none before it."""
        return self.screens[max(self.screens.index(screen) - 1, 0)]

    def of_question(self, number: int) -> Screen:
        """The screen of a question by its id; the first one where it is on none."""
        return next(
            (screen for screen in self.screens if any(each.id == number for each in screen.questions)),
            self.screens[0],
        )


def _cut(steps: Sequence[Step], *, one_question: bool) -> Iterable[Screen]:
    for step in steps:
        if one_question:
            yield from (Screen(f"q{question.id}", step.id, (question,)) for question in step.questions)
        else:
            yield Screen(f"e{step.id}", step.id, step.questions)


def walk(steps: Sequence[Step], answers: Answers, *, one_question: bool) -> Walk:
    """The screens of a consultation for somebody with these answers.

    A question whose condition is not met is left out, unless the one that it looks at stands on the same screen, where
    whoever answers may still choose so.
    """
    met = {each.id for each in asked([each for step in steps for each in step.questions], answers)}
    found: list[Screen] = []
    for screen in _cut(steps, one_question=one_question):
        here: list[QuestionRule] = []
        for question in screen.questions:
            looked_at = {option for each in here for option in each.options}
            if question.id in met or question.condition in looked_at:
                here.append(question)
        if here:
            found.append(Screen(screen.name, screen.step, tuple(here)))
    return Walk((*found, Screen(LAST)))


def may_pass(screen: Screen) -> bool:
    """Whether nothing on a screen has to be answered."""
    return bool(screen.questions) and not any(question.required for question in screen.questions)


def pressed(screen: Screen, *, one_question: bool) -> bool:
    """Whether the answers of a screen are buttons that go on."""
    return one_question and any(question.kind in PRESSED for question in screen.questions)


def without(answers: Answers, screen: Screen) -> Answers:
    """The answers of somebody who passes a screen."""
    here = {question.id for question in screen.questions}
    return {number: NOTHING if number in here else given for number, given in answers.items()}
