"""Figures are said as people say them."""

from collections.abc import Iterator

import pytest
from flask import Flask

from cdv_civic.pages import wording
from cdv_civic.territory.vocabulary import STATES


@pytest.fixture(autouse=True)
def in_french(app: Flask) -> Iterator[None]:
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        yield


def test_the_good_news_come_first_and_like_is_said_with_like() -> None:
    counts = {"a_verifier": 30, "realise": 6, "perenne": 3, "en_cours": 20, "en_preparation": 1, "reporte": 1}
    assert wording.promised_sentence(61, wording.in_states(counts)) == (
        "61 engagements\u00a0: 9 réalisés, 21 en cours ou en préparation, 30 à vérifier et 1 reporté."
    )


def test_a_state_that_is_alone_keeps_its_own_word() -> None:
    for code in STATES:
        assert wording.in_states({code: 2}) == [wording.in_state(code, 2)]


def test_every_commitment_is_in_the_sentence_once() -> None:
    said = wording.in_states(dict.fromkeys(STATES, 10))
    assert sum(int(part.split()[0]) for part in said) == 10 * len(STATES)
    assert len(said) == 5


def test_nothing_promised_is_said_too() -> None:
    assert "Aucun engagement" in wording.promised_sentence(0, [])


def test_names_are_listed_with_an_and() -> None:
    assert [wording.enumeration(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A et B",
        "A, B et C",
    ]
