"""A draw knows women and men by the words of each language of the site."""

import pytest

from cdv_civic.core.stemming import stem
from cdv_civic.core.text_folding import fold
from cdv_civic.draws.operations.drawing import GENDER_WORDS
from cdv_civic.seats.rules import MAN, WOMAN
from tests.languages import SHIPPED


@pytest.mark.parametrize("tag", SHIPPED)
def test_every_language_has_words_for_women_and_men(tag: str) -> None:
    words = GENDER_WORDS.get(tag, {})
    assert set(words) == {WOMAN, MAN}, f"{tag} has none"
    for word in (*words[WOMAN], *words[MAN]):
        assert stem(fold(word)) == word, "what is typed is compared as a folded stem"
