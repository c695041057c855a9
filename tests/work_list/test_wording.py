"""When something is due, in words that a person counts with."""

from datetime import timedelta

import pytest
from flask import Flask

from cdv_civic.work_list.wording import due_text
from tests.conftest import TODAY


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-2615, "en retard depuis le 23 septembre 2019"),
        (-60, "en retard de 60 jours"),
        (-1, "en retard de 1 jour"),
        (0, "à faire aujourd’hui"),
        (1, "à faire demain au plus tard"),
        (60, "à faire dans 60 jours"),
        (61, "à faire au plus tard le 20 janvier 2027"),
    ],
)
def test_days_are_counted_as_long_as_somebody_counts_them(app: Flask, days: int, said: str) -> None:
    with app.test_request_context("/fr/"):
        assert due_text(TODAY.date() + timedelta(days=days), TODAY.date()) == said
