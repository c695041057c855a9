"""Addresses and headers that nobody's browser makes: they break nothing, lead nowhere else, and cost little."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core.web.application import Application
from cdv_civic.core.web.headers import MOST_HEADERS, accepted_codings

FORM = "/fr/parole/suivi"


@pytest.mark.parametrize(
    "question",
    ["endpoint=x", "self=x", "_method=x", "_scheme=javascript", "_external=1", "_anchor=x", "lang=xx", "_=1"],
)
def test_no_parameter_is_taken_for_a_word_of_the_program(client: FlaskClient, question: str) -> None:
    answer = client.post(f"{FORM}?{question}", data={"receipt": "a"})
    assert answer.status_code == 422
    assert 'hreflang="en" href="http://localhost/en/parole/suivi"' in answer.text


@pytest.mark.parametrize("path", ["/fr//mots", "/fr", "/fr//mots?q=a", "/fr///mots"])
def test_no_redirect_names_the_site_as_a_stranger_called_it(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example.org"})
    assert answer.status_code == 308
    assert answer.location.startswith("/fr/")
    assert client.get(answer.location).status_code == 200


def test_addresses_with_what_somebody_typed_fill_no_memory(app: Flask, client: FlaskClient) -> None:
    assert isinstance(app, Application)
    for number in range(20):
        client.get(f"/fr/connexion?retour=/{number}{'a' * 3800}")
    assert max(len(address) for address in app.addresses.values()) < 500


def test_codings_that_no_browser_asks_for_fill_no_memory(client: FlaskClient) -> None:
    before = accepted_codings.cache_info().currsize
    for number in range(20):
        answer = client.get("/fr/mots", headers={"Accept-Encoding": f"gzip, x{number};q=0.1, " * 100})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers
    assert accepted_codings.cache_info().currsize == before


@pytest.mark.parametrize("name", ["Accept-Language", "If-None-Match", "X-Any"])
def test_headers_are_bounded_together(client: FlaskClient, name: str) -> None:
    """One of 8 kB passes gunicorn, and so do 64 of them."""
    assert client.get("/fr/mots", headers={name: "a" * 8000}).status_code == 200
    assert client.get("/fr/mots", headers={name: "a" * MOST_HEADERS}).status_code == 431
