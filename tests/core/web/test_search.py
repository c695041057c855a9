"""What people type into search boxes is read in one way."""

from pathlib import Path

import pytest

from cdv_civic.core.settings import ROOT
from cdv_civic.core.web.search import LONGEST_SEARCH, typed_search


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ""),
        ("   ", ""),
        ("  les \t grands\u00a0 pêchers\r\n", "les grands pêchers"),
        ("a" * 500, "a" * LONGEST_SEARCH),
    ],
)
def test_words_are_parted_by_one_space_and_bounded(typed: str, read: str) -> None:
    assert typed_search({"q": typed}) == read


def test_an_address_without_a_question_asks_nothing() -> None:
    assert typed_search({"page": "2"}) == ""


def test_no_page_reads_its_search_box_by_hand() -> None:
    by_hand = {
        str(path.relative_to(ROOT))
        for path in Path(ROOT, "cdv_civic").rglob("*.py")
        if 'get("q"' in path.read_text(encoding="utf-8")
    }
    # The desk's table of commitments takes its question out of filters that were read before.
    assert by_hand == {"cdv_civic/core/web/search.py", "cdv_civic/commitments/desk/filters.py"}
