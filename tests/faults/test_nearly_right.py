"""Addresses that mail and people spell nearly right lead to their page; Accept-Encoding is obeyed."""

import gzip
import time
from urllib.parse import quote

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from cdv_civic.accounts.links import Purpose, issue
from cdv_civic.core.db import transaction
from cdv_civic.core.settings import ROOT
from cdv_civic.core.web.headers import accepted_codings
from cdv_civic.notices.follows.topics import NEWS
from cdv_civic.notices.refusals import token_for
from tests import factories as make
from tests.conftest import counting
from tests.factories import PASSWORD
from tests.mail_server import MailBox
from tests.sign_in.test_by_message import asked, parts_of
from tests.signing_in import send
from tests.voices.voices import make_place

CHARACTERS: tuple[str, ...] = (
    "/",
    ".",
    ")",
    ">",
    ",",
    ";",
    "»",
    '"',
    "'",
    "”",
    ".)",
    "/.",
    "%20",
    "!",
    "?%3E"[1:],
    "]",
    "*",
)
#: The same, from French typography, and from texts written from right to left.
CHARACTERS += tuple("…–“،؟۔=&|`({\\。\u00a0\u200b\u200e\u200f\u2028\u2069\ufeff")
CHARACTERS += ("\u00a0»", "\u202f»", "…\u00a0»", "%0A", "%0D%0A")


def _written(character: str) -> str:
    return character if "%" in character else quote(character)


@pytest.mark.parametrize("character", CHARACTERS)
def test_what_follows_an_address_in_a_sentence_is_no_part_of_it(client: FlaskClient, character: str) -> None:
    make_place()
    calendar = "/fr/contrats/val/instances/conseil/calendrier.ics"
    for page in ("/fr/engagements", "/fr/contrats/val", calendar, "/robots.txt", "/fr/"):
        assert client.get(page).status_code == 200, page
        answer = client.get(page.rstrip("/") + _written(character), follow_redirects=True)
        assert (answer.status_code, answer.request.path) == (200, page), (page, character)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/FR/", "/fr/"),
        ("/Ar/", "/ar/"),
        ("/EN/engagements", "/en/engagements"),
        ("/FR/engagements/?q=caf%C3%A9&apres=1", "/fr/engagements?q=caf%C3%A9&apres=1"),
        ("/fr/.", "/fr/"),
        ("/fr/engagements%0A", "/fr/engagements"),
        ("/fr//engagements/", "/fr/engagements"),
    ],
)
def test_an_address_spelt_nearly_right_leads_to_the_page(client: FlaskClient, typed: str, meant: str) -> None:
    answer = client.get(typed)
    assert (answer.status_code, answer.location) == (308, meant)
    assert client.head(typed).status_code == 308
    assert client.get(meant).status_code == 200


def test_another_case_without_a_final_slash_gets_there(client: FlaskClient) -> None:
    for typed in ("/FR", "/Ar"):
        answer = client.get(typed, follow_redirects=True)
        assert (answer.status_code, answer.request.path) == (200, f"/{typed[1:].lower()}/")


@pytest.mark.parametrize(
    "asked",
    [
        "/fr/nulle-part/",
        "/xx/",
        "/xx/engagements.",
        "/fr/nulle-part.",
        "//evil.example",
        "//evil.example/",
        "/%5Cevil.example/",
        "/\\evil.example/",
        "/fr/engagements/%2F%2Fevil.example/",
        "/%0D%0ALocation:%20https:%2F%2Fevil.example/",
        "/fr/%2E%2E/%2E%2E/evil/",
        "/.",
        "/...",
    ],
)
def test_what_means_no_page_of_ours_leads_nowhere(client: FlaskClient, asked: str) -> None:
    answer = client.open(
        asked if not asked.startswith("//") else "/",
        environ_overrides={"PATH_INFO": asked} if asked.startswith("//") else {},
    )
    led = answer.headers.get("Location")
    if led is None:
        assert answer.status_code == 404, asked
    else:
        assert led.startswith("/"), asked
        assert not led.startswith(("//", "/\\")), asked


