"""Staff say what words mean, in each language."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from cdv_civic.core.db import db
from cdv_civic.core.policy.model import CommandLine, Scope, ScopeKind
from cdv_civic.glossary.operations import load, translate_entry
from cdv_civic.glossary.queries import Term, term
from tests import factories
from tests.conftest import counting
from tests.signing_in import send, sign_in

pytestmark = pytest.mark.one_database

SENTENCES = {
    "explanation_fr": "Un quartier aidé.",
    "explanation_en": "A supported area.",
    "explanation_ar": "حي.",
    "state": "reviewed",
}


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    """Somebody of the staff, signed in, and the words loaded."""
    load()
    sign_in(client, factories.make_account())
    return client


def qpv() -> Term:
    """The word as it is now."""
    db.session.rollback()  # ends the reading that this test may have begun before
    found = term("qpv")
    assert found is not None
    return found


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient) -> None:
    load()
    for path in ("/fr/bureau/mots", "/fr/bureau/mots/qpv"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/fr/connexion?" in answer.location


def test_what_staff_write_is_read_by_residents_at_once(desk: FlaskClient) -> None:
    assert "A supported area." not in desk.get("/en/mots").text
    answer = send(desk, "/fr/bureau/mots/qpv", **SENTENCES)
    assert answer.status_code == 303
    assert "A supported area." in desk.get("/en/mots").text
    assert "Un quartier aidé." in desk.get("/fr/mots").text
    assert "C’est enregistré" in desk.get("/fr/bureau/mots").text


def test_nothing_typed_in_another_language_leaves_what_stands_there(desk: FlaskClient) -> None:
    before = qpv()
    send(desk, "/fr/bureau/mots/qpv", **{**SENTENCES, "explanation_ar": " "})
    after = qpv()
    assert after.explanations["ar"].text == before.explanations["ar"].text
    assert after.state_in("ar") == "stale"


def test_a_translation_starts_as_a_draft_until_somebody_says_that_it_is_public(desk: FlaskClient) -> None:
    kept = {tag: each.text for tag, each in qpv().explanations.items()}
    same = {f"explanation_{tag}": text for tag, text in kept.items() if tag != "en"}
    draft = {**same, "explanation_en": "A supported area.", "state": "draft"}
    send(desk, "/fr/bureau/mots/qpv", **draft)
    assert "A supported area." not in desk.get("/en/mots").text
    assert qpv().state_in("en") == "draft"
    # What was public already stays so beside it.
    assert qpv().state_in("ar") == "said"
    page = desk.get("/fr/bureau/mots/qpv").text
    assert re.search(r'checked[^>]*value="draft"', page)
    assert "A supported area." in page
    send(desk, "/fr/bureau/mots/qpv", **{**draft, "state": "reviewed"})
    assert "A supported area." in desk.get("/en/mots").text


def test_a_form_that_cannot_be_kept_keeps_what_was_typed(desk: FlaskClient) -> None:
    answer = send(desk, "/fr/bureau/mots/qpv", explanation_fr="", explanation_en="Typed in vain.")
    assert answer.status_code == 422
    assert "Écrivez l’explication de ce mot." in answer.text
    assert "Typed in vain." in answer.text
    assert "Typed in vain." not in desk.get("/en/mots").text
    long = send(desk, "/fr/bureau/mots/qpv", explanation_fr="long " * 200)
    assert "trop longue" in long.text


def test_words_that_lack_a_translation_come_first(desk: FlaskClient) -> None:
    translate_entry("zac", "fr", "Un endroit où l’on bâtit.", actor=CommandLine())
    page = desk.get("/fr/bureau/mots").text
    first = re.search(r'<th[^>]* scope="row"[^>]* id="([^"]+)"', page)
    assert first is not None
    assert first[1] == "zac"
    assert "à relire" in page
    assert desk.get("/fr/bureau/mots?q=qp").text.count('scope="row"') == 1


def test_saving_a_translation_again_says_that_it_is_still_right(desk: FlaskClient) -> None:
    send(desk, "/fr/bureau/mots/qpv", **SENTENCES)
    send(desk, "/fr/bureau/mots/qpv", **{**SENTENCES, "explanation_fr": "Autrement dit."})
    changed = qpv()
    assert changed.state_in("en") == "stale"
    send(desk, "/fr/bureau/mots/qpv", **{**SENTENCES, "explanation_fr": "Autrement dit."})
    again = qpv()
    assert again.state_in("en") == "said"


def test_a_translator_reads_the_original_and_writes_in_the_language_of_the_role_alone(
    app: Flask, client: FlaskClient
) -> None:
    load()
    scope = Scope(ScopeKind.LANGUAGE, "ar")
    sign_in(client, factories.make_account(role="translator", scope=scope))
    page = client.get("/fr/bureau/mots/qpv").text
    original = qpv().explanations["fr"].text
    assert f'<blockquote lang="fr" dir="ltr">{escape(original)}</blockquote>' in page
    assert re.findall(r'name="(explanation_\w+)"', page) == ["explanation_ar"]
    assert send(client, "/fr/bureau/mots/qpv", explanation_ar="حي مدعوم.").status_code == 303
    assert qpv().explanations["ar"].text == "حي مدعوم."


def test_an_unknown_word_is_not_found(desk: FlaskClient) -> None:
    assert desk.get("/fr/bureau/mots/rien").status_code == 404


def test_the_table_costs_a_dozen_statements_at_most(app: Flask, desk: FlaskClient) -> None:
    with counting(app) as statements:
        desk.get("/fr/bureau/mots")
    assert len(statements) <= 12
