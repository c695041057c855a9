"""A page that is mostly in another language than the reader's says so, once."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from cdv_civic.core.i18n.page_language import LEAST_LETTERS, count_shown, mostly_in, other_language
from tests import factories as make
from tests.language_help.services import make_service

MUCH = LEAST_LETTERS
LONG = (
    "Ouvrir une nouvelle médiathèque dans le quartier, avec une salle pour les familles et un jardin ouvert à tous. "
    * 2
)


@pytest.mark.parametrize(
    ("letters", "reader", "said"),
    [
        ({}, "ar", None),
        ({"fr": MUCH}, "fr", None),
        ({"fr": MUCH}, "ar", "fr"),
        ({"fr": MUCH - 1}, "ar", None),
        ({"fr": MUCH, "ar": MUCH}, "ar", None),
        ({"fr": MUCH + 1, "ar": MUCH}, "ar", "fr"),
        ({"fr": MUCH, "en": 2 * MUCH, "ar": 1}, "ar", "en"),
    ],
)
def test_most_is_more_than_half_of_the_letters(
    letters: dict[str, int], reader: str, said: str | None
) -> None:
    assert other_language(letters, reader) == said


@given(
    st.dictionaries(st.sampled_from(["fr", "en", "ar", "tr"]), st.integers(0, 5000)),
    st.sampled_from(["fr", "ar"]),
)
def test_the_readers_own_language_is_never_said_and_little_is_never_much(
    letters: dict[str, int], reader: str
) -> None:
    said = other_language(letters, reader)
    assert said != reader
    if said is not None:
        assert letters.get(reader, 0) * 2 < sum(letters.values())


def test_letters_are_counted_and_tags_are_not(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        count_shown(Markup('<button class="term">جملة</button> ' * 20), "ar")
        count_shown("Dire. " * 17, "fr")
        assert mostly_in() is None, "fewer letters than the least, with tags of any length"
        count_shown(Markup("<p>جملة طويلة</p>" * 20), "ar")
        assert mostly_in() == "ar"


def test_an_arabic_reader_of_a_french_commitment_is_told_once_and_shown_who_helps(
    app: Flask, client: FlaskClient
) -> None:
    contract = make.make_contract("val")
    commitment = make.make_commitment(contract, LONG, code="C-1")
    make.make_progress(commitment, sentence="Le chantier commence enfin.", detail=LONG)
    make_service(contract)
    page = "/contrats/val/engagements/C-1"
    arabic = client.get(f"/ar{page}").text
    assert arabic.count("معظم هذه الصفحة باللغة الفرنسية") == 1
    assert 'class="mostly-other"' in arabic
    top = arabic[arabic.index("<main") : arabic.index("<h1")]
    assert "/ar/langues" in top
    assert "mostly-other" not in client.get(f"/fr{page}").text


def test_a_page_that_is_translated_says_nothing(app: Flask, client: FlaskClient) -> None:
    contract = make.make_contract("val", translations={"ar": "عقد"})
    make.make_commitment(contract, LONG, code="C-1", translations={"ar": "مكتبة جديدة في الحي " * 20})
    assert "mostly-other" not in client.get("/ar/contrats/val/engagements/C-1").text
