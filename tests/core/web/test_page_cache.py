"""Public pages are made once, and never stale after a publication."""

import gzip
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core import clock
from cdv_civic.core.db import SITE, TagName, raise_tags, transaction
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import shows_only
from tests import factories as make
from tests.conftest import TODAY, counting
from tests.signing_in import open_browser

PAGE = "/fr/mots"


def test_the_second_visit_costs_one_statement(app: Flask, client: FlaskClient) -> None:
    client.get(PAGE)
    with counting(app) as statements:
        client.get(PAGE)
    assert len(statements) == 1


def test_a_publication_empties_the_cache(app: Flask, client: FlaskClient) -> None:
    client.get(PAGE)
    with transaction(publishes=SITE):
        pass
    with counting(app) as statements:
        client.get(PAGE)
    assert len(statements) > 1


def test_a_new_day_empties_the_cache(app: Flask, client: FlaskClient) -> None:
    client.get(PAGE)
    with clock.frozen_everywhere(TODAY + timedelta(days=1)), counting(app) as statements:
        client.get(PAGE)
    assert len(statements) > 1


def test_a_page_for_one_person_asks_for_the_numbers_of_what_is_kept_and_not_of_all_there_are(
    app: Flask, client: FlaskClient
) -> None:
    open_browser(client, make.make_account())
    client.get("/fr/bureau")
    with transaction() as session:
        raise_tags(session, *(TagName(f"consultation:{number}") for number in range(50)))
    with counting(app) as statements:
        assert client.get("/fr/bureau").status_code == 200
    asked = [each for each in statements if "cache_tag" in each]
    assert len(asked) == 1
    assert "WHERE name IN" in asked[0]


@pytest.mark.parametrize("raised", [SITE, TagName("contract:here")])
def test_a_part_that_a_page_for_one_person_shows_is_never_older_than_its_tags(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, raised: TagName
) -> None:
    open_browser(client, make.make_account(role=None, password_hash=""))
    endpoint, _arguments = app.url_map.bind("localhost").match("/fr/moi")
    numbers = count()

    def part() -> int:
        shows_only(TagName("contract:here"))
        return next(numbers)

    view = policy("account.self")(lambda **_arguments: str(kept("of one person", part)))
    monkeypatch.setitem(app.view_functions, endpoint, view)
    assert [client.get("/fr/moi").text for _ in range(3)] == ["0", "0", "0"]
    with transaction(publishes=raised):
        pass
    assert [client.get("/fr/moi").text for _ in range(3)] == ["1", "1", "1"]
    with transaction(publishes=TagName("contract:there")):
        pass
    assert client.get("/fr/moi").text == "1"


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(PAGE)
    again = client.get(PAGE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "text", ["{}" + "x" * 90_000, "x" * 45_000 + "{}" + "x" * 45_000, "x" * 90_000 + "{}"]
)
def test_a_page_that_changed_anywhere_is_sent_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    endpoint, _arguments = app.url_map.bind("localhost").match(PAGE)
    said = ["before"]
    page = policy("public")(lambda **_arguments: text.format(said[-1]))
    monkeypatch.setitem(app.view_functions, endpoint, page)
    first = client.get(PAGE)
    said.append("behind")
    with transaction(publishes=SITE):
        pass
    second = client.get(PAGE, headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.text) == (200, text.format("behind"))


def test_a_part_of_pages_is_kept_until_midnight_or_the_next_publication(app: Flask) -> None:
    numbers = count(1)

    def part_at(moment: datetime) -> int:
        # A context of its own, as each request has: it asks for the publication once.
        with clock.frozen_everywhere(moment), app.app_context():
            return kept("part", lambda: next(numbers))

    assert [part_at(TODAY), part_at(TODAY + timedelta(hours=13))] == [1, 1]
    assert part_at(TODAY + timedelta(hours=15)) == 2, "past midnight in Paris"
    with transaction(publishes=SITE):
        pass
    assert [part_at(TODAY + timedelta(hours=15)), part_at(TODAY + timedelta(hours=16))] == [3, 3]


def test_each_address_has_its_own_page(client: FlaskClient) -> None:
    french, english = client.get("/fr/mots"), client.get("/en/mots")
    assert french.headers["ETag"] != english.headers["ETag"]
    assert b'lang="en"' in english.data


def test_pages_are_compressed_for_those_who_can_read_it(client: FlaskClient) -> None:
    for _visit in range(2):
        plain = client.get(PAGE)
        packed = client.get(PAGE, headers={"Accept-Encoding": "gzip, br"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_page_is_the_same_compressed_or_not(client: FlaskClient) -> None:
    plain, packed = (client.get(PAGE, headers={"Accept-Encoding": how}) for how in ("identity", "gzip"))
    assert plain.headers["ETag"] == packed.headers["ETag"]
    assert plain.headers["ETag"].startswith("W/"), "other bytes, the same page"


def test_visitors_get_no_cookie(client: FlaskClient) -> None:
    for address in ("/", "/fr/", "/fr/quartiers", "/fr/engagements", PAGE, "/fr/nowhere"):
        assert "Set-Cookie" not in client.get(address).headers


def test_the_sign_in_page_is_never_kept(app: Flask, client: FlaskClient) -> None:
    first, second = client.get("/fr/connexion/equipe"), app.test_client().get("/fr/connexion/equipe")
    assert first.headers["Cache-Control"] == "no-store"
    assert first.data != second.data  # each has its own proof against forged forms
