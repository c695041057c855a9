"""The draft of a translation is for those who work on it: no public page holds it, and no search finds by it."""

from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.operations.translating import translate_commitment
from cdv_civic.core.db import db
from cdv_civic.core.localized import TranslationState
from cdv_civic.core.policy.guard import policy_of
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.glossary.operations import explain
from tests.permissions.world import World, make_world

SECRET = "zibeline"


def public_pages(app: Flask, client: FlaskClient, world: World) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or policy_of(app, rule.endpoint) != PUBLIC:
            continue
        values = world.arguments(rule.endpoint, rule.arguments)
        address = app.url_map.bind("localhost").build(
            rule.endpoint, {**values, **({"lang": "en"} if "lang" in rule.arguments else {})}
        )
        yield address, client.get(address, follow_redirects=True).get_data().decode(errors="replace")


def test_no_public_page_holds_a_draft(app: Flask, client: FlaskClient) -> None:
    world = make_world()
    admin = world.people["administrator"]
    assert admin is not None
    commitment = db.session.get_one(Commitment, world.values["commitment_id"])
    commitment_id, title_id, key = commitment.id, commitment.title_id, str(world.values["key"])
    translate_commitment(
        admin, commitment_id, "en", {title_id: f"A {SECRET} school"}, state=TranslationState.DRAFT
    )
    explain(key, {"en": f"A {SECRET} word"}, actor=admin, state=TranslationState.DRAFT)
    assert [address for address, page in public_pages(app, client, world) if SECRET in page] == []


def test_no_search_finds_by_a_draft_until_it_is_published(app: Flask, client: FlaskClient) -> None:
    world = make_world()
    admin = world.people["administrator"]
    assert admin is not None
    commitment = db.session.get_one(Commitment, world.values["commitment_id"])
    commitment_id, title_id, code = commitment.id, commitment.title_id, commitment.code
    search = f"/en/engagements?q={SECRET}"
    near = "/en/engagements?q=zibelina"

    def write(state: TranslationState) -> None:
        translate_commitment(admin, commitment_id, "en", {title_id: f"A {SECRET} school"}, state=state)

    write(TranslationState.DRAFT)
    assert code not in client.get(search).text
    assert SECRET not in client.get(near).text, "as the nearest word either"
    write(TranslationState.REVIEWED)
    assert code in client.get(search).text
