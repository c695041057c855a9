"""Figures are said as people say them."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from cdv_civic.core.i18n.catalogue import speaking
from cdv_civic.pages import wording

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def in_french(app: Flask) -> Iterator[None]:
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        yield


@pytest.mark.parametrize(
    ("promises", "leads", "said"),
    [
        (1, 0, "Le contrat cite 1 action\u00a0: 1 promesse."),
        (0, 1, "Le contrat cite 1 action\u00a0: 1 piste ou étude, aucune promesse."),
        (1, 1, "Le contrat cite 2 actions\u00a0: 1 promesse, 1 piste ou étude."),
        (2, 0, "Le contrat cite 2 actions\u00a0: 2 promesses."),
        (
            0,
            2,
            "Le contrat cite 2 actions\u00a0: 2 pistes et études, aucune promesse.",
        ),
    ],
)
def test_a_lead_is_never_called_a_promise(promises: int, leads: int, said: str) -> None:
    assert wording.cited_sentence(promises, leads, 0) == said


@pytest.mark.parametrize(("done", "said"), [(0, ""), (1, " 1 est réalisée."), (13, " 13 sont réalisées.")])
def test_what_is_done_is_said_besides(done: int, said: str) -> None:
    assert wording.cited_sentence(10, 39, done) == (
        f"Le contrat cite 49 actions\u00a0: 10 promesses, 39 pistes et études.{said}"
    )


def test_an_organisation_is_told_what_is_in_its_name() -> None:
    said = wording.cited_sentence(1, 1, 0, of_holder=True)
    assert said.startswith("Le contrat cite 2 actions à son nom\u00a0: 1 promesse, 1 piste ou étude.")


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 11, 100])
def test_every_count_is_said_in_every_language(app: Flask, language: str, count: int) -> None:
    with speaking(language):
        said = [wording.actions(count), wording.natures(count, count)]
        if count:
            said.append(wording.cited_sentence(count, count, count))
            said.append(wording.cited_sentence(count, count, count, of_holder=True))
    assert not [each for each in said if "%(" in each or not each.strip()]
    if language == "ar":
        # One and two are words; the noun that follows is not counted by a digit.
        assert not [each for each in said if count in (1, 2) and re.match(r"[0-9]", each)]
        assert not [each for each in said if re.search("[a-z]", each)]


def test_nothing_promised_is_said_too() -> None:
    assert "Aucune action" in wording.cited_sentence(0, 0, 0)


def test_names_are_listed_with_an_and() -> None:
    assert [wording.enumeration(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A et B",
        "A, B et C",
    ]
