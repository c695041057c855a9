"""Nothing inline runs, nothing is loaded from elsewhere, HTTPS stays HTTPS."""

import re
from pathlib import Path

from flask.testing import FlaskClient

from tests.conftest import PostgresServer, Site


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
