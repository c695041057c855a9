"""Following from the pages: with an account by a form, without one by a feed or a calendar; all without a script."""

import dataclasses
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import SITE, db, transaction
from cdv_civic.notices.follows.operations import follow
from cdv_civic.notices.follows.queries import choice_of, follows_of
from cdv_civic.notices.refusals import refused_names
from cdv_civic.territory.models import Organisation
from tests import factories as make
from tests.bodies.bodies import announce
from tests.conftest import TODAY
from tests.mail_server import MailBox
from tests.notices.follows.following import Place, make_place
from tests.signing_in import open_browser, send

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()


@pytest.fixture
def resident(app: Flask, client: FlaskClient) -> SignedIn:
    account = make.make_account("amie@example.org", role=None, password_hash="", organisation_name="")
    open_browser(client, account)
    return account


def followed(account: SignedIn) -> list[tuple[str, int]]:
    """What an account follows, as other threads have written it."""
    db.session.rollback()
    return list(follows_of(account.actor_id or 0))


def refused() -> frozenset[str]:
    db.session.rollback()
    return refused_names(db.session(), "amie@example.org")


def offer_of(place: Place, path: str, kind: str) -> str:
    return f"/fr/suivre/{path}/{place.reference(kind)}"


KINDS = [
    ("quartier", "quartier"),
    ("engagement", "commitment"),
    ("instance", "body"),
    ("organisation", "organisation"),
]


def page_of(place: Place, kind: str) -> str:
    return {
        "quartier": f"/fr/quartiers/{place.quartier.slug}",
        "commitment": f"/fr/contrats/{place.contract}/engagements/{place.commitment.code}",
        "body": f"/fr/contrats/{place.contract}/instances/{place.body.slug}",
        "organisation": f"/fr/contrats/{place.contract}/organisations/{place.organisation.slug}",
    }[kind]


@pytest.mark.parametrize(("path", "kind"), KINDS)
def test_a_page_leads_to_what_is_offered_and_names_its_feed(
    app: Flask, client: FlaskClient, place: Place, path: str, kind: str
) -> None:
    page = client.get(page_of(place, kind))
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert f'href="{offer_of(place, path, kind)}"' in page.text
    found = re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', page.text)
    assert found
    offer = client.get(offer_of(place, path, kind))
    assert offer.status_code == 200
    assert "Set-Cookie" not in offer.headers
    assert offer.headers["Cache-Control"] == "public, no-cache"
    assert f'href="{found[1]}"' in offer.text
    assert ("calendrier.ics" in offer.text) == (kind in ("quartier", "body"))
    assert client.get(found[1]).status_code == 200


def test_what_is_gone_offers_nothing(app: Flask, client: FlaskClient, place: Place) -> None:
    with transaction(publishes=SITE) as session:
        session.merge(place.quartier).retired_at = clock.now()
    assert "/fr/suivre/" not in client.get(page_of(place, "quartier")).text
    for address in (
        offer_of(place, "quartier", "quartier"),
        f"/fr/nouvelles/quartier/{place.quartier.slug}.atom",
        "/fr/suivre/quartier/rien",
        "/fr/suivre/rien/rien",
        "/fr/nouvelles/rien/rien.atom",
    ):
        assert client.get(address).status_code == 404, address


def test_a_visitor_is_led_to_sign_in_and_comes_back(client: FlaskClient, place: Place) -> None:
    offer = client.get(offer_of(place, "quartier", "quartier"))
    found = re.search(r'href="(/fr/moi/suivre/[^"]+)"', offer.text)
    assert found
    answer = client.get(found[1])
    assert answer.status_code == 302
    assert answer.location.startswith("/fr/connexion?retour=")
    assert place.quartier.slug in answer.location


def test_somebody_follows_reads_what_is_new_and_stops(
    app: Flask, client: FlaskClient, place: Place, resident: SignedIn, mail: MailBox
) -> None:
    make.make_progress(place.commitment, "realise", sentence="Les arbres sont plantés.")
    address = f"/fr/moi/suivre/quartier/{place.quartier.slug}"
    assert "Les Saules" in client.get(address).text
    assert followed(resident) == [], "looking follows nothing"
    done = send(client, address)
    assert (done.status_code, done.location) == (303, address)
    assert followed(resident) == [("quartier", place.quartier.id)]
    after = client.get(address).text
    assert f'href="{page_of(place, "quartier")}"' in after, "the way back to what one follows"
    assert "/fr/moi/suivis#how-title" in after
    page = client.get("/fr/moi/suivis")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Les Saules" in page.text
    assert "Planter des arbres" in page.text
    assert "Réalisé" in page.text
    assert "Les arbres sont plantés." in page.text
    ended = send(
        client,
        "/fr/moi/suivis/arreter",
        page="/fr/moi/suivis",
        kind="quartier",
        target=str(place.quartier.id),
    )
    assert ended.status_code == 303
    assert followed(resident) == []
    assert "Vous ne suivez rien" in client.get("/fr/moi/suivis").text