def test_an_address_full_of_signs_costs_no_time(client: FlaskClient) -> None:
    """Processor time; looked at from each character anew it would be most of an hour."""
    began = time.process_time()
    assert client.get(f"/fr/{'.' * 200_000}a").status_code == 404
    assert time.process_time() - began < 20


def test_a_form_is_not_sent_elsewhere(client: FlaskClient) -> None:
    assert client.post("/fr/connexion/equipe/", data={"email": "a"}).status_code in (404, 405)


def test_the_page_behind_decides_whether_it_exists(client: FlaskClient) -> None:
    answer = client.get("/fr/contrats/inconnu/", follow_redirects=True)
    assert answer.status_code == 404


def test_an_address_that_is_right_costs_nothing_more(app: Flask, client: FlaskClient) -> None:
    make_place()
    with counting(app) as right:
        client.get("/fr/contrats/val")
    app.extensions["page_store"].clear()
    with counting(app) as wrong:
        assert client.get("/fr/contrats/val/").status_code == 308
    assert len(wrong) <= 1 < len(right)


@pytest.fixture
def links(app: Flask, client: FlaskClient, mail: MailBox) -> dict[str, str]:
    """A link of each kind that is sent, as it stands in its mail."""
    account = make.make_account(role=None, email="amie@example.org")
    with transaction() as session:
        token = issue(session, account.actor_id, Purpose.PASSWORD).token
    asked(client)
    sign_in, _code = parts_of(mail)
    with app.test_request_context("/fr/"):
        refusal = url_for("notices.unsubscribe", lang="fr", token=token_for("amie@example.org", NEWS))
    return {"password": f"/fr/mot-de-passe/{token}", "sign-in": sign_in, "refusal": refusal}


@pytest.mark.parametrize("kind", ["password", "sign-in", "refusal"])
def test_a_link_that_was_sent_works_with_what_the_mail_put_after_it(
    client: FlaskClient, links: dict[str, str], kind: str
) -> None:
    right = client.get(links[kind])
    assert right.status_code == 200
    for character in (*CHARACTERS, "&amp;", "<br>"):
        wrong = client.get(links[kind] + _written(character), follow_redirects=True)
        assert (wrong.status_code, wrong.text.count("<form")) == (200, right.text.count("<form")), character
    assert "<form" in right.text


def test_a_password_is_set_from_a_link_with_a_full_stop(client: FlaskClient, links: dict[str, str]) -> None:
    answer = send(client, links["password"] + ".", password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 303


CODINGS = {
    "gzip": "gzip",
    "GZIP": "gzip",
    "gzip;q=0": "",
    "gzip; q=0.0": "",
    "gzip;q=0, br;q=0": "",
    "identity": "",
    "*": "gzip",
    "*;q=0": "",
    "gzip;q=0, *": "",
    "gzip;q=0.5, identity;q=0.5": "gzip",
    "gzip;q=0.1, identity;q=0.9": "",
    "deflate, gzip;q=1.0, *;q=0.5": "gzip",
    "gzipped, xgzip": "",
    "": "",
}


@pytest.mark.parametrize("asked", CODINGS)
def test_accept_encoding_is_obeyed(app: Flask, client: FlaskClient, asked: str) -> None:
    """By pages from memory and new ones, by pages that are not kept, and by static files."""
    css = next((ROOT / "static" / "dist").glob("app-*.css")).name
    for path in ("/fr/engagements", "/fr/engagements", "/fr/connexion", f"/static/{css}"):
        answer = client.get(path, headers={"Accept-Encoding": asked})
        coded = answer.headers.get("Content-Encoding", "")
        if path.startswith("/static/"):
            assert (coded in ("gzip", "br")) == (accepted_codings(asked) != "identity" and bool(asked)), (
                path,
                asked,
            )
        else:
            assert coded == CODINGS[asked], (path, asked)
            text = gzip.decompress(answer.data) if coded else answer.data
            assert b"<html" in text
        assert (
            "Accept-Encoding" in answer.headers.get("Vary", "")
            or answer.headers["Cache-Control"] == "no-store"
        ), path
