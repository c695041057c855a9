"""What people type and what documents say meet in one plain form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.text_folding import SMALL_WORDS, fold, holds, search_document, search_words, stem
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
    return [sought[0].text for sought in search_words(typed)]


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
    assert all(stem.text and not set(" \"'") & set(stem.text) for sought in found for stem in sought)


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
