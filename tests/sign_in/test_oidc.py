"""Sign-in with another service: what comes back opens an account only where it proves who came."""

import dataclasses
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts import personal_parts
from cdv_civic.accounts.models import Account, AccountIdentity, AccountSession
from cdv_civic.accounts.operations import disable_account
from cdv_civic.accounts.other_ways_in import other_ways
from cdv_civic.accounts.roles import grant_role
from cdv_civic.accounts.rules import says_two_factors
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.policy.model import CommandLine, Role, Scope
from cdv_civic.core.settings import Settings
from cdv_civic.notices.models import Notice
from cdv_civic.notices.texts import fits
from cdv_civic.sign_in.oidc.client import Identity
from cdv_civic.sign_in.oidc.operations import (
    ClosedAccount,
    NoAccount,
    OtherIdentity,
    StaffSignInOnly,
    resident_account,
    staff_account,
    unlink_identities,
)
from tests.conftest import TODAY
from tests.factories import make_account
from tests.sign_in.provider import Service, openid_service

STAFF, RESIDENTS = "/fr/connexion/oidc/equipe", "/fr/connexion/oidc/habitants"


@pytest.fixture
def service(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service that the site lets both staff and residents come with."""
    with openid_service() as running:
        settings = dataclasses.replace(
            app.extensions["settings"], oidc_staff=running.provider(), oidc_residents=running.provider()
        )
        monkeypatch.setitem(app.extensions, "settings", settings)
        app.extensions.pop("oidc_services", None)
        yield running
        app.extensions.pop("oidc_services", None)


def come_back(client: FlaskClient, service: Service, start: str) -> TestResponse:
    """Through the service and back, as a browser goes."""
    way = client.get(start)
    assert way.status_code == 302, way.text
    return client.get(service.authorize(way.location))


def known(service: Service, email: str, **more: object) -> None:
    service.claims |= {"email": email, "email_verified": True, "amr": ["pwd", "mfa"], **more}


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(table)).scalar() or 0


def test_a_site_without_a_service_offers_none(app: Flask, client: FlaskClient) -> None:
    assert "oidc" not in client.get("/fr/connexion/equipe").text
    assert client.get(STAFF).status_code == 404
    assert client.get(f"{STAFF}/retour?code=x&state=y").status_code == 404


def test_staff_come_in_with_the_address_that_the_service_checked(
    client: FlaskClient, session: Session, service: Service
) -> None:
    account = make_account()
    known(service, account.email)
    page = client.get("/fr/connexion/equipe?retour=/fr/bureau/engagements")
    assert "Se connecter ailleurs" in page.text
    answer = come_back(client, service, f"{STAFF}?retour=/fr/bureau/engagements")
    assert (answer.status_code, answer.location) == (303, "/fr/bureau/engagements")
    assert client.get("/fr/bureau").status_code == 200
    session.rollback()
    kept = session.execute(select(AccountIdentity)).scalar_one()
    assert (kept.account_id, kept.issuer, kept.subject) == (account.actor_id, service.url, "person-1")
    assert session.execute(select(AccountSession.way)).scalar_one() == "oidc"
    assert session.execute(select(AuditEntry.after)).scalar_one() == {"identity": "linked"}


def test_what_is_asked_of_the_service(client: FlaskClient, service: Service) -> None:
    asked = {}
    for start in (STAFF, RESIDENTS):
        url = client.get(start).location
        asked[start] = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked[start]["response_type"] == "code"
        assert asked[start]["code_challenge_method"] == "S256"
        assert asked[start]["redirect_uri"] == f"http://localhost{start}/retour"
        assert len({asked[start][name] for name in ("state", "nonce", "code_challenge")}) == 3
    assert asked[RESIDENTS]["scope"] == "openid"
    assert "claims" not in asked[RESIDENTS]
    assert asked[STAFF]["scope"] == "openid email"
    assert json.loads(asked[STAFF]["claims"]) == {"id_token": {"amr": {"essential": True}}}
    assert service.asked == ["/.well-known/openid-configuration"], "kept for the second"


def test_an_address_that_the_service_did_not_check_opens_nothing(
    client: FlaskClient, session: Session, service: Service
) -> None:
    account = make_account()
    for checked in (False, None, "true", 1):
        service.claims |= {"email": account.email, "email_verified": checked}
        answer = come_back(client, service, STAFF)
        assert answer.status_code == 403
        assert "Aucun compte d’équipe" in answer.text
    assert count(session, AccountIdentity) == 0
    assert client.get("/fr/bureau").status_code == 302


def test_a_service_may_be_trusted_to_check_every_address(
    app: Flask, client: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = make_account()
    settings = dataclasses.replace(
        app.extensions["settings"], oidc_staff=service.provider(checks_addresses=True, acr_values="eidas1")
    )
    monkeypatch.setitem(app.extensions, "settings", settings)
    service.claims |= {"email": account.email.upper()}
    assert "acr_values=eidas1" in client.get(STAFF).location
    assert come_back(client, service, STAFF).status_code == 303
    service.claims |= {"sub": "person-2", "email_verified": False}
    assert come_back(client, service, STAFF).status_code == 403


@pytest.mark.parametrize("signed", [False, True])
def test_the_address_may_stand_beside_the_token(
    client: FlaskClient, session: Session, service: Service, signed: bool
) -> None:
    account = make_account()
    service.userinfo_signed = signed
    service.userinfo = {"email": account.email, "email_verified": True, "sub": "somebody else"}
    assert come_back(client, service, STAFF).status_code == 400
    assert count(session, AccountIdentity) == 0
    del service.userinfo["sub"]
    assert come_back(client, service, STAFF).status_code == 303


def test_staff_are_never_made(client: FlaskClient, session: Session, service: Service) -> None:
    known(service, "nobody@example.org")
    answer = come_back(client, service, STAFF)
    assert answer.status_code == 403
    assert count(session, Account) == 0


def test_an_identity_stays_when_the_address_changes(client: FlaskClient, service: Service) -> None:
    account = make_account()
    known(service, account.email)
    assert come_back(client, service, STAFF).status_code == 303
    known(service, "married@example.org")
    assert come_back(client, service, STAFF).status_code == 303


def test_an_address_that_changed_hands_opens_nothing(app: Flask, session: Session) -> None:
    account = make_account()
    first, second = (Identity("https://service.example", who, account.email, False) for who in ("a", "b"))
    assert staff_account(first) == account.actor_id
    with pytest.raises(OtherIdentity):
        staff_account(second)
    assert unlink_identities(make_account(role="administrator"), account.actor_id) == 1
    assert staff_account(second) == account.actor_id
    disable_account(CommandLine(), account.email)
    with pytest.raises(ClosedAccount):
        staff_account(second)
    with pytest.raises(NoAccount):
        staff_account(first)


def test_the_service_may_ask_for_two_proofs_or_leave_the_second_to_us(
    app: Flask, client: FlaskClient, service: Service
) -> None:
    known(service, make_account().email, amr=["pwd"])
    answer = come_back(client, service, f"{STAFF}?retour=/fr/bureau/engagements")
    assert (answer.status_code, answer.location) == (303, "/fr/connexion/equipe/telephone")
    assert client.get("/fr/bureau").status_code == 302, "not yet"
    known(service, make_account().email, sub="person-2", amr=None, acr="eidas2")
    other = app.test_client()
    assert come_back(other, service, STAFF).location == "/fr/entree"
    assert other.get("/fr/bureau").status_code == 200


def test_every_way_that_there_was_learns_of_the_service_once(app: Flask, session: Session) -> None:
    phone = "+33612345678"
    account = make_account(phone=phone)
    identity = Identity("https://service.example", "a", account.email, True)
    staff_account(identity)
    staff_account(identity)
    session.rollback()
    notices = session.execute(select(Notice)).scalars().all()
    assert sorted(each.recipient or "" for each in notices) == [phone, account.email]
    told = {
        each.recipient: " ".join((each.text_body or "").replace("\u00a0", " ").split()) for each in notices
    }
    for said in (
        "Un autre service de connexion ouvre maintenant votre compte.",
        "Dites-le vite à la personne qui gère le site",
        "Another sign-in service now opens your account.",
        "/fr/moi",
    ):
        assert said in told[account.email]
    assert "effacez" not in told[account.email], "nobody unlinks it in their own space"
    assert "Un autre service de connexion ouvre maintenant votre compte. Pas vous" in told[phone]
    assert fits(told[phone])


def test_an_account_that_a_service_makes_has_nobody_to_tell(app: Flask, session: Session) -> None:
    resident_account(Identity("https://service.example", "a", None, False))
    assert count(session, Notice) == 0


def test_the_service_is_a_way_in_that_counts(app: Flask, session: Session) -> None:
    account_id = resident_account(Identity("https://service.example", "a", None, False))
    assert [(way.key, number) for way, number in other_ways(session, account_id).items() if number] == [
        ("identity", 1)
    ]


def test_a_resident_gets_an_account_that_holds_nothing_else(
    app: Flask, client: FlaskClient, session: Session, service: Service
) -> None:
    service.claims |= {"email": "jean@example.org", "email_verified": True, "given_name": "Jean"}
    answer = come_back(client, service, f"{RESIDENTS}?retour=/fr/quartiers")
    assert (answer.status_code, answer.location) == (303, "/fr/moi/bienvenue?retour=/fr/quartiers")
    session.rollback()
    account = session.execute(select(Account)).scalar_one()
    assert (account.email, account.phone, account.name, account.organisation_name) == (None, None, "", "")
    again = come_back(app.test_client(), service, f"{RESIDENTS}?retour=/fr/quartiers")
    assert (again.status_code, again.location) == (303, "/fr/quartiers"), "welcomed once"
    assert count(session, Account) == 1
    service.claims["sub"] = "person-2"
    assert come_back(app.test_client(), service, RESIDENTS).status_code == 303
    assert count(session, Account) == 2


def test_a_resident_s_identity_does_not_open_the_powers_of_staff(app: Flask) -> None:
    identity = Identity("https://service.example", "a", None, True)
    account_id = resident_account(identity)
    grant_role(CommandLine(), account_id, Role.STAFF, Scope())
    with pytest.raises(StaffSignInOnly):
        resident_account(identity)


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "of another browser"},
        {"nonce": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another site"},
        {"aud": ["our-site", "another site"]},
        {"azp": "another site"},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 12},
        {"exp": None},
        {"iat": None},
        {"exp": "tomorrow"},
        {"nbf": int(TODAY.timestamp()) + 301},
    ],
    ids=str,
)
def test_a_token_that_is_not_ours_opens_nothing(
    client: FlaskClient, session: Session, service: Service, wrong: dict[str, object]
) -> None:
    known(service, make_account().email)
    service.wrong = wrong
    answer = come_back(client, service, STAFF)
    assert answer.status_code == 400, answer.text
    assert "n’a pas pu être vérifiée" in answer.text
    assert count(session, AccountIdentity) == 0
    assert count(session, AccountSession) == 0


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_the_service_did_not_sign_opens_nothing(
    client: FlaskClient, service: Service, algorithm: str
) -> None:
    known(service, make_account().email)
    service.algorithm = algorithm
    assert come_back(client, service, STAFF).status_code == 400
    service.algorithm, service.foreign_key = "RS256", True
    assert come_back(client, service, STAFF).status_code == 400


@pytest.mark.parametrize(
    ("ahead", "status"), [(0, 303), (300, 303), (301, 400), (-300, 303), (-359, 303), (-360, 400)]
)
def test_clocks_may_be_five_minutes_apart(
    client: FlaskClient, service: Service, ahead: int, status: int
) -> None:
    """The token of the service lasts a minute."""
    known(service, make_account().email)
    service.ahead = ahead
    assert come_back(client, service, STAFF).status_code == status


def test_an_answer_serves_once_and_in_the_browser_that_asked(
    app: Flask, client: FlaskClient, service: Service
) -> None:
    known(service, make_account().email)
    answer = service.authorize(client.get(STAFF).location)
    assert app.test_client().get(answer).status_code == 400, "another browser"
    assert client.get(answer.replace("equipe", "habitants")).status_code == 400, "the other door"
    assert client.get(answer.replace("state=", "state=x")).status_code == 400
    assert client.get(answer).status_code == 303
    assert client.get(answer).status_code == 400, "replayed"
    assert app.test_client().get(answer).status_code == 400


def test_an_answer_replayed_with_an_old_cookie_opens_nothing(client: FlaskClient, service: Service) -> None:
    known(service, make_account().email)
    answer = service.authorize(client.get(STAFF).location)
    with client.session_transaction() as kept:
        old = dict(kept)
    assert client.get(answer).status_code == 303
    with client.session_transaction() as kept:
        kept.clear()
        kept.update(old)
    assert client.get(answer).status_code == 400, "the service takes a code once"


def test_two_windows_may_be_on_their_way(client: FlaskClient, service: Service) -> None:
    known(service, make_account().email)
    first, second = (client.get(STAFF).location for _ in range(2))
    assert client.get(service.authorize(second) + "x").status_code == 400
    assert client.get(service.authorize(first)).status_code == 303


def test_who_takes_too_long_begins_again(client: FlaskClient, service: Service) -> None:
    known(service, make_account().email)
    answer = service.authorize(client.get(STAFF).location)
    with clock.frozen_everywhere(TODAY + timedelta(minutes=16)):
        assert client.get(answer).status_code == 400


def test_a_person_may_say_no(client: FlaskClient, service: Service) -> None:
    state = parse_qs(urlsplit(client.get(STAFF).location).query)["state"][0]
    answer = client.get(f"{STAFF}/retour?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "s’est arrêtée avant la fin" in answer.text


def test_another_service_cannot_answer_for_this_one(client: FlaskClient, service: Service) -> None:
    known(service, make_account().email)
    answer = service.authorize(client.get(STAFF).location)
    start, _, _ = answer.partition("&iss=")
    assert client.get(f"{start}&iss=https://elsewhere.example").status_code == 400


@pytest.mark.parametrize(
    "fault",
    [
        {"down": True},
        {"nonsense": True},
        {"discovery": {"issuer": "https://elsewhere.example"}},
        {"discovery": {"token_endpoint": "http://elsewhere.example/token"}},
        {"discovery": {"jwks_uri": None}},
    ],
    ids=str,
)
def test_a_service_that_is_down_leaves_the_other_ways(
    client: FlaskClient, service: Service, fault: dict[str, object]
) -> None:
    for name, value in fault.items():
        setattr(service, name, value)
    answer = client.get(STAFF)
    assert answer.status_code == 503
    assert "ne répond pas bien" in answer.text
    page = client.get("/fr/connexion/equipe")
    assert "Mot de passe" in page.text
    assert "Se connecter ailleurs" in page.text


def test_a_service_that_is_gone_is_not_waited_for(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with openid_service() as gone:
        provider = gone.provider()
    settings = dataclasses.replace(app.extensions["settings"], oidc_staff=provider)
    monkeypatch.setitem(app.extensions, "settings", settings)
    began = time.monotonic()
    assert client.get(STAFF).status_code == 503
    assert time.monotonic() - began < 4


def test_a_service_may_change_its_keys(
    client: FlaskClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(service, make_account().email)
    assert come_back(client, service, STAFF).status_code == 303
    service.key = RSAKey.generate_key(2048, {"kid": "second"})
    assert come_back(client, service, STAFF).status_code == 400, "not asked for at every token"
    monkeypatch.setattr("cdv_civic.sign_in.oidc.client.ASK_AGAIN", -1.0)
    assert come_back(client, service, STAFF).status_code == 303


def test_people_come_back_in_their_language_and_on_a_shared_device(
    client: FlaskClient, session: Session, service: Service
) -> None:
    known(service, make_account().email)
    assert "poste=partage" in client.get("/ar/connexion/equipe?poste=partage").text
    way = client.get("/ar/connexion/oidc/equipe?poste=partage")
    answer = client.get(service.authorize(way.location))
    assert answer.status_code == 302
    assert answer.location.startswith("/ar/connexion/oidc/equipe/retour?")
    answer = client.get(answer.location)
    assert (answer.status_code, answer.location) == (303, "/ar/entree")
    session.rollback()
    assert session.execute(select(AccountSession.shared)).scalar_one() is True


@pytest.mark.parametrize("said", ["cross-site", "same-site"])
def test_a_page_of_another_site_signs_nobody_in_by_itself(
    client: FlaskClient, service: Service, said: str
) -> None:
    """Who is signed in at the service would come back signed in here, without a word from them."""
    answer = client.get(f"{STAFF}?retour=/fr/bureau", headers={"Sec-Fetch-Site": said})
    assert (answer.status_code, answer.location) == (302, "/fr/connexion/equipe?retour=/fr/bureau")
    answer = client.get(RESIDENTS, headers={"Sec-Fetch-Site": said})
    assert answer.location == "/fr/connexion"
    for own in ("same-origin", "none"):
        answer = client.get(STAFF, headers={"Sec-Fetch-Site": own})
        assert answer.location.startswith(service.url), "by its button, or a bookmark"


def test_nobody_is_sent_to_another_site(client: FlaskClient, service: Service) -> None:
    known(service, make_account().email)
    answer = come_back(client, service, f"{STAFF}?retour=https://elsewhere.example/")
    assert answer.location == "/fr/entree"


def test_of_twenty_first_visits_at_once_one_makes_the_account(app: Flask, session: Session) -> None:
    staff = make_account()
    session.rollback()
    ready = threading.Barrier(20)
    found: dict[str, set[int]] = {"resident": set(), "staff": set()}
    errors: list[Exception] = []

    def come() -> None:
        with app.app_context():
            ready.wait()
            try:
                found["resident"].add(resident_account(Identity("https://one.example", "a", None, False)))
                found["staff"].add(staff_account(Identity("https://two.example", "b", staff.email, False)))
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=come) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [len(ids) for ids in found.values()] == [1, 1]
    assert count(session, Account) == 2
    assert count(session, AccountIdentity) == 2


def test_a_person_sees_and_erases_the_link(app: Flask, session: Session) -> None:
    account_id = resident_account(Identity("https://service.example", "a", None, False))
    part = next(each for each in personal_parts.personal_parts() if each.key == "identities")
    assert [(row["service"], row["subject"]) for row in part.read(session, account_id)] == [
        ("https://service.example", "a")
    ]
    with transaction() as writing:
        part.erase(writing, account_id)
    assert count(session, AccountIdentity) == 0


@pytest.mark.parametrize(
    ("acr", "amr", "said"),
    [
        (None, None, False),
        ("eidas1", ["pwd"], False),
        ("eidas2", None, True),
        ("https://proconnect.gouv.fr/assurance/consistency-checked-2fa", ["pwd"], True),
        (None, ["pwd", "mfa"], True),
        (None, "mfa", True),
        ("urn:mfa", None, True),
        (3, {"mfa": 1}, False),
        (None, ["pwd", ["mfa"]], False),
    ],
)
def test_who_says_that_two_proofs_were_given(acr: object, amr: object, said: bool) -> None:
    assert says_two_factors(acr, amr) is said


GOOD = {
    "OIDC_STAFF_DISCOVERY_URL": "https://service.example/api/v2/.well-known/openid-configuration",
    "OIDC_STAFF_CLIENT_ID": "id",
    "OIDC_STAFF_CLIENT_SECRET": "secret",
    "OIDC_STAFF_LABEL": "Se connecter avec ProConnect",
    "BASE_URL": "https://site.example",
    "SECRET_KEY": "k" * 40,
    "KEYS_DIR": "/srv/site/keys",
    "LEDGER_DIR": "/srv/site/ledger",
}


def test_settings_name_the_service() -> None:
    settings = Settings.from_environment({**GOOD, "OIDC_STAFF_EMAIL_VERIFIED": "1"})
    assert settings.oidc_staff is not None
    assert settings.oidc_staff.checks_addresses
    assert settings.oidc_residents is None
    assert "secret'" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_STAFF_DISCOVERY_URL", "http://service.example/.well-known/openid-configuration"),
        ("OIDC_STAFF_DISCOVERY_URL", "https://service.example"),
        ("OIDC_STAFF_DISCOVERY_URL", "https://[/.well-known/openid-configuration"),
        ("OIDC_STAFF_CLIENT_ID", ""),
        ("OIDC_STAFF_CLIENT_SECRET", ""),
        ("OIDC_STAFF_LABEL", ""),
        ("BASE_URL", ""),
    ],
)
def test_settings_that_cannot_work_are_refused(name: str, value: str) -> None:
    with pytest.raises(UnusableSetting, match=name):
        Settings.from_environment({**GOOD, name: value})
