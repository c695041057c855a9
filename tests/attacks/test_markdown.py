"""A text that was written to keep a worker busy renders as quickly as any other, and nothing of it runs."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdv_civic.core.markdown import ATTRIBUTES, LONGEST, TAGS, render

#: Seconds of processor time. The renderer before this one took 50 for 10,000 brackets.
MOST_SECONDS = 3
#: What parsers of Markdown are known to stumble over.
PIECES = (
    *(
        "[",
        "![",
        "]",
        "](",
        "[a](",
        "[](",
        "[a](<",
        "[[]",
        "*a ",
        "**a",
        "_a_ ",
        "a**b",
        "*a_",
        "~~a",
        "***\n",
    ),
    *(
        "> ",
        ">",
        "- ",
        "1. ",
        "> - ",
        "\t- ",
        "`",
        "` ``",
        "```\n",
        "<",
        "<a@b ",
        "<!--",
        "<?",
        "&",
        "&#x",
        "\\",
    ),
    *(
        "[a]: b\n",
        "[a]",
        "[^",
        "![[",
        "(",
        "\n\n",
        " \n",
        "#",
        "# ",
        "a|b\n",
        "\u202e",
        "\x00",
        "🏳️‍🌈",
        "https://",
    ),
)


def seconds_of(text: str) -> float:
    start = time.process_time()
    render(text)
    return time.process_time() - start


@pytest.mark.parametrize("piece", PIECES)
def test_no_repeated_piece_keeps_a_worker_busy(piece: str) -> None:
    assert seconds_of((piece * LONGEST)[:LONGEST]) < MOST_SECONDS


def test_growing_runs_of_backticks_keep_no_worker_busy() -> None:
    assert seconds_of(" ".join("`" * length for length in range(1, 200))[:LONGEST]) < MOST_SECONDS


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(PIECES) | st.text(max_size=4), st.integers(1, 3_000)), max_size=4),
    st.booleans(),
)
def test_no_mixture_of_pieces_does(parts: list[tuple[str, int]], mirrored: bool) -> None:
    text = "".join(piece * times for piece, times in parts)
    text = (text + text[::-1] if mirrored else text)[:LONGEST]
    assert seconds_of(text) < MOST_SECONDS


def test_a_text_beyond_the_bound_is_shown_as_it_was_typed() -> None:
    text = "<b>**a**</b>" * LONGEST
    assert str(render(text)).startswith("<p>&lt;b&gt;**a**&lt;/b&gt;")
    assert seconds_of(text) < MOST_SECONDS


class _Found(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@given(
    st.lists(
        st.sampled_from(
            (*PIECES, "<script>", "javascript:", "onerror=", '"', "'", "data:text/html,", ")", ">", "x")
        ),
        max_size=40,
    )
)
def test_only_the_allowed_elements_attributes_and_addresses_are_left(pieces: list[str]) -> None:
    found = _Found()
    found.feed(str(render("".join(pieces))))
    for tag, attributes in found.tags:
        assert tag in TAGS
        assert set(attributes) <= set(ATTRIBUTES.get(tag, ()))
        address = (attributes.get("href") or "").lower()
        assert not address.startswith(("javascript", "data", "vbscript"))


def test_no_text_makes_a_page_much_longer_than_itself() -> None:
    """An address that stands once and is named thousands of times made 16 MB of 20,000 characters."""
    text = f"[a]: https://example.org/{'x' * (LONGEST // 2)}\n\n"
    text += "[a]" * ((LONGEST - len(text)) // 3)
    assert len(render(text)) < 10 * LONGEST
