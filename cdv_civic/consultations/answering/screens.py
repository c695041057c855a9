"""One screen of the form of an answer, as its page draws it; and where whoever fills it in goes on to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import render_template
from markupsafe import Markup

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.answering import rules
from cdv_civic.consultations.answering.drafts import AnswerDraft, name_on_device
from cdv_civic.consultations.answering.forms import AnswerChangeForm, OpenAnswerForm
from cdv_civic.consultations.answering.queries import AskedConsultation
from cdv_civic.consultations.answering.rules import LAST, Screen, Walk
from cdv_civic.consultations.answering.wording import organiser_said, said_answers
from cdv_civic.consultations.engine.drawing import draw_question
from cdv_civic.consultations.engine.wording import asked_if, fault_said
from cdv_civic.consultations.queries.definition import Definition, ShownQuestion, ShownStep
from cdv_civic.consultations.rules.questions import NOTHING, AnswerFault, Answers
from cdv_civic.consultations.rules.typed import fields_of, read_all


@dataclass(frozen=True)
class ShownScreen:
    """What a page shows of the form."""

    name: str
    #: Which it is of how many: of its step, where buttons lead through it.
    number: int
    count: int
    step: ShownStep | None
    #: Whether it is the first one of its step.
    begins: bool
    questions: Sequence[Markup]
    may_pass: bool
    #: Name and value of what other screens hold.
    carried: Sequence[tuple[str, str]]
    #: Whether the answers are buttons that go on.
    pressed: bool = False
    #: Whether there is a screen before it.
    first: bool = False

    @property
    def last(self) -> bool:
        """Whether it sends."""
        return self.name == LAST


@dataclass(frozen=True)
class Answering:
    """A consultation that somebody answers, by a form."""

    asked: AskedConsultation
    definition: Definition
    form: OpenAnswerForm
    author: SignedIn | None
    #: None: nothing is kept with an account.
    draft: AnswerDraft | None = None

    @property
    def changing(self) -> bool:
        """Whether it takes the place of an answer that is here."""
        return isinstance(self.form, AnswerChangeForm)

    @cached_property
    def _by_id(self) -> dict[int, tuple[ShownStep, ShownQuestion]]:
        return {
            question.id: (step, question) for step in self.definition.steps for question in step.questions
        }

    @cached_property
    def _readings(self) -> list[tuple[dict[str, list[str]], tuple[Answers, dict[int, AnswerFault]]]]:
        return []

    def read(self) -> tuple[Answers, dict[int, AnswerFault]]:
        """What was answered so far, and what is wrong with it; the same words are read once."""
        typed = self.form.typed
        if not self._readings or self._readings[-1][0] != typed:
            self._readings.append((typed, read_all(self.definition.rules, typed)))
        return self._readings[-1][1]

    def walk(self) -> Walk:
        """The screens that whoever answers so sees."""
        steps = [
            rules.Step(step.id, tuple(question.rule for question in step.questions))
            for step in self.definition.steps
        ]
        answers, _faults = self.read()
        return rules.walk(steps, answers, one_question=self.asked.one_question_a_screen)

    def find_faults(self, screen: Screen) -> bool:
        """Say what is wrong with what a screen asks; whether anything is."""
        answers, faults = self.read()
        found = [question.id for question in screen.questions if question.id in faults]
        for number in found:
            _step, question = self._by_id[number]
            said = fault_said(question, faults[number], answers.get(number, NOTHING))
            self.form.find_fault(question, said)
        return bool(found)

    def page(self, screen: Screen, *, fresh: bool = False) -> str:
        """The page of a screen. `fresh`: it is not the answer to another one, so that a script may go on from where
        somebody was."""
        return render_template(
            "consultations/answering/screen.html",
            asked=self.asked,
            organiser=organiser_said(self.asked.organiser),
            form=self.form,
            screen=self._shown(screen),
            draft=self.draft,
            device=self.device,
            fresh=fresh,
            signed_in=self.author is not None,
            changing=self.changing,
            said=said_answers(self.definition, self.read()[0]) if screen.name == LAST else (),
            asks_age=self.asked.age_to_answer > 0 and not self.changing,
        )

    @property
    def device(self) -> str | None:
        """By what name the device keeps it; None: it keeps nothing."""
        if self.changing or self.form.shared.data:
            return None
        return name_on_device(self.asked.id, self.author)

    def _shown(self, screen: Screen) -> ShownScreen:
        walked = self.walk()
        step = next((each for each in self.definition.steps if each.id == screen.step), None)
        pressed = rules.pressed(screen, one_question=self.asked.one_question_a_screen)
        counted = [each for each in walked.screens if each.step == screen.step] if pressed else walked.screens
        return ShownScreen(
            screen.name,
            counted.index(screen) + 1,
            len(counted),
            step,
            walked.before(screen).step != screen.step or walked.number(screen) == 1,
            [self._draw(question.id, screen, alone=pressed) for question in screen.questions],
            rules.may_pass(screen),
            self.carried(screen),
            pressed,
            walked.number(screen) == 1,
        )

    def _draw(self, number: int, screen: Screen, *, alone: bool) -> Markup:
        step, question = self._by_id[number]
        errors = self.form[next(fields_of(question.rule))].errors
        here = {option for each in screen.questions for option in each.options}
        condition = asked_if(self.definition, question) if question.rule.condition in here else None
        return draw_question(
            step,
            question,
            self.form.typed,
            str(errors[0]) if errors else None,
            heading_level=1 if self.asked.one_question_a_screen else 2,
            asked_if=condition,
            alone=alone,
        )

    def carried(self, screen: Screen, *, whole: bool = False) -> list[tuple[str, str]]:
        """Name and value of all that the form says besides a screen; `whole`: that of the last one too."""
        return list(self._carried(screen, whole=whole))

    def _carried(self, screen: Screen, *, whole: bool) -> Iterator[tuple[str, str]]:
        form = self.form
        here = {name for question in screen.questions for name in fields_of(question)}
        for field in form.answer_fields():
            if field.name not in here:
                yield from ((field.name, value) for value in field.data or ())
        yield from (
            (name, str(form[name].data))
            for name in ("client_key", "replaces", "receipt", "own", "seen")
            if name in form and form[name].data
        )
        yield "shown", screen.name
        if whole or screen.name != LAST:
            if form.quartier.data:
                yield "quartier", form.quartier.data
            yield from ((name, "y") for name in ("age", "shared") if form[name].data)
