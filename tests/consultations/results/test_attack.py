"""Everything that is published of a consultation, attacked at once: hidden counts stay hidden.

The attacker solves it by integer programming. That the attack finds what there is to find is tested too: against
tables in which small counts alone are hidden.
"""

import copy
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdv_civic.consultations.results.corrections import FigureChange, corrected
from cdv_civic.consultations.results.open_rows import combine
from cdv_civic.consultations.results.publication import publish
from cdv_civic.consultations.results.published import PublishedResults, as_json
from cdv_civic.consultations.rules.questions import Answers, QuestionKind, QuestionRule
from tests.consultations.attack import attack, told_by
from tests.consultations.results.made_up import (
    CROSSES,
    FORM,
    WAYS,
    choice,
    counts_of,
    made_up,
    people,
)


def published(answers: list[Answers], threshold: int = 5, *, rows: bool = False) -> PublishedResults:
    counted = counts_of(FORM, answers, crosses=CROSSES, ways=WAYS)
    return publish(FORM, counted, threshold, rows=combine(FORM, answers) if rows else None)


counts = st.one_of(st.integers(0, 30), st.integers(30, 300))


@settings(max_examples=5)
@given(st.integers(0, 10**6), counts, st.integers(2, 6))
def test_no_hidden_count_is_given_away(seed: int, count: int, threshold: int) -> None:
    answers = made_up(random.Random(seed), count)
    assert attack(as_json(published(answers, threshold, rows=True))) == []


@settings(max_examples=4)
@given(st.integers(0, 10**6), counts, st.integers(0, 60))
def test_nor_by_a_version_with_answers_that_came_late(seed: int, count: int, more: int) -> None:
    chance = random.Random(seed)
    answers = made_up(chance, count + more)
    first = published(answers[:count], rows=True)
    second, change = corrected(first, added=published(answers[count:]), anew=published(answers))
    assert (change is FigureChange.KEPT) == (more < 10 if count >= 10 else count + more < 10)
    assert attack(as_json(first), as_json(second)) == []


@pytest.mark.long
@settings(max_examples=25)
@given(st.integers(0, 10**6), counts, st.lists(st.integers(0, 60), max_size=3), st.integers(2, 6))
def test_nor_by_any_number_of_versions(seed: int, count: int, more: list[int], threshold: int) -> None:
    chance = random.Random(seed)
    answers = made_up(chance, count + sum(more))
    versions = [published(answers[:count], threshold, rows=True)]
    done = count
    for each in more:
        added = published(answers[done : done + each], threshold)
        done += each
        versions.append(corrected(versions[-1], added=added, anew=published(answers[:done], threshold))[0])
    assert attack(*map(as_json, versions)) == []


def test_nor_by_answers_that_were_taken_out() -> None:
    question = (QuestionRule(1, QuestionKind.SINGLE, (11, 12)),)

    def of(*numbers: int) -> PublishedResults:
        answers = people(
            *((number, choice(1, option)) for number, option in zip(numbers, (11, 12), strict=True))
        )
        return publish(question, counts_of(question, answers), 5)

    first = of(40, 60)
    second, change = corrected(first, removed=of(10, 12), remaining=of(30, 48))
    assert change is FigureChange.REMOVED
    third, change = corrected(second, removed=of(5, 5), remaining=of(25, 43), added=of(3, 20))
    assert change is FigureChange.REPLACED
    assert third.by_id[1].answers == (None, None)
    assert attack(*map(as_json, (first, second, third))) == []


def test_the_whole_form_is_attacked() -> None:
    """The tables that others are made weaker of below."""
    content = as_json(published(ANSWERS))
    assert attack(content) == []
    assert len([value for value in told_by(content).values() if value is None]) > 50


# --- the attack can succeed -----------------------------------------------------------------------------------------

ANSWERS = people(
    (3, choice(1, 11)),
    (40, choice(1, 12)),
    (60, choice(1, 13) | choice(3, 31)),
    (57, choice(1, 14) | choice(3, 32, 33)),
)


