"""FranceConnect, held against a service on loopback: one answer for each person, and nobody’s name anywhere."""

import dataclasses
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import func, select

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.models import Account, AccountIdentity
from cdv_civic.consultations.answering import persons
from cdv_civic.consultations.answering.persons import cookie_of, person_hash
from cdv_civic.core.db import db
from tests.consultations.answering.answers import Asked, Walker, kept_answers, make_asked, receipt_in
from tests.sign_in.provider import Service, openid_service


@pytest.fixture
def service(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    limiter.reset()
    with openid_service() as running:
        settings = dataclasses.replace(app.extensions["settings"], oidc_residents=running.provider())
        monkeypatch.setitem(app.extensions, "settings", settings)
        app.extensions.pop("oidc_services", None)
        yield running
        app.extensions.pop("oidc_services", None)


@pytest.fixture
def asked(app: Flask) -> Asked:
    return make_asked(proof="franceconnect")


def identify(client: FlaskClient, service: Service, asked: Asked, who: str) -> None:
    service.claims = {"sub": who}
    way = client.get(f"/fr/consultations/{asked.row.slug}/identite")
    assert parse_qs(urlsplit(way.location).query)["scope"] == ["openid"]
    done = client.get(service.authorize(way.location))
    assert (done.status_code, done.location) == (303, asked.url)


def test_each_person_has_one_answer_and_is_nobody_here(app: Flask, service: Service, asked: Asked) -> None:
    first = app.test_client()
    assert "Votre nom n’est pas demandé" in first.get(asked.url).text
    identify(first, service, asked, "personne-un")
    assert receipt_in(Walker(first, asked.url).walk(asked).send().page)
    again = app.test_client()
    identify(again, service, asked, "personne-un")
    twice = Walker(again, asked.url).walk(asked).send().page
    assert twice.status_code == 409
    other = app.test_client()
    identify(other, service, asked, "personne-deux")
    Walker(other, asked.url).walk(asked).send()
    rows = kept_answers()
    assert [row.evidence for row in rows] == ["franceconnect", "franceconnect"]
    assert len({row.person_hash for row in rows}) == 2
    assert all("personne" not in (row.person_hash or "") and row.account_id is None for row in rows)
    for table in (Account, AccountIdentity):
        assert db.session.execute(select(func.count(table.id))).scalar_one() == 0


def test_what_the_cookie_holds_is_a_keyed_hash_for_an_hour_and_goes_with_the_answer(
    app: Flask, service: Service, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    identify(client, service, asked, "personne-un")
    with app.test_request_context("/"):
        name = persons.cookie_of(asked.row.id)
        hashed = person_hash(asked.row.id, f"{service.url} personne-un")
    cookie = client.get_cookie(name)
    assert cookie is not None
    held = URLSafeTimedSerializer("none").loads_unsafe(cookie.value)[1]
    assert held == [asked.row.id, hashed]
    assert "personne" not in str(held)
    assert (cookie.max_age, cookie.http_only, cookie.same_site) == (3600, True, "Lax")
    with monkeypatch.context() as later:
        later.setattr(TimestampSigner, "get_timestamp", lambda _signer: int(time.time()) + 3602)
        assert "identifiez-vous" in client.get(asked.url).text
    Walker(client, asked.url).walk(asked).send()
    assert client.get_cookie(name) is None
    (row,) = kept_answers()
    assert row.person_hash == hashed


def test_one_person_has_another_name_in_each_consultation(app: Flask) -> None:
    with app.test_request_context("/"):
        assert person_hash(1, "personne-un") != person_hash(2, "personne-un")


def test_an_answer_of_another_browser_or_a_false_one_proves_nothing(
    app: Flask, service: Service, asked: Asked
) -> None:
    mine, other = app.test_client(), app.test_client()
    way = mine.get(f"/fr/consultations/{asked.row.slug}/identite")
    stolen = service.authorize(way.location)
    assert other.get(stolen).status_code == 400
    service.foreign_key = True
    assert mine.get(stolen).status_code == 400
    assert mine.get(stolen).status_code == 400, "an answer serves once"
    refused = Walker(mine, asked.url).page
    assert "identifiez-vous" in refused.text
    assert kept_answers() == []


def test_the_next_person_at_a_device_sees_that_it_answers_for_another_and_says_who_they_are(
    app: Flask, service: Service, asked: Asked
) -> None:
    device = app.test_client()
    identify(device, service, asked, "personne-un")
    page = device.get(asked.url).text
    assert "Ce n’est pas vous" in page
    assert f'href="/fr/consultations/{asked.row.slug}/identite"' in page
    identify(device, service, asked, "personne-deux")
    assert receipt_in(Walker(device, asked.url).walk(asked).send().page)
    identify(device, service, asked, "personne-un")
    assert receipt_in(Walker(device, asked.url).walk(asked).send().page)
    assert len({row.person_hash for row in kept_answers()}) == 2


def test_whoever_took_more_than_an_hour_says_once_more_who_they_are_and_loses_nothing(
    app: Flask, service: Service, asked: Asked
) -> None:
    device = app.test_client()
    identify(device, service, asked, "personne-un")
    walker = Walker(device, asked.url).walk(asked)
    device.delete_cookie(cookie_of(asked.row.id))
    late = walker.send().page
    assert late.status_code == 403
    link = f'href="/fr/consultations/{asked.row.slug}/identite" target="_blank"'
    assert link in late.text
    identify(device, service, asked, "personne-un")
    assert receipt_in(walker.send().page)


def test_a_service_that_is_down_says_so(
    app: Flask, client: FlaskClient, service: Service, asked: Asked
) -> None:
    service.down = True
    page = client.get(f"/fr/consultations/{asked.row.slug}/identite")
    assert page.status_code == 503
    assert client.get("/fr/consultations/aucune/identite").status_code == 404
