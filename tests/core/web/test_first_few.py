"""What a list shows at once, and what it folds."""

import pytest

from cdv_civic.core.web.first_few import first_few


@pytest.mark.parametrize(
    ("items", "shown", "folded"),
    [("", "", ""), ("a", "a", ""), ("abc", "abc", ""), ("abcd", "abcd", ""), ("abcde", "abc", "de")],
)
def test_the_first_few_are_shown_and_one_alone_is_never_folded(items: str, shown: str, folded: str) -> None:
    first, rest = first_few(items, 3)
    assert ("".join(first), "".join(rest)) == (shown, folded)
