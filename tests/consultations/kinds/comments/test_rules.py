"""How a document is cut, and when one may comment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.consultations.kinds.comments.rules import (
    CommentShortcoming,
    may_comment,
    may_read,
    passages,
    shortcomings,
    under_embargo,
)
from cdv_civic.consultations.rules.calendar import ConsultationCalendar

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def calendar(opens: int, closes: int) -> ConsultationCalendar:
    return ConsultationCalendar(NOW + opens * DAY, NOW + closes * DAY, None, None, published_at=NOW - 9 * DAY)


def test_a_document_is_cut_at_empty_lines_and_headings_stay_with_what_follows() -> None:
    assert passages("Article 1\n\nLe parc ferme à dix heures.\nSauf l’été.\n\n\nUne autre règle.") == [
        "Article 1\nLe parc ferme à dix heures.\nSauf l’été.",
        "Une autre règle.",
    ]


@pytest.mark.parametrize("heading", ["Article 2", "## Les arbres", "2. Les arbres", "Chapitre IV"])
def test_a_numbered_heading_begins_a_passage_without_an_empty_line(heading: str) -> None:
    assert passages(f"Le parc ferme.\n{heading}\nLes arbres restent.") == [
        "Le parc ferme.",
        f"{heading}\nLes arbres restent.",
    ]


def test_a_numbered_sentence_is_no_heading() -> None:
    assert passages("On garde :\n1. les arbres ;\n2. les bancs.") == [
        "On garde :\n1. les arbres ;\n2. les bancs."
    ]


@given(st.text(alphabet=st.sampled_from("aA1.# \nÀ"), max_size=200))
def test_no_word_of_a_document_is_lost(text: str) -> None:
    assert "".join("".join(passages(text)).split()) == "".join(text.split())
    assert all(each.strip() and "\n\n" not in each for each in passages(text))


def test_the_moment_of_the_end_is_everybody_s() -> None:
    assert under_embargo(NOW + timedelta(microseconds=1), NOW)
    assert not under_embargo(NOW, NOW)
    assert not under_embargo(None, NOW)


@pytest.mark.parametrize(
    ("opens", "closes", "embargo", "insider", "read", "write"),
    [
        (-1, 5, None, False, True, True),
        (1, 5, None, False, True, False),
        (-5, -1, None, False, True, False),
        (-1, 5, 1, False, False, False),
        (-1, 5, 1, True, True, True),
        (1, 5, 1, True, True, True),
        (1, 5, 1, False, False, False),
        (1, 5, -1, False, True, False),
        (-5, -1, 1, True, True, False),
    ],
)
def test_who_comments_when(
    opens: int, closes: int, embargo: int | None, insider: bool, read: bool, write: bool
) -> None:
    until = NOW + embargo * DAY if embargo is not None else None
    assert may_read(calendar(opens, closes), until, NOW, insider=insider) is read
    assert may_comment(calendar(opens, closes), until, NOW, insider=insider) is write


def test_what_is_no_public_consultation_is_read_by_nobody() -> None:
    draft = ConsultationCalendar(NOW, NOW + DAY, None, None)
    withdrawn = ConsultationCalendar(NOW, NOW + DAY, None, None, published_at=NOW, withdrawn_at=NOW)
    assert not may_read(draft, None, NOW, insider=True)
    assert not may_read(withdrawn, None, NOW, insider=True)


def test_what_a_step_lacks() -> None:
    assert shortcomings(0, 0, None, None) == [CommentShortcoming.NOTHING]
    assert shortcomings(2, 1, NOW, NOW) == [
        CommentShortcoming.GONE,
        CommentShortcoming.EMBARGO_BEYOND_CLOSING,
    ]
    assert shortcomings(2, 0, NOW, NOW + DAY) == []
