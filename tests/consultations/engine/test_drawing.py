"""How questions look: after an error every field shows what was typed; on paper nothing is lost."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from cdv_civic.consultations.engine.drawing import draw_on_paper, draw_question
from cdv_civic.consultations.queries.definition import ShownQuestion, ShownStep
from cdv_civic.consultations.rules.questions import (
    NUMBERED_OPTIONS,
    ONE_OPTION,
    WITH_OPTIONS,
    QuestionKind,
    QuestionRule,
    Stance,
)
from cdv_civic.consultations.rules.typed import fields_of
from cdv_civic.core.localized import Words
from tests.consultations.questions import rules, shown, step, words
from tests.page_forms import PageForm

pytestmark = pytest.mark.one_database

#: What can stand in a field of one line; in a long one line breaks too, at its head as well.
LINE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=30)


def step_of(question: ShownQuestion, kind: str | None = None) -> ShownStep:
    """The step that asks it: the kind that takes it, a questionnaire where several do, unless one is named."""
    takes = {"rank": "priorities", "points": "priorities", "pick": "priorities", "statement": "statements"}
    return step(question, kind=kind or takes.get(question.kind.value, "questionnaire"))


def form_of(question: ShownQuestion, typed: dict[str, list[str]], fault: str | None = None) -> str:
    return draw_question(step_of(question), question, typed, fault)


def paper_of(question: ShownQuestion, only_if: str | None = None) -> str:
    return draw_on_paper(step_of(question), question, 3, only_if=only_if, letter_of="ABCDEFG".__getitem__)


@st.composite
def typed_in(draw: st.DrawFn, question: QuestionRule) -> dict[str, list[str]]:
    """What a browser can send of a question: chosen, or typed at will."""
    if question.kind in NUMBERED_OPTIONS:
        return {name: [said] for name in fields_of(question) if (said := draw(LINE))}
    field = next(iter(fields_of(question)))
    if question.kind is QuestionKind.STATEMENT:
        stance = draw(st.none() | st.sampled_from(Stance))
        return {field: [str(stance.value)]} if stance else {}
    if question.kind in WITH_OPTIONS:
        most = 1 if question.kind in ONE_OPTION else len(question.options)
        chosen = draw(st.sets(st.sampled_from(question.options), max_size=most))
        return {field: [str(option) for option in question.options if option in chosen]} if chosen else {}
    said = draw(LINE if question.kind is QuestionKind.NUMBER else TEXT)
    return {field: [said]} if said else {}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(st.data())
def test_every_field_shows_what_was_typed_beside_what_is_wrong(app: Flask, data: st.DataObject) -> None:
    question = data.draw(rules())
    typed = data.draw(typed_in(question))
    drawn = form_of(shown(question), typed, "Voici <ce> qui ne va pas.")
    assert "Voici &lt;ce&gt; qui ne va pas." in drawn
    sent = PageForm(f'<form><input name="always" value="1">{drawn}</form>', "always").filled({})
    assert {name: said for name, said in sent.items() if name != "always" and any(said)} == typed


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_each_kind_names_what_an_error_leads_to(app: Flask, kind: QuestionKind) -> None:
    question = shown(QuestionRule(7, kind, (70, 71) if kind in WITH_OPTIONS else ()))
    drawn = form_of(question, {}, "Il manque quelque chose.")
    assert len(re.findall(r'<(?:fieldset|input|textarea)[^>]* id="q7"', drawn)) == 1
    assert re.search(r'aria-describedby="[^"]*q7-error"', drawn)
    assert drawn.count('id="q7-error"') == 1
    ids = re.findall(r'\bid="([^"]+)"', drawn)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', drawn)) <= set(ids)


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_each_kind_is_drawn_on_paper_with_all_that_it_says(app: Flask, kind: QuestionKind) -> None:
    rule = QuestionRule(7, kind, (70, 71, 72) if kind in WITH_OPTIONS else (), most=2)
    question = shown(
        rule,
        "Combien <de> temps ?",
        hint=words("Sans compter"),
        easy=words("Dites combien"),
        said=rule_words(rule),
    )
    drawn = paper_of(question, "Seulement si")
    for said in ("3.", "Combien &lt;de&gt; temps ?", "Sans compter", "Dites combien", "Seulement si"):
        assert said in drawn
    assert not re.search(r"<(?:input|select|button|textarea|script)", drawn)
    boxes = len(Stance) if kind is QuestionKind.STATEMENT else len(rule.options)
    assert re.findall(r'<b class="paper-letter">(.)</b>', drawn) == ["A", "B", "C"][:boxes]
    assert len(re.findall(r'class="paper-box[ "]', drawn)) == boxes
    assert all(said in drawn for said in rule_words(rule))


def rule_words(rule: QuestionRule) -> list[str]:
    return [f"Réponse numéro {option}" for option in rule.options]


def test_an_option_that_came_up_in_answers_is_shown_to_nobody(app: Flask) -> None:
    question = shown(QuestionRule(7, QuestionKind.RANK, (70, 71)))
    late = replace(question.options[0], id=72, words=words("Apparu depuis"), came_up_in="2027")
    question = replace(question, options=(*question.options, late))
    assert "Apparu depuis" not in form_of(question, {})
    assert "Apparu depuis" not in paper_of(question)


def test_what_is_not_translated_says_its_language(app: Flask) -> None:
    question = shown(QuestionRule(7, QuestionKind.SINGLE, (70, 71)))
    question = replace(question, words=Words("Où ?", "fr", translated=False))
    drawn = form_of(question, {})
    assert re.search(r'lang="fr" dir="ltr"[^>]*>Où \?<', drawn)


def test_only_one_answer_that_may_be_left_out_can_be_taken_back(app: Flask) -> None:
    question = QuestionRule(7, QuestionKind.SINGLE, (70, 71))
    assert 'value=""' in form_of(shown(question), {})
    assert 'value=""' not in form_of(shown(replace(question, required=True)), {})
    assert 'value="" checked' in form_of(shown(question), {"q7": [""]})


@pytest.mark.parametrize("kind", ["priorities", "questionnaire"])
def test_both_kinds_draw_words_alike(app: Flask, kind: str) -> None:
    """« Il manque… » beside priorities is a question like another."""
    question = shown(QuestionRule(7, QuestionKind.LONG))
    drawn = draw_question(step_of(question, kind), question, {"q7": ["\nIl manque un banc"]})
    assert re.search(r"<textarea[^>]*>\n\nIl manque un banc</textarea>", drawn)
    assert "paper-line" in draw_on_paper(step_of(question, kind), question, 1)
