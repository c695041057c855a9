"""Days and hours as readers of a language write them."""

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.core.i18n.formats import date_text, day_text, near_day_text, time_text
from tests.languages import SHIPPED

pytestmark = pytest.mark.one_database

FIRST_OF_MAY = date(2027, 5, 1)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("full", "samedi 1er mai 2027"),
        ("long", "1er mai 2027"),
        ("medium", "1er mai 2027"),
        ("d MMMM", "1er mai"),
        ("d MMM y", "1er mai 2027"),
        ("short", "01/05/2027"),
        ("MMM y", "mai 2027"),
    ],
)
def test_the_first_of_a_month_is_said_as_in_french(form: str, said: str) -> None:
    assert day_text(FIRST_OF_MAY, form, "fr") == said


@pytest.mark.parametrize("tag", ["en", "ar"])
def test_other_languages_say_it_their_way(tag: str) -> None:
    assert "er " not in day_text(FIRST_OF_MAY, "full", tag)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(("full", "long", "medium", "d MMMM")))
def test_the_first_alone_is_said_so(day: date, form: str) -> None:
    assert ("1er " in day_text(day, form, "fr")) == (day.day == 1)


def test_a_moment_is_of_the_day_where_the_territory_lives(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        assert date_text(datetime(2027, 4, 30, 22, 30, tzinfo=UTC), "long") == "1er mai 2027"


def test_a_near_first_of_a_month_is_said_so_too(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        app.preprocess_request()
        assert near_day_text(FIRST_OF_MAY) == "samedi 1er mai"


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "samedi 5 décembre"), ("en", "Saturday, December 5"), ("ar", "السبت، 5 ديسمبر")],
)
def test_a_near_day_is_said_without_its_year(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(f"/{language}/"):
        app.preprocess_request()
        assert near_day_text(date(2026, 12, 5)) == said


@pytest.mark.parametrize("language", SHIPPED)
def test_an_hour_is_never_parted_from_its_half_of_the_day(app: Flask, language: str) -> None:
    with app.test_request_context(f"/{language}/"):
        app.preprocess_request()
        assert " " not in time_text(time(22, 0))
