"""Figures are said as people say them."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from cdv_civic.core.i18n.catalogue import speaking
from cdv_civic.pages import wording
from cdv_civic.territory.vocabulary import STATES


@pytest.fixture(autouse=True)
def in_french(app: Flask) -> Iterator[None]:
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        yield


def test_the_good_news_come_first_and_like_is_said_with_like() -> None:
    counts = {"a_verifier": 30, "realise": 6, "perenne": 3, "en_cours": 20, "en_preparation": 1, "reporte": 1}
    assert wording.cited_sentence(10, 51, wording.in_states(counts)) == (
        "Le contrat cite 61 actions\u00a0: 10 promesses, 51 pistes et études. "
        "Où elles en sont\u00a0: 9 réalisées, 21 en cours ou en préparation, 30 à vérifier et 1 reportée."
    )


@pytest.mark.parametrize(
    ("promises", "leads", "said"),
    [
        (1, 0, "Le contrat cite 1 action\u00a0: 1 promesse. Où elle en est\u00a0: x."),
        (0, 1, "Le contrat cite 1 action\u00a0: 1 piste ou étude, aucune promesse. Où elle en est\u00a0: x."),
        (1, 1, "Le contrat cite 2 actions\u00a0: 1 promesse, 1 piste ou étude. Où elles en sont\u00a0: x."),
        (2, 0, "Le contrat cite 2 actions\u00a0: 2 promesses. Où elles en sont\u00a0: x."),
        (
            0,
            2,
            "Le contrat cite 2 actions\u00a0: 2 pistes et études, aucune promesse. Où elles en sont\u00a0: x.",
        ),
    ],
)
def test_a_lead_is_never_called_a_promise(promises: int, leads: int, said: str) -> None:
    assert wording.cited_sentence(promises, leads, ["x"]) == said


def test_an_organisation_is_told_what_is_in_its_name() -> None:
    said = wording.cited_sentence(1, 1, ["x"], of_holder=True)
    assert said.startswith("Le contrat cite 2 actions à son nom\u00a0: 1 promesse, 1 piste ou étude.")


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 11, 100])
def test_every_count_is_said_in_every_language(app: Flask, language: str, count: int) -> None:
    with speaking(language):
        said = [wording.actions(count), wording.natures(count, count)]
        said += [wording.in_state(code, count) for code in STATES]
        if count:
            said.append(wording.cited_sentence(count, count, ["x"]))
            said.append(wording.cited_sentence(count, count, ["x"], of_holder=True))
    assert not [each for each in said if "%(" in each or not each.strip()]
    if language == "ar":
        # One and two are words; the noun that follows is not counted by a digit.
        assert not [each for each in said if count in (1, 2) and re.match(r"[0-9]", each)]
        assert not [each for each in said if re.search("[a-z]", each.replace("x", ""))]


def test_a_state_that_is_alone_keeps_its_own_word() -> None:
    for code in STATES:
        assert wording.in_states({code: 2}) == [wording.in_state(code, 2)]


def test_every_commitment_is_in_the_sentence_once() -> None:
    said = wording.in_states(dict.fromkeys(STATES, 10))
    assert sum(int(part.split()[0]) for part in said) == 10 * len(STATES)
    assert len(said) == 5


def test_nothing_promised_is_said_too() -> None:
    assert "Aucune action" in wording.cited_sentence(0, 0, [])


def test_names_are_listed_with_an_and() -> None:
    assert [wording.enumeration(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A et B",
        "A, B et C",
    ]
