"""Browsers cut nothing any more: a text that is far too long reaches every field of every form, and breaks none."""

import pytest
from flask import Flask

from cdv_civic.core.db import db
from cdv_civic.core.web.request_limits import MOST_TEXT
from tests.page_forms import PageForm
from tests.permissions.test_permissions import WouldChange, nothing_is_kept
from tests.permissions.world import make_world
from tests.signing_in import open_browser

#: One character that becomes eighteen as it is folded, and what readers of numbers and codes look at twice.
HARD = "\ufdfa1 (\u0663-"


@pytest.mark.parametrize(("who", "least"), [("visitor", 4), ("administrator", 50)])
def test_every_field_of_every_form_takes_a_text_that_is_far_too_long(
    app: Flask, who: str, least: int
) -> None:
    world = make_world()
    client = app.test_client()
    person = world.people[who]
    if person is not None:
        open_browser(client, person)
    broken, tried = [], 0
    for rule in app.url_map.iter_rules():
        if not {"GET", "POST"} <= (rule.methods or set()):
            continue
        address = app.url_map.bind("localhost").build(
            rule.endpoint, world.arguments(rule.endpoint, rule.arguments)
        )
        page = client.get(address).text
        forms = (PageForm(page, name) for name in ("csrf_token", "words", "receipt"))
        sent = next((form.filled({}) for form in forms if form.sent), {})
        tried += bool(sent)
        # Each sign takes three bytes, and each byte three characters of the form that is sent.
        length = MOST_TEXT // (20 * len(HARD) * max(1, len(sent)))
        typed = {name: HARD * length for name in sent if name != "csrf_token"}
        with nothing_is_kept():
            try:
                status = client.post(
                    address, data={**sent, **typed}, headers={"Sec-Fetch-Site": "same-origin"}
                ).status_code
                if status >= 500 or status == 413:
                    broken.append((rule.endpoint, status))
            except WouldChange:
                pass  # a button, whatever is written beside it
            finally:
                db.session.rollback()
    assert broken == []
    assert tried >= least, "and it was sent what forms hold"