def shown(content: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    return next(each for each in content[name] if each["question"] == number)


def naive(content: dict[str, Any]) -> None:
    """The one-way table of the first question where nothing is hidden but what is small."""
    for cell, count in zip(shown(content, "questions", 1)["cells"], (None, 40, 60, 57), strict=True):
        cell["answers"] = count
    shown(content, "questions", 1)["blank"]["answers"] = 0


def naive_of_blanks(content: dict[str, Any]) -> None:
    """All options, and hidden alone how few gave no answer."""
    for cell, count in zip(shown(content, "questions", 1)["cells"], (3, 40, 60, 55), strict=True):
        cell["answers"] = count
    shown(content, "questions", 1)["blank"]["answers"] = None


def naive_of_several(content: dict[str, Any]) -> None:
    """Two options out of three at most, which all but one of the people gave twice."""
    question = shown(content, "questions", 9)
    for cell, count in zip(question["cells"], (None, 160, 158), strict=True):
        cell["answers"] = count
    question["blank"]["answers"] = 0


def naive_of_channels(content: dict[str, Any]) -> None:
    """Two channels that are small, told as one sum."""
    for channel in content["channels"]:
        for proof in channel["proofs"]:
            proof["answers"] = None
        channel["answers"] = {"en_ligne": 155, "papier": None, "rue": None}.get(channel["channel"], 0)


def naive_of_crosses(content: dict[str, Any]) -> None:
    """One small cell of a table, and the next in its row."""
    for number in (10, 11):
        question = shown(content, "questions", number)
        for cell, count in zip(question["cells"], (60, 60, 40) if number == 10 else (100, 60), strict=False):
            cell["answers"] = count
        question["blank"]["answers"] = 0
    cells = {
        (101, 111): None,
        (101, 112): None,
        (102, 111): 33,
        (102, 112): 27,
        (103, 111): 10,
        (103, 112): 30,
    }
    for cell in content["crosses"][0]["cells"]:
        cell["answers"] = cells.get((cell["row"], cell["column"]), 0)


@pytest.mark.parametrize(
    "weaker", [naive, naive_of_blanks, naive_of_several, naive_of_channels, naive_of_crosses]
)
def test_the_attack_succeeds_against_weaker_tables(weaker: Callable[[dict[str, Any]], None]) -> None:
    content = as_json(published(ANSWERS))
    weaker(content)
    assert attack(content) != []


def test_the_attack_succeeds_where_a_column_of_open_data_holds_a_hidden_count() -> None:
    content = as_json(published(ANSWERS))
    content["rows"] = {
        "columns": [1],
        "alike": [
            {"values": [option], "answers": count}
            for option, count in ((11, 3), (12, 40), (13, 60), (14, 57))
        ],
    }
    assert attack(content) != []


def test_the_attack_succeeds_where_a_count_that_few_were_asked_after_is_hidden_but_they_are_not() -> None:
    content = as_json(published(ANSWERS))
    question = shown(content, "questions", 2)
    for cell in question["cells"]:
        cell["answers"] = 1
    question["blank"]["answers"] = 0
    assert attack(content) != []


def test_the_attack_succeeds_where_a_second_version_is_made_as_if_there_were_no_first() -> None:
    def of(*numbers: int) -> PublishedResults:
        answers = people(
            *((number, choice(1, option)) for number, option in zip(numbers, (11, 12, 13), strict=True))
        )
        question = (QuestionRule(1, QuestionKind.SINGLE, (11, 12, 13)),)
        return publish(question, counts_of(question, answers), 5)

    first, second = as_json(of(4, 40, 60)), as_json(of(5, 41, 60))
    second |= {"version": 2, "change": "added"}
    assert attack(first) == []
    assert attack(first, second) != []


def test_what_cannot_be_true_is_no_publication() -> None:
    content: Mapping[str, Any] = copy.deepcopy(as_json(published(ANSWERS)))
    shown(dict(content), "questions", 1)["cells"][2]["answers"] = 10**6
    with pytest.raises(AssertionError, match="cannot be true"):
        attack(content)
