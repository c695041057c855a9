"""Criteria of a draw are read in the reader's language where they are the usual ones."""

import pytest
from flask import Flask

from cdv_civic.draws.criteria import criterion_words, said_criterion

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("language", "name", "said"),
    [
        ("ar", "Femmes", "نساء"),
        ("en", "hommes", "Men"),
        ("en", "Genre", "Women and men"),
        ("en", "Âge", "Age"),
        ("en", "16 à 29 ans", "16 to 29 years old"),
        ("en", "18-25 ans", "18 to 25 years old"),
        ("ar", "18–25", "من 18 إلى 25 سنة"),
        ("en", "60 ans et plus", "60 years and over"),
        ("en", "Plus de 60 ans", "61 years and over"),
        ("en", "Moins de 25 ans", "Under 25 years"),
        ("en", "Bâtiment C", None),
        ("fr", "18-25 ans", None),
    ],
)
def test_a_criterion_is_said_in_the_readers_language(
    app: Flask, language: str, name: str, said: str | None
) -> None:
    with app.test_request_context(f"/{language}/"):
        app.preprocess_request()
        assert criterion_words(name) == said


def test_what_is_not_known_stays_french_marked_and_escaped(app: Flask) -> None:
    with app.test_request_context("/ar/"):
        app.preprocess_request()
        assert said_criterion("<b>") == '<span lang="fr" dir="auto">&lt;b&gt;</span>'
