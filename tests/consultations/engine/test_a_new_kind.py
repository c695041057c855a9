"""Another kind of step is a folder and a line in the registration: the test makes one."""

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from cdv_civic.consultations.engine.checks import shortcomings_of
from cdv_civic.consultations.engine.drawing import draw_on_paper, draw_question
from cdv_civic.consultations.engine.kinds import StepKind, step_kinds
from cdv_civic.consultations.queries.definition import Definition, definition_of
from cdv_civic.consultations.rules.questions import Given, QuestionKind, QuestionRule
from cdv_civic.consultations.rules.typed import read_all
from cdv_civic.core.registry import RegisteredTwice
from cdv_civic.core.settings import ROOT
from tests.consultations import factories
from tests.consultations.questions import shown, step

pytestmark = pytest.mark.one_database

#: The modules of a kind, as those of `consultations/kinds/` are.
MODULES = {
    "__init__.py": '"""Doors: one of two."""',
    "rules.py": """
from cdv_civic.consultations.rules.questions import QuestionKind

TAKES = (QuestionKind.SINGLE,)


def lacks_a_door(questions):
    return any(len(question.options) != 2 for question in questions)
""",
    "wording.py": """
from kind_of_doors.rules import lacks_a_door

LABEL, MEANING, ICON = "Deux portes", "Choisir l’une ou l’autre.", "door"


def shortcomings(step):
    return ["Proposez deux portes."] if lacks_a_door([each.rule for each in step.questions]) else []
""",
    "export.py": """
def columns(question):
    return [f"Porte · {question.words}"]


def cells(question, given):
    return [next((str(each.words) for each in question.offered if each.id in given.choices), "")]
""",
    "registration.py": """
from cdv_civic.consultations.engine.kinds import StepKind, register_step_kind
from kind_of_doors.export import cells, columns
from kind_of_doors.rules import TAKES
from kind_of_doors.wording import ICON, LABEL, MEANING, shortcomings


def register(app):
    register_step_kind(app, StepKind("doors", LABEL, MEANING, ICON, TAKES, "doors/question.html", "doors/on_paper.html",
                                     shortcomings, columns, cells))
""",
}
TEMPLATES = {
    "doors/question.html": """{% from "consultations/parts.html" import asked, choices %}
{% call asked(question, fault, heading_level, asked_if) %}{{ choices(question, typed, "radio") }}{% endcall %}""",
    "doors/on_paper.html": """{% from "consultations/paper_parts.html" import boxes, on_paper %}
{% call on_paper(question, number, how, only_if) %}{{ boxes(question, letter_of) }}{% endcall %}""",
}
QUESTION = shown(
    QuestionRule(1, QuestionKind.SINGLE, (10, 11), required=True), "Laquelle ?", said=["Rouge", "Bleue"]
)


@pytest.fixture
def doors(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The kind, registered for one test."""
    folder = tmp_path / "kind_of_doors"
    folder.mkdir()
    for name, source in MODULES.items():
        (folder / name).write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(app.extensions, "consultation_step_kinds", dict(step_kinds()))
    loader = app.jinja_env.loader
    assert loader is not None
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([DictLoader(TEMPLATES), loader]))
    registration = import_module("kind_of_doors.registration")
    registration.register(app)
    yield registration
    for name in [each for each in sys.modules if each.startswith("kind_of_doors")]:
        del sys.modules[name]


def test_it_is_among_the_kinds_that_an_organiser_chooses_from(app: Flask, doors: ModuleType) -> None:
    assert list(step_kinds()) == ["priorities", "questionnaire", "statements", "comments", "ideas", "doors"]
    kind: StepKind = step_kinds()["doors"]
    assert (str(kind.label), kind.takes) == ("Deux portes", (QuestionKind.SINGLE,))
    with pytest.raises(RegisteredTwice):
        doors.register(app)


def test_its_questions_are_drawn_read_and_refused_as_others(app: Flask, doors: ModuleType) -> None:
    asked = step(QUESTION, kind="doors")
    drawn = draw_question(asked, QUESTION, {"q1": ["11"]}, "Choisissez une réponse.")
    assert "Bleue" in drawn
    assert 'value="11" checked' in drawn
    assert "paper-box" in draw_on_paper(asked, QUESTION, 1)
    assert read_all([QUESTION.rule], {"q1": ["11"]}) == ({1: Given(choices={11: None})}, {})
    assert shortcomings_of(Definition((asked,))) == []
    alone = shown(QuestionRule(2, QuestionKind.SINGLE, (20,)))
    assert shortcomings_of(Definition((step(alone, kind="doors"),))) == ["Proposez deux portes."]


def test_its_answers_are_exported(app: Flask, doors: ModuleType) -> None:
    kind = step_kinds()["doors"]
    assert kind.columns(QUESTION) == ["Porte · Laquelle ?"]
    assert kind.cells(QUESTION, Given(choices={10: None})) == ["Rouge"]


def test_the_database_keeps_its_steps(app: Flask, doors: ModuleType) -> None:
    consultation = factories.make_consultation()
    factories.make_question(factories.make_step(consultation, "doors"), "Laquelle ?")
    (kept,) = definition_of(consultation.id, "fr").steps
    assert kept.kind == "doors"
    assert "Laquelle ?" in draw_question(kept, kept.questions[0], {})


def files_that_name(kind: str) -> Mapping[str, str]:
    """Files outside the folders of a kind that import its modules or name its templates; what the demonstration shows of it
    comes afterwards."""
    marks = (f"consultations.kinds.{kind}", f"consultations/{kind}/")
    own = (f"cdv_civic/consultations/kinds/{kind}/", f"templates/consultations/{kind}/", "cdv_civic/demo/")
    return {
        name: text
        for folder, ending in (("cdv_civic", "*.py"), ("templates", "*.html"))
        for path in sorted((ROOT / folder).rglob(ending))
        if not (name := path.relative_to(ROOT).as_posix()).startswith(own)
        and any(mark in (text := path.read_text(encoding="utf-8")) for mark in marks)
    }


@pytest.mark.parametrize("kind", ["priorities", "questionnaire", "statements"])
def test_a_kind_touches_few_files_that_are_there(kind: str) -> None:
    """The registration, and the words of each language; four at most."""
    found = files_that_name(kind)
    assert "cdv_civic/consultations/registration.py" in found
    languages = ["translations/en/messages.po", "translations/ar/messages.po"]
    assert len([*found, *languages]) <= 4, sorted(found)
