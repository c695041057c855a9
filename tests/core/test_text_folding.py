"""What people type and what documents say meet in one plain form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.text_folding import fold


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