def test_one_says_how_one_wants_to_hear_of_it(
    app: Flask, client: FlaskClient, place: Place, resident: SignedIn, mail: MailBox
) -> None:
    follow(resident, "quartier", place.quartier.slug, "fr")
    page = client.get("/fr/moi/suivis").text
    assert re.search(r'value="e-mail-semaine"[^>]*checked|checked[^>]*value="e-mail-semaine"', page)
    assert "sms-semaine" not in page, "there is no number"
    assert send(client, "/fr/moi/suivis", channel="e-mail-jour", language="ar").status_code == 303
    db.session.rollback()
    choice = choice_of(resident.actor_id or 0)
    assert choice is not None
    assert (choice.channel, choice.rhythm, choice.language) == ("email", "daily", "ar")
    refused = send(client, "/fr/moi/suivis", channel="sms-semaine", language="fr")
    assert refused.status_code == 422
    assert "chose à corriger" in refused.text


def chosen(page: str) -> list[str]:
    return re.findall(r'<input(?=[^>]* checked)[^>]* name="channel"[^>]* value="([^"]+)"', page)


def test_the_page_never_says_that_refused_messages_come_and_asking_for_them_takes_them_back(
    app: Flask, client: FlaskClient, place: Place, resident: SignedIn, mail: MailBox
) -> None:
    follow(resident, "quartier", place.quartier.slug, "fr")
    address = "/fr/moi/suivis"
    assert "Vous recevez les nouvelles par e-mail, le lundi." in client.get(address).text
    assert chosen(client.get(address).text) == ["e-mail-semaine"]
    send(client, "/fr/moi/suivis/messages", page=address, sujet="news")
    page = client.get(address).text
    assert "Vous lisez les nouvelles ici" in page
    assert chosen(page) == ["site"]
    send(client, address, channel="site", language="fr")
    assert refused() == {"news"}, "whoever asks for none still refuses them"
    send(client, address, channel="e-mail-jour", language="fr")
    assert refused() == frozenset()
    assert "chaque jour où il y en a" in client.get(address).text


def test_what_is_kept_of_it_names_the_language(
    client: FlaskClient, place: Place, resident: SignedIn, mail: MailBox
) -> None:
    follow(resident, "quartier", place.quartier.slug, "ar")
    page = client.get("/fr/moi/donnees").text
    kept = page.partition("Les nouvelles que nous vous envoyons")[2].partition("</section>")[0]
    assert "العربية" in kept
    assert not re.search(r">\s*ar\s*<", kept), "no tag"


def test_one_refuses_a_topic_and_takes_it_again(
    app: Flask, client: FlaskClient, resident: SignedIn, mail: MailBox
) -> None:
    page = client.get("/fr/moi/suivis").text
    assert "Les nouvelles de ce que vous suivez" in page
    assert "attendent la réponse de votre organisme" not in page, "others get these"
    page_of_topics = "/fr/moi/suivis"
    send(client, "/fr/moi/suivis/messages", page=page_of_topics, sujet="news")
    assert refused() == {"news"}
    assert "Vous ne les recevez plus." in client.get(page_of_topics).text
    send(client, "/fr/moi/suivis/messages", page=page_of_topics, sujet="news", encore="1")
    assert refused() == frozenset()
    for name in ("account", "rien"):
        send(client, "/fr/moi/suivis/messages", page=page_of_topics, sujet=name)
    assert refused() == frozenset()


def test_what_is_no_number_ends_nothing(client: FlaskClient, place: Place, resident: SignedIn) -> None:
    follow(resident, "quartier", place.quartier.slug, "fr")
    for target in ("", "x", "9" * 20):
        send(client, "/fr/moi/suivis/arreter", page="/fr/moi/suivis", kind="quartier", target=target)
    assert len(followed(resident)) == 1


def test_what_is_gone_for_good_is_still_in_the_list_to_be_ended(
    app: Flask, client: FlaskClient, place: Place, resident: SignedIn
) -> None:
    contract = make.make_contract()
    organisation = make.make_organisation(contract)
    follow(resident, "organisation", f"{contract.slug}/{organisation.slug}", "fr")
    with transaction() as session:
        session.delete(session.get_one(Organisation, organisation.id))
    assert "Cette page n’existe plus." in client.get("/fr/moi/suivis").text
    form = {"page": "/fr/moi/suivis", "kind": "organisation", "target": str(organisation.id)}
    assert send(client, "/fr/moi/suivis/arreter", **form).status_code == 303
    assert followed(resident) == []


# --- Feeds ---


def read(client: FlaskClient, place: Place, language: str = "fr") -> Element:
    answer = client.get(f"/{language}/nouvelles/quartier/{place.quartier.slug}.atom")
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return fromstring(answer.data)


def said(element: Element, name: str) -> str:
    found = element.find(f"{ATOM}{name}")
    assert found is not None
    return found.text or ""


def links(element: Element) -> list[dict[str, str]]:
    return [dict(each.attrib) for each in element.findall(f"{ATOM}link")]


