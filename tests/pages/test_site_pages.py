"""The pages that every site has, and what machines ask for."""

import dataclasses
import json
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core import clock
from cdv_civic.pages.views import robots
from tests import factories
from tests.languages import DIRECTIONS

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


@pytest.mark.parametrize(
    "path",
    [
        "/fr/",
        "/en/quartiers",
        "/ar/contrats",
        "/fr/mots",
        "/ar/mentions-legales",
        "/en/vie-privee",
        "/fr/accessibilite",
    ],
)
def test_pages_of_an_empty_site_say_what_to_do(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{path[1:3]}"' in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "path"),
    [("ar-MA,ar;q=0.9,fr;q=0.8", "/ar/"), ("en-GB", "/en/"), ("ta", "/fr/"), ("", "/fr/")],
)
def test_the_root_leads_to_the_best_language(client: FlaskClient, asked: str, path: str) -> None:
    answer = client.get("/", headers={"Accept-Language": asked})
    assert answer.status_code == 302
    assert answer.location == path
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_sitemap_names_every_public_page_in_every_language(client: FlaskClient) -> None:
    contract = factories.make_contract("val-d-essai")
    commune = factories.make_commune(contract)
    factories.make_quartier(contract, slug="orly-est", communes=[commune])
    factories.make_organisation(contract, slug="la-caf")
    factories.make_commitment(contract, code="E-A&B")
    root = ElementTree.fromstring(client.get("/sitemap.xml").data)
    pages = {page.findtext(f"{SITEMAP}loc"): page for page in root}
    for path in (
        "/",
        "/quartiers/orly-est",
        "/contrats/val-d-essai",
        "/contrats/val-d-essai/organisations/la-caf",
        "/contrats/val-d-essai/engagements/E-A&B",
    ):
        for tag in DIRECTIONS:
            page = pages[f"http://localhost/{tag}{path}"]
            assert {link.get("hreflang") for link in page.iter(LINK)} == set(DIRECTIONS)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "MOST_ADDRESSES", 12)


@pytest.mark.usefixtures("small_parts")
def test_a_large_sitemap_is_an_index_of_parts(client: FlaskClient) -> None:
    contract = factories.make_contract("grand")
    factories.make_commitments(contract, 10)
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)
    parts = [part.findtext(f"{SITEMAP}loc") or "" for part in index]
    assert len(parts) > 2
    addresses: set[str | None] = set()
    for part in parts:
        pages = ElementTree.fromstring(client.get(part.removeprefix("http://localhost")).data)
        assert 0 < len(pages) <= 12
        addresses |= {page.findtext(f"{SITEMAP}loc") for page in pages}
    # 12 pages of the site, the contract and its organisations, 10 commitments; in each language.
    assert len(addresses) == (12 + 2 + 10) * len(DIRECTIONS)
    assert client.get(f"/sitemap.xml?partie={len(parts) + 1}").status_code == 404
    assert client.get("/sitemap.xml?partie=0").status_code == 404


def test_search_engines_are_told_what_not_to_read(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /fr/bureau" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text


def test_who_finds_a_weakness_is_told_whom_to_write_to(app: Flask, client: FlaskClient) -> None:
    """RFC 9116: a contact, an end within a year, an address of its own."""
    assert client.get("/.well-known/security.txt").status_code == 404, "nobody is named"
    named = dataclasses.replace(
        app.extensions["settings"],
        security_contact="mailto:securite@example.fr",
        base_url="https://engagements.example.fr",
    )
    with mock.patch.dict(app.extensions, settings=named):
        answer = client.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert said["Contact"] == "mailto:securite@example.fr"
    assert said["Canonical"] == "https://engagements.example.fr/.well-known/security.txt"
    assert said["Preferred-Languages"] == "fr, en"
    left = datetime.fromisoformat(said["Expires"]) - clock.now()
    assert timedelta(days=150) < left < timedelta(days=365)


def test_the_manifest_and_the_favicon_lead_to_files_that_exist(client: FlaskClient) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    icons = json.loads(answer.data)["icons"]
    assert [client.get(icon["src"]).status_code for icon in icons] == [200, 200]
    favicon = client.get("/favicon.ico")
    assert client.get(favicon.location).status_code == 200


def test_a_page_that_does_not_exist_helps_on_in_the_language_of_its_address(client: FlaskClient) -> None:
    answer = client.get("/ar/rien", headers={"Accept-Language": "fr"})
    assert answer.status_code == 404
    assert '<html lang="ar" dir="rtl"' in answer.text
    assert 'action="/ar/quartiers"' in answer.text
    assert "noindex" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/fr/quartiers/rien",
        "/fr/quartiers?commune=rien",
        "/fr/contrats/rien",
        "/fr/contrats/rien/organisations/x",
    ],
)
def test_what_nobody_knows_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_of_components_is_for_development_only(client: FlaskClient) -> None:
    assert client.get("/fr/composants").status_code == 404


def test_legal_pages_say_what_is_set_and_what_is_not(app: Flask, client: FlaskClient) -> None:
    assert "non renseigné" in client.get("/fr/mentions-legales").text
    privacy = client.get("/fr/vie-privee").text
    assert "Aucun cookie" in privacy
    assert "12 heures" in privacy
    assert "Sans visite pendant 730 jours" in privacy
    assert "Sans visite encore 30 jours après" in privacy
    assert 'href="/fr/moi/donnees"' in privacy
    assert "non certifiée" in client.get("/fr/accessibilite").text
