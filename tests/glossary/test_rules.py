"""How words of the glossary are found in texts."""

import pytest

from cdv_civic.core.localized import Words
from cdv_civic.glossary.rules import Lexicon, Marker, Meaning, by_letter, matching


def entry(
    key: str, term: str, *aliases: str, context: str | None = None, expansion: str | None = None
) -> Meaning:
    return Meaning(key, term, context, expansion, Words(f"Ce que veut dire {term}.", "fr", True), aliases)


LEXICON = Lexicon(
    [
        entry(
            "qpv", "QPV", "quartier prioritaire", expansion="quartier prioritaire de la politique de la ville"
        ),
        entry("cls-sante", "CLS", context="santé"),
        entry("cls-securite", "CLS", context="sécurité"),
        entry("clspd", "CLSPD"),
        entry("plus", "PLUS"),
        entry("rep", "REP"),
        entry("ag", "AG"),
        entry("rep-plus", "REP+"),
        entry("bailleur", "Bailleur social", "bailleurs sociaux", "bailleur"),
        entry("clause", "Clause d’insertion"),
    ]
)


def marked(text: str) -> list[str]:
    return [text[start:end] for start, end, _entries in LEXICON.occurrences(text)]


def test_an_acronym_is_found_in_its_own_letters_only() -> None:
    assert marked("Un QPV, pas un qpv ; plus de REP") == ["QPV", "REP"]
    assert marked("L’AG du quartier, pas un ag") == ["AG"]


def test_the_longest_word_wins() -> None:
    assert marked("En REP+ et en REP, avec le CLSPD") == ["REP+", "REP", "CLSPD"]
    assert marked("Les bailleurs sociaux") == ["bailleurs sociaux"]


def test_words_are_found_after_an_elision_and_with_any_apostrophe_or_space() -> None:
    assert marked("l’ANRU, d'un CLS, la clause d'insertion, le bailleur\u00a0social") == [
        "CLS",
        "clause d'insertion",
        "bailleur\u00a0social",
    ]


def test_a_part_of_a_word_is_not_a_word() -> None:
    assert marked("sous-QPV, QPVs, CLSM") == []


def test_a_text_in_capitals_has_no_acronyms() -> None:
    assert marked("TOUJOURS PLUS DE REP") == []
    assert marked("LE CLS") == []
    assert marked("QPV") == ["QPV"]


def test_an_ambiguous_acronym_has_both_meanings() -> None:
    [(_start, _end, meanings)] = LEXICON.occurrences("Le CLS est signé")
    assert [meaning.context for meaning in meanings] == ["santé", "sécurité"]


def test_each_word_is_explained_once_on_a_page() -> None:
    marker = Marker(LEXICON)
    first = marker.pieces("Un QPV et un autre QPV")
    assert [(piece.text, bool(piece.entries)) for piece in first] == [
        ("Un ", False),
        ("QPV", True),
        (" et un autre QPV", False),
    ]
    assert [piece.text for piece in marker.pieces("Le QPV")] == ["Le QPV"]
    assert "".join(piece.text for piece in Marker(LEXICON).pieces("Un CLS, un QPV.")) == "Un CLS, un QPV."


def test_an_empty_glossary_finds_nothing() -> None:
    assert Marker(Lexicon([])).pieces("Un QPV")[0].text == "Un QPV"


def test_search_looks_into_terms_and_explanations_the_exact_term_first() -> None:
    assert [found.key for found in matching(LEXICON.entries, "cls")] == ["cls-sante", "cls-securite", "clspd"]
    assert [found.key for found in matching(LEXICON.entries, "priorit ville")] == ["qpv"]
    assert matching(LEXICON.entries, "zzz") == ()
    assert len(matching(LEXICON.entries, "  ")) == len(LEXICON.entries)


@pytest.mark.parametrize(
    ("one", "many"), [("quartier", "quartiers"), ("ville", "villes"), ("local", "locaux")]
)
def test_one_and_many_find_the_same_words(one: str, many: str) -> None:
    assert matching(LEXICON.entries, one) == matching(LEXICON.entries, many)


def test_entries_stand_under_their_letter_without_accents() -> None:
    letters = by_letter([entry("e", "Évaluation"), entry("d", "DSU"), entry("n", "3e lieu")])
    assert [letter for letter, _entries in letters] == ["0-9", "D", "E"]
