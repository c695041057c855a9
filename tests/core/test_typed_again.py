"""What was typed when the database went away comes back: seen, whole, and never with a secret in it."""

import re
from collections.abc import Mapping

import pytest
from flask import Flask

from cdv_civic.core.web.error_pages import unavailable_page

pytestmark = pytest.mark.one_database

WORDS = "Le banc est cassé."


def page_of(app: Flask, typed: Mapping[str, str], *, unknown: bool = False) -> str:
    with app.test_request_context("/fr/bureau/instances/1/parole/saisir", method="POST", data=typed):
        return unavailable_page(unknown=unknown).get_data(as_text=True)


def test_a_field_for_a_code_that_was_left_empty_takes_nothing_away(app: Flask) -> None:
    page = page_of(app, {"words": WORDS, "kind": "idee", "receipt": ""})
    assert WORDS in page
    assert 'name="kind" value="idee"' in page
    assert "Envoyer de nouveau" in page


def test_words_beside_a_code_come_back_to_be_copied_and_the_code_does_not(app: Flask) -> None:
    page = page_of(app, {"words": WORDS, "kind": "idee", "receipt": "ACE34-HJK79"})
    assert WORDS in page
    assert "ACE34-HJK79" not in page
    assert "sans le code" in page
    assert "Envoyer de nouveau" not in page, "without the code it would be another act"


@pytest.mark.parametrize("secret", ["password", "again", "current", "code", "proof"])
def test_a_phrase_that_is_a_secret_never_comes_back(app: Flask, secret: str) -> None:
    phrase = "quatre chaises vertes"
    page = page_of(app, {"words": WORDS, secret: phrase})
    assert phrase not in page


def test_short_words_are_seen_and_not_only_kept(app: Flask) -> None:
    page = page_of(app, {"words": WORDS, "theme": "habitat"})
    assert re.search(rf'<input type="text" name="words" value="{re.escape(WORDS)}"', page)
    page = page_of(app, {"words": WORDS * 3, "theme": "habitat"})
    assert re.search(rf"<textarea[^>]*name=\"words\"[^>]*>\s*{re.escape(WORDS)}", page)
    assert 'type="hidden" name="theme"' in page


def test_who_must_look_first_is_led_there_and_not_to_sending_again(app: Flask) -> None:
    """In another window: the page that was answered to a form cannot be opened again without sending it."""
    came_from = "/fr/bureau/instances/1/parole?etat=neuf"
    for referrer, led in ((came_from, True), ("//elsewhere.example/fr", False)):
        with app.test_request_context(
            "/fr/bureau/instances/1/parole/saisir",
            method="POST",
            data={"words": WORDS},
            headers={"Referer": f"http://localhost{referrer}" if led else f"http:{referrer}"},
        ):
            page = unavailable_page(unknown=True).get_data(as_text=True)
            known = unavailable_page().get_data(as_text=True)
        assert "<h1>La connexion s’est coupée</h1>" in page
        assert (f'href="{came_from}" target="_blank"' in page) is led
        assert "elsewhere.example" not in page
        assert ('class="button button-quiet">Envoyer de nouveau' in page) is led
        assert "Regarder si c’est fait" not in known
    assert "copiez-le" in page_of(app, {"words": WORDS, "receipt": "ACE34-HJK79"}, unknown=True)


def test_what_is_done_once_may_be_sent_again_though_nobody_knows(app: Flask) -> None:
    page = page_of(app, {"words": WORDS, "client_key": "0" * 32}, unknown=True)
    assert "rien ne sera enregistré deux fois" in page
    assert "Regardez d’abord" not in page, "who has no account has nowhere to look"
    page = page_of(app, {"words": WORDS}, unknown=True)
    assert "Regardez d’abord" in page


@pytest.mark.parametrize("path", ["/fr/nulle-part", "/fr/idees/nulle-part/proposer"])
def test_who_wrote_about_what_is_gone_copies_the_words(app: Flask, path: str) -> None:
    typed = {"words": WORDS, "title": "Un banc", "receipt": "ACE34 HJK79", "theme": "habitat"}
    here = {"Sec-Fetch-Site": "same-origin"}
    answer = app.test_client().post(path, data=typed, headers=here)
    assert answer.status_code == 404
    assert "copiez-les pour les garder" in answer.text
    assert WORDS in answer.text
    assert "Un banc" in answer.text
    assert "ACE34" not in answer.text
    assert "Envoyer de nouveau" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    elsewhere = app.test_client().post(path, data=typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert WORDS not in elsewhere.text, "another site does not choose what stands on a page of ours"
    nothing = app.test_client().post(path, data={"words": " "}, headers=here)
    assert (nothing.status_code, "copiez-les" in nothing.text) == (404, False)
