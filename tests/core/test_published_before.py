"""Whoever publishes after somebody else is told what that was, once."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.published_before import (
    LastSeen,
    Published,
    PublishedBefore,
    check_published,
    nearly_the_same,
)

pytestmark = pytest.mark.one_database

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FENCE = "La clôture du square est réparée."


def published(number: int, words: str = FENCE, minutes: int = 3) -> Published:
    return Published(number, words, "Ville d’Orly", NOW - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (FENCE, FENCE, True),
        (FENCE, "la cloture du Square est reparee", True),
        (FENCE, "La clôture du square est enfin réparée !", True),
        (FENCE, "Le square ferme pour six mois.", False),
        (FENCE, "Les travaux de l’école commencent lundi.", False),
    ],
)
def test_almost_the_same_words_are_known(one: str, other: str, alike: bool) -> None:
    assert nearly_the_same(one, other) is alike
    assert nearly_the_same(other, one) is alike


def test_what_was_published_since_the_page_was_opened_is_told_whatever_it_says(app: Flask) -> None:
    with pytest.raises(PublishedBefore) as told:
        check_published("Tout autre chose.", [published(7)], LastSeen(6), NOW)
    assert "Ville d’Orly a publié ceci il y a 3 minutes" in told.value.sentence
    assert FENCE.rstrip(".") in told.value.sentence
    # Once they were told, it goes through.
    check_published("Tout autre chose.", [published(7)], told.value.seen, NOW)


def test_the_same_words_are_told_for_an_hour_though_the_page_showed_them(app: Flask) -> None:
    with pytest.raises(PublishedBefore) as told:
        check_published(FENCE, [published(7)], LastSeen(7), NOW)
    check_published(FENCE, [published(7)], told.value.seen, NOW)
    check_published(FENCE, [published(7, minutes=61)], LastSeen(7), NOW)
    check_published("Tout autre chose.", [published(7)], LastSeen(7), NOW)


def test_what_comes_after_they_were_told_is_told_too(app: Flask) -> None:
    with pytest.raises(PublishedBefore) as told:
        check_published(FENCE, [published(7), published(8, "Le square ouvre.")], LastSeen(7, told=True), NOW)
    assert told.value.seen == LastSeen(8, told=True)


def test_what_no_form_sends_is_not_compared() -> None:
    check_published(FENCE, [published(7)], None, NOW)


@given(st.integers(0, 999_999_999), st.booleans())
def test_a_form_carries_what_its_page_showed(number: int, told: bool) -> None:
    assert LastSeen.read(str(LastSeen(number, told))) == LastSeen(number, told)


@given(st.text(max_size=20))
def test_a_field_that_cannot_be_read_is_no_error(typed: str) -> None:
    assert LastSeen.read(typed).id >= 0
