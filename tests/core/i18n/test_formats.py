"""Days and hours as readers of a language write them."""

from datetime import date, time

import pytest
from flask import Flask

from cdv_civic.core.i18n.formats import near_day_text, time_text
from tests.languages import SHIPPED


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
