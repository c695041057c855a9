"""The fields of questions in a form: whoever answers has them, and whoever types an answer in for others."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from wtforms import SelectMultipleField

from cdv_civic.consultations.queries.definition import Definition, ShownQuestion
from cdv_civic.consultations.rules.questions import NUMBERED_OPTIONS, QuestionRule
from cdv_civic.consultations.rules.typed import field_of, fields_of
from cdv_civic.core.forms.base import StaffForm

Form = TypeVar("Form", bound="AskedFields")


class AnswerField(SelectMultipleField):
    """What was typed into a field of a question, or chosen there: `rules.typed` reads it."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, choices=[], validate_choice=False, **kwargs)

    def process_data(self, value: Any) -> None:
        """Take what an answer holds."""
        self.data = [str(each) for each in value or ()]

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was sent, as it is."""
        self.data = [str(each) for each in valuelist]


class AskedFields(StaffForm):
    """What a form with questions reads and says of them; `with_questions` gives it their fields."""

    @property
    def typed(self) -> dict[str, list[str]]:
        """What was typed, by field, as `rules.typed` reads it."""
        return {field.name: field.data for field in self.answer_fields() if field.data}

    def answer_fields(self) -> Iterator[AnswerField]:
        """The fields of the questions."""
        return (field for field in self if isinstance(field, AnswerField))

    def clear(self, questions: Sequence[QuestionRule]) -> None:
        """Take back what was answered to some questions."""
        for question in questions:
            for name in fields_of(question):
                self._fields[name].data = []

    def put(self, typed: Mapping[str, Sequence[str]]) -> None:
        """Fill in an answer."""
        for field in self.answer_fields():
            field.data = list(typed.get(field.name, ()))

    def find_fault(self, question: ShownQuestion, sentence: str) -> None:
        """Say what is wrong with what was answered to a question."""
        self._fields[next(fields_of(question.rule))].errors = [sentence]


def with_questions(form: type[Form], definition: Definition) -> type[Form]:
    """A form with a field for each question, or for each option where these have numbers."""
    if form not in definition.forms:
        definition.forms[form] = _with_questions(form, definition)
    return definition.forms[form]


def _with_questions(form: type[Form], definition: Definition) -> type[Form]:
    fields: dict[str, Any] = {}
    for question in definition.questions:
        rule = question.rule
        names = (
            [field_of(rule, option.id) for option in question.offered]
            if rule.kind in NUMBERED_OPTIONS
            else [field_of(rule)]
        )
        fields.update({name: AnswerField(question.words.text) for name in names})
    return cast(type[Form], type(form.__name__, (form,), {**fields, "__module__": form.__module__}))
