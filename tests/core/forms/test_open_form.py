"""Forms of visitors: no cookie, no token, and nothing taken that another site sent."""

import pytest
from flask import Flask

from cdv_civic.core.web.error_pages import from_this_site

pytestmark = pytest.mark.one_database

OURS = "http://localhost/fr/page"


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        # What the browser says of itself goes before what may be copied.
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "http://localhost:81"}, False),
        ({"Origin": "http://elsewhere.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://["}, False),
        ({"Referer": OURS}, True),
        ({"Referer": "http://elsewhere.example/http://localhost/"}, False),
        ({}, True),
        ({"Cookie": "session=abc"}, False),
        ({"Cookie": "session=abc", "Origin": "http://localhost"}, True),
    ],
)
def test_a_form_is_taken_from_this_site_only(app: Flask, headers: dict[str, str], taken: bool) -> None:
    with app.test_request_context("/fr/page", method="POST", headers=headers):
        assert from_this_site() is taken
