"""A form that asks for another language alone: whoever sends it, from wherever, nothing is done and nothing is counted."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts import limits
from cdv_civic.core.db import db
from cdv_civic.core.forms.base import FROM_ELSEWHERE as SAID
from cdv_civic.core.forms.protection import ONLY_LANGUAGE
from tests.page_forms import PageForm
from tests.permissions.test_permissions import WouldChange, nothing_is_kept
from tests.permissions.world import make_world
from tests.signing_in import open_browser

#: What a site of somebody else makes a browser say of where a form comes from.
FROM_ELSEWHERE = ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://ailleurs.example"})
WORDS = "Appelez vite le 08 99 00 00 00"


@pytest.mark.parametrize(("who", "least"), [("visitor", 4), ("resident", 10), ("administrator", 50)])
def test_no_form_of_the_site_does_anything_with_the_mark(app: Flask, who: str, least: int) -> None:
    world = make_world()
    client = app.test_client()
    person = world.people[who]
    if person is not None:
        open_browser(client, person)
    wrote, tried = [], 0
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        address = app.url_map.bind("localhost").build(
            rule.endpoint, world.arguments(rule.endpoint, rule.arguments)
        )
        sent: Any = {}
        with nothing_is_kept():
            try:
                if "GET" in (rule.methods or ()):
                    page = client.get(address).text
                    forms = (PageForm(page, name) for name in ("csrf_token", "words", "receipt"))
                    sent = next((form.filled({}) for form in forms if form.sent), {})
                    tried += bool(sent)
                answer = client.post(
                    address, data={**sent, "sure": "oui", "garder": "1", "encore": "1", ONLY_LANGUAGE: "1"}
                )
                if answer.status_code == 303 and (answer.location or "").startswith("//"):
                    wrote.append((rule.endpoint, answer.location))
            except WouldChange:
                wrote.append((rule.endpoint, "wrote"))
            finally:
                db.session.rollback()
    assert wrote == []
    assert tried >= least, "and it was sent what forms hold"


@pytest.mark.parametrize(
    "address", ["//evil.example/fr", "/\\evil.example/", "///evil.example", "/fr//evil.example"]
)
def test_the_mark_leads_nowhere_else(app: Flask, client: FlaskClient, address: str) -> None:
    answer = client.post(address, data={ONLY_LANGUAGE: "1"})
    location = answer.location or ""
    assert not location.startswith(("//", "/\\", "http://evil", "https://evil"))


@pytest.mark.parametrize("said", FROM_ELSEWHERE)
def test_words_that_another_site_sends_with_the_mark_are_said_to_come_from_elsewhere(
    app: Flask, client: FlaskClient, said: dict[str, str]
) -> None:
    world = make_world()
    address = app.url_map.bind("localhost").build(
        "voices.speak", world.arguments("voices.speak", {"lang", "contract", "slug"})
    )
    plain = client.post(address, data={"words": WORDS}, headers=said).text
    marked = client.post(address, data={"words": WORDS, ONLY_LANGUAGE: "1"}, headers=said).text
    assert WORDS in marked
    assert str(SAID) in plain
    assert str(SAID) in marked


def test_a_photo_that_is_named_with_the_mark_counts_against_nobody(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    address = app.url_map.bind("localhost").build(
        "voices.speak", world.arguments("voices.speak", {"lang", "contract", "slug"})
    )
    counted = []
    monkeypatch.setattr(limits, "count_open_form", lambda: counted.append(1))
    answer = client.post(
        address,
        data={"words": WORDS, ONLY_LANGUAGE: "1", "photo": (io.BytesIO(b""), "parc.jpg")},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert WORDS in answer.text
    assert counted == []
