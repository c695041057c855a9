"""Strangers cannot fill the memory of kept pages, pass by them, or find somebody's page among them."""

import pickle
from pathlib import Path

import pytest
from flask import Flask, request, session
from flask.testing import FlaskClient

from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web import page_cache
from cdv_civic.core.web.page_cache import PageStore
from tests.conftest import PostgresServer, Site, counting

PAGE = "/fr/mots"


def kept(app: Flask) -> PageStore:
    store: PageStore = app.extensions["page_store"]
    return store


def test_what_a_page_does_not_read_makes_no_page_of_its_own(app: Flask, client: FlaskClient) -> None:
    for number in range(200):
        assert client.get(f"/robots.txt?{number}{'x' * 4000}").status_code == 200
    assert len(kept(app).pages) == 1


@pytest.mark.parametrize(
    "mark", ["fbclid=IwAR0", "utm_source=lettre&utm_medium=mail", "gclid=1", "_=1", "Q=a"]
)
def test_the_marks_of_campaigns_find_the_kept_page(app: Flask, client: FlaskClient, mark: str) -> None:
    plain = client.get(PAGE)
    with counting(app) as statements:
        marked = client.get(f"{PAGE}?{mark}")
    assert len(statements) == 1
    assert marked.headers["ETag"] == plain.headers["ETag"]
    assert b"IwAR0" not in marked.data


def test_the_order_of_parameters_makes_no_other_page(app: Flask, client: FlaskClient) -> None:
    client.get("/fr/engagements?theme=sante&etat=annonce")
    with counting(app) as statements:
        client.get("/fr/engagements?utm_source=x&etat=annonce&theme=sante")
    assert len(statements) == 1


def test_keys_count_in_the_bound_of_the_memory(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "MAX_BYTES", 500_000)
    for number in range(400):
        client.get(f"{PAGE}?q={number}{'é' * 95}")
    store = kept(app)
    assert 0 < len(store.pages) < 400
    assert len(pickle.dumps(dict(store.pages))) <= store.bytes_kept <= 500_000


def test_an_address_that_somebody_made_up_is_answered_and_not_kept(app: Flask, client: FlaskClient) -> None:
    for number in range(20):
        assert client.get(f"{PAGE}?q={number}{'x' * 3000}").status_code == 200
    assert len(kept(app).pages) == 0


def test_the_name_that_a_browser_calls_the_site_by_makes_no_page_where_its_address_is_set(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres, base_url="https://site.example.org")
    for number in range(20):
        site.app.test_client().get(PAGE, headers={"Host": f"host-{number}.example.org"})
    assert len(kept(site.app).pages) == 1


def test_the_folder_that_a_request_says_the_site_lies_in_changes_nobody_elses_page(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    for base_url in ("", "https://site.example.org"):
        client = Site(tmp_path, postgres, base_url=base_url).app.test_client()
        assert b"//elsewhere" in client.get(PAGE, environ_overrides={"SCRIPT_NAME": "//elsewhere"}).data
        assert b"//elsewhere" not in client.get(PAGE).data


def test_a_page_whose_view_looked_into_the_session_is_never_kept(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)

    @site.app.get("/fr/curious")
    @policy("public")
    def curious() -> str:
        return f"Bonjour {session.get('who', 'vous')}"

    answer = site.app.test_client().get("/fr/curious")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]
    assert "ETag" not in answer.headers
    assert len(kept(site.app).pages) == 0


def test_a_view_cannot_read_a_parameter_that_it_does_not_declare(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)

    @site.app.get("/fr/hasty")
    @policy("public", reads=("q",))
    def hasty() -> str:
        return request.args.get("q", "") + request.args.get("other", "")

    with pytest.raises(KeyError, match="does not declare that it reads the parameter other"):
        site.app.test_client().get("/fr/hasty?q=a&other=b")
