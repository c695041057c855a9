"""What the documents note for their own readers is not shown as it stands."""

import pytest

from cdv_civic.territory.rules import is_file_name, stated_population
from cdv_civic.territory.vocabulary import source_words


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("3 619 habitants pour le QPV entier, dans les deux fiches", 3619),
        ("11 537 habitants pour le QPV entier, dans les deux fiches", 11537),
        ("760 habitants", 760),
        ("environ 3 000 habitants", None),
        ("Près de 14 % des habitants", None),
        ("", None),
    ],
)
def test_a_note_that_begins_with_a_number_of_people_is_that_number(text: str, people: int | None) -> None:
    assert stated_population(text) == people


@pytest.mark.parametrize(
    ("name", "is_file"),
    [
        ("002_bab8f4bef7cd232a.txt", True),
        ("contrat-de-ville.PDF", True),
        ("Contrat de ville 2024-2030", False),
        ("Contrat de ville, version du 3.12.2024", False),
        ("Contrat", False),
    ],
)
def test_a_file_name_is_told_from_a_title(name: str, is_file: bool) -> None:
    assert is_file_name(name) is is_file


def test_sources_are_said_in_words() -> None:
    assert str(source_words("INSEE RP 2013")) == "le recensement de 2013 (Insee)"
    assert str(source_words("fiche quartier")) == "la page du quartier dans le contrat"
    assert source_words("Ville d’Orly") == "Ville d’Orly"
    assert source_words(None) is None
