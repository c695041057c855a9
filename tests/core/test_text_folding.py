"""What people type and what documents say meet in one plain form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.text_folding import SMALL_WORDS, fold, search_document, search_words, stem
from tests.languages import SHIPPED


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Cité des Pléiades", "cite des pleiades"),
        ("L’Île-Saint-Denis", "l ile saint denis"),
        ("CŒUR de ville", "coeur de ville"),
        ("  Grand   Vaux ", "grand vaux"),
        ("École n°2", "ecole n 2"),
        ("مدرسة", "مدرسه"),
        ("مُسْتَشْفَى", "مستشفي"),
        ("أطفال", "اطفال"),
    ],
)
def test_accents_case_hyphens_and_vowel_signs_are_forgiven(typed: str, plain: str) -> None:
    assert fold(typed) == plain


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("logement", "logements"),
        ("école", "écoles"),
        ("travail", "travails"),
        ("local", "locals"),
        ("مدرسة", "المدرسة"),
    ],
)
def test_one_and_many_have_the_same_stem(one: str, many: str) -> None:
    assert stem(fold(one)) == stem(fold(many))


def test_small_words_do_not_count_unless_there_is_nothing_else() -> None:
    assert search_words("la rénovation des écoles") == ["renovation", "ecole"]
    assert search_words("la des") == ["la", "des"]


def test_there_is_nothing_to_look_for_in_signs_alone() -> None:
    assert search_words("?!… « »") == []


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_few_and_plain_words(typed: str) -> None:
    words = search_words(typed)
    assert len(words) <= 8
    assert all(word and " " not in word and '"' not in word and "'" not in word for word in words)


@given(st.text(max_size=100))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    document = search_document(text).split()
    assert all(any(found.startswith(word) for found in document) for word in search_words(text))


def test_every_language_says_which_words_are_small() -> None:
    assert set(SMALL_WORDS) == set(SHIPPED)
    assert all(fold(word) == word for words in SMALL_WORDS.values() for word in words)
