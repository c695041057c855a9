"""Nothing inline runs, nothing is loaded from elsewhere, HTTPS stays HTTPS."""

import re
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.assets import asset
from cdv_civic.core.web.headers import FILE_POLICY
from tests.conftest import PostgresServer, Site
from tests.factories import make_account
from tests.signing_in import open_browser


def test_the_policy_of_content_allows_no_inline_code(client: FlaskClient) -> None:
    policy = client.get("/fr/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert re.search(r"https?://", policy) is None


def test_https_is_remembered_only_where_the_site_is_on_https(
    client: FlaskClient, tmp_path: Path, postgres: PostgresServer | None
) -> None:
    assert "Strict-Transport-Security" not in client.get("/fr/").headers
    secure = Site(tmp_path, postgres, base_url="https://engagements.example.fr")
    answer = secure.app.test_client().get("/fr/", base_url="https://engagements.example.fr")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_errors_have_the_same_headers(client: FlaskClient) -> None:
    answer = client.get("/fr/nowhere")
    assert answer.status_code == 404
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in answer.headers


def built_file(app: Flask) -> str:
    with app.test_request_context():
        return asset("app.css")


def test_built_files_say_as_much_as_pages_and_are_for_this_site_alone(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres, base_url="https://engagements.example.fr")
    client = site.app.test_client()
    page = client.get("/fr/", base_url="https://engagements.example.fr")
    answer = client.get(built_file(site.app))
    assert answer.status_code == 200
    for name in (
        "X-Content-Type-Options",
        "Strict-Transport-Security",
        "Content-Security-Policy",
        "Referrer-Policy",
        "Cross-Origin-Resource-Policy",
    ):
        assert answer.headers[name] == page.headers[name], name
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_page_of_another_site_embeds_what_is_ours(client: FlaskClient) -> None:
    for address in ("/fr/", "/fr/nowhere", "/robots.txt", "/fr/connexion"):
        assert client.get(address).headers["Cross-Origin-Resource-Policy"] == "same-origin", address
    assert "frame-ancestors 'none'" in FILE_POLICY


def test_nothing_that_is_not_for_everybody_is_kept_even_where_its_view_forgot(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    @policy("account.self")
    def forgetful() -> Response:
        return Response("what is one person's", headers={"Cache-Control": "public, max-age=60"})

    monkeypatch.setitem(app.view_functions, "pages.legal", forgetful)
    open_browser(client, make_account())
    answer = client.get("/fr/mentions-legales")
    assert (answer.status_code, answer.text) == (200, "what is one person's")
    assert answer.headers["Cache-Control"] == "no-store"