def test_a_feed_is_what_rfc_4287_asks_for(client: FlaskClient, place: Place) -> None:
    make.make_progress(place.commitment, "realise", sentence="Les arbres sont plantés.")
    feed = read(client, place)
    assert feed.tag == f"{ATOM}feed"
    assert feed.get(LANG) == "fr"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert said(element, "id").startswith("urn:uuid:")
        assert datetime.strptime(said(element, "updated"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) == TODAY
        alternates = [
            (each["type"], each["hreflang"]) for each in links(element) if each["rel"] == "alternate"
        ]
        assert len(alternates) == len(set(alternates)), "one of each type and language (4.1.1)"
        assert all(each["href"].startswith("http") for each in links(element))
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None, "entries have none (4.1.1)"
    (own,) = [each for each in links(feed) if each["rel"] == "self"]
    assert own["href"].endswith(f"/fr/nouvelles/quartier/{place.quartier.slug}.atom")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert (said(entry, "title"), said(entry, "summary")) == ("Planter des arbres", "Réalisé")
    assert said(entry, "content") == "Les arbres sont plantés."
    assert links(entry)[0]["href"].endswith(page_of(place, "commitment"))


def test_each_language_has_a_feed_of_its_own_and_names_the_others(client: FlaskClient, place: Place) -> None:
    make.make_progress(place.commitment, "realise")
    arabic, french = read(client, place, "ar"), read(client, place)
    assert arabic.get(LANG) == "ar"
    assert {each.get("hreflang") for each in links(arabic)} >= {"ar", "fr", "en"}
    title = arabic.find(f"{ATOM}entry/{ATOM}title")
    assert title is not None
    assert title.get(LANG) == "fr", "what is not translated says so"
    assert said(arabic.findall(f"{ATOM}entry")[0], "summary") != "Réalisé"
    assert said(arabic, "id") != said(french, "id")


def test_an_entry_keeps_its_id(client: FlaskClient, place: Place) -> None:
    make.make_progress(place.commitment)
    (before,) = read(client, place).findall(f"{ATOM}entry")
    with clock.frozen_everywhere(TODAY + timedelta(hours=1)):
        make.make_progress(place.commitment, "realise")
        new, old = read(client, place).findall(f"{ATOM}entry")
    assert said(old, "id") == said(before, "id") != said(new, "id")


def test_ids_outlive_the_name_of_the_site_and_that_of_the_page(
    app: Flask, client: FlaskClient, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 4287, 4.2.6: else a reader of feeds would show all of it as new once more."""
    make.make_progress(place.commitment)
    before = read(client, place)
    with transaction(publishes=SITE) as session:
        place.quartier.slug = session.merge(place.quartier).slug = "les-grands-saules"
    settings = dataclasses.replace(app.extensions["settings"], base_url="https://engagements.example.fr")
    monkeypatch.setitem(app.extensions, "settings", settings)
    after = read(client, place)
    for one, other in ((before, after), (before[-1], after[-1])):
        assert said(one, "id") == said(other, "id")
        assert links(one)[0]["href"] != links(other)[0]["href"]
    ids = {said(each, "id") for each in (before, before[-1], read(client, place, "ar"))}
    assert len(ids) == 3


def test_a_feed_without_an_entry_is_one_too(client: FlaskClient, place: Place) -> None:
    feed = read(client, place)
    assert feed.findall(f"{ATOM}entry") == []
    assert said(feed, "updated") == "2024-01-01T00:00:00Z"


def test_a_feed_is_kept_and_says_when_nothing_changed(client: FlaskClient, place: Place) -> None:
    address = f"/fr/nouvelles/quartier/{place.quartier.slug}.atom"
    first = client.get(address)
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    make.make_progress(place.commitment)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_a_feed_has_an_end(client: FlaskClient, place: Place) -> None:
    for number in range(55):
        make.make_progress(place.commitment, published_at=TODAY - timedelta(hours=number))
    make.make_progress(place.commitment, published_at=TODAY - timedelta(days=400))
    assert len(read(client, place).findall(f"{ATOM}entry")) == 50


def test_what_xml_cannot_hold_does_not_break_a_feed(app: Flask, client: FlaskClient, place: Place) -> None:
    contract = make.make_contract()
    quartier = make.make_quartier(contract)
    make.make_progress(
        make.make_commitment(contract, "Un <titre> & un signe\x0b caché", quartiers=[quartier])
    )
    answer = client.get(f"/fr/nouvelles/quartier/{quartier.slug}.atom")
    (entry,) = fromstring(answer.data).findall(f"{ATOM}entry")
    assert said(entry, "title") == "Un <titre> & un signe caché"


def test_a_feed_holds_the_dates_of_bodies(client: FlaskClient, place: Place) -> None:
    announce(make.make_account(role="administrator"), place.body, date(2026, 12, 10))
    (entry,) = read(client, place).findall(f"{ATOM}entry")
    assert "jeudi 10 décembre 2026" in said(entry, "summary")
    assert "rencontres/" in links(entry)[0]["href"]
