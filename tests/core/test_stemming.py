"""One and many, with an article or without, share a stem, by which what people type finds what documents say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.stemming import SMALL_WORDS, holds, search_document, search_words, stem
from cdv_civic.core.text_folding import fold
from tests.languages import SHIPPED


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("logement", "logements"),
        ("école", "écoles"),
        ("travail", "travails"),
        ("local", "locaux"),
        ("réseau", "réseaux"),
        ("bureau", "bureaux"),
        ("social", "sociaux"),
        ("municipal", "municipaux"),
        ("travail", "travaux"),
        ("bail", "baux"),
        ("noyau", "noyaux"),
        ("jeu", "jeux"),
        ("lieu", "lieux"),
        ("eau", "eaux"),
        ("vie", "vies"),
        ("bailleur", "bailleurs"),
        ("prix", "prix"),
        ("activity", "activities"),
        ("مدرسة", "المدرسة"),
    ],
)
def test_one_and_many_have_the_same_stem(one: str, many: str) -> None:
    assert stem(fold(one)) == stem(fold(many))


def words(typed: str) -> list[str]:
    """The plain form of each word that is looked for."""
    return [terms[0].text for terms in search_words(typed)]


def finds(typed: str, text: str) -> bool:
    return holds(search_document(text), typed)


def test_small_words_do_not_count_unless_there_is_nothing_else() -> None:
    assert words("la rénovation des écoles") == ["renovation", "ecoles"]
    assert words("la des") == ["la", "des"]


def test_there_is_nothing_to_look_for_in_signs_alone() -> None:
    assert search_words("?!… « »") == []


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_few_and_plain_words(typed: str) -> None:
    found = search_words(typed)
    assert len(found) <= 8
    assert all(term.text and not set(" \"'") & set(term.text) for terms in found for term in terms)


@given(st.text(max_size=100))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    assert finds(text, text)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("locaux", "Un local pour les jeunes"),
        ("local", "Des locaux pour les jeunes"),
        ("réseau", "Les réseaux de chaleur"),
        ("réseaux", "Le réseau de chaleur"),
        ("social", "Logements sociaux"),
        ("sociaux", "La résidence sociale"),
        ("bail", "Les bailleurs"),
        ("bail", "Signer des baux"),
        ("travau", "Le travail"),
        ("السكن", "سكن"),
        ("سكن", "والسكن للجميع"),
        ("مدرسة", "بناء المدرسة"),
        ("مدرسة", "في مدرسة وملعب"),
        ("ملعب", "مدرسة وملعب"),
        ("شباب", "للشباب"),
        ("وملعب", "ملعب"),
        ("نقل", "بالنقل العام"),
    ],
)
def test_one_and_many_find_each_other_and_arabic_words_whatever_stands_before_them(
    typed: str, title: str
) -> None:
    assert finds(typed, title)


@pytest.mark.parametrize(
    ("typed", "title"), [("bail", "Le balcon"), ("baux", "Le balcon"), ("jeux", "La jeunesse")]
)
def test_a_short_stem_begins_no_other_word(typed: str, title: str) -> None:
    assert not finds(typed, title)


def test_every_language_says_which_words_are_small() -> None:
    assert set(SMALL_WORDS) == set(SHIPPED)
    assert all(fold(word) == word for words in SMALL_WORDS.values() for word in words)
