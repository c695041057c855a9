"""Everybody sees where their account is open, and closes it: here, there, or everywhere."""

import base64
import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.known_devices import device_of, remember
from cdv_civic.accounts.models import NO_PASSWORD, AccountSession
from cdv_civic.accounts.open_sessions import close_all_sessions, close_session, sessions_of
from cdv_civic.accounts.session_ends import forget_idle_sessions
from cdv_civic.accounts.sessions import hashed, load_account
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from tests.conftest import TODAY, PostgresServer, Site, counting
from tests.factories import PASSWORD, make_account
from tests.signing_in import open_browser, send, token_of

ACCOUNT = "/fr/bureau/compte"


def ids_of(account_id: int, session: Session) -> list[int]:
    session.rollback()
    statement = select(AccountSession.id).where(AccountSession.account_id == account_id)
    return list(session.execute(statement.order_by(AccountSession.id)).scalars())


def test_the_list_shows_each_open_browser_this_one_first(app: Flask, session: Session) -> None:
    account = make_account()
    with clock.frozen_everywhere(TODAY - timedelta(days=40)):
        open_browser(app.test_client(), account)
    with clock.frozen_everywhere(TODAY - timedelta(minutes=6)):
        open_browser(app.test_client(), account, shared=True)
    for _ in range(3):
        open_browser(app.test_client(), account)
    ids = ids_of(account.actor_id, session)
    assert len(ids) == 5
    rows = sessions_of(account.actor_id, ids[2])
    assert [row.id for row in rows] == [ids[2], ids[4], ids[3]], "those that ended by themselves are not open"
    assert [row.current for row in rows] == [True, False, False]
    assert str(rows[0].way_words) == "avec un mot de passe"


def test_the_list_costs_one_statement(app: Flask) -> None:
    account = make_account()
    for _ in range(2):
        open_browser(app.test_client(), account)
    with counting(app) as few:
        sessions_of(account.actor_id, None)
    for _ in range(20):
        open_browser(app.test_client(), account)
    with counting(app) as many:
        assert len(sessions_of(account.actor_id, None)) == 22
    assert len(few) == len(many) == 1


def test_one_closes_a_browser_from_another(app: Flask, client: FlaskClient, session: Session) -> None:
    account = make_account()
    other = app.test_client()
    open_browser(client, account)
    open_browser(other, account)
    mine, theirs = ids_of(account.actor_id, session)
    page = client.get(ACCOUNT)
    assert "Cet appareil" in page.text
    assert page.text.count("Firefox, Linux") == 4, "once as a name, once in the button's words"
    answer = send(client, f"/fr/moi/appareils/{theirs}/fermer", ACCOUNT, retour=ACCOUNT)
    assert (answer.status_code, answer.location) == (303, ACCOUNT)
    assert "cet appareil demande de nouveau" in client.get(ACCOUNT).text
    assert other.get("/fr/bureau").status_code == 302
    assert ids_of(account.actor_id, session) == [mine]


def test_nobody_closes_the_browser_of_somebody_else(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    account, other = make_account(), make_account()
    open_browser(client, account)
    open_browser(app.test_client(), other)
    theirs = ids_of(other.actor_id, session)
    send(client, f"/fr/moi/appareils/{theirs[0]}/fermer", ACCOUNT)
    close_session(account, theirs[0])
    close_all_sessions(account)
    assert ids_of(other.actor_id, session) == theirs


@pytest.mark.parametrize("back", ["https://mechant.example", "//mechant.example", ""])
def test_closing_leads_to_no_other_site(app: Flask, client: FlaskClient, session: Session, back: str) -> None:
    account = make_account()
    open_browser(client, account)
    open_browser(app.test_client(), account)
    theirs = ids_of(account.actor_id, session)[1]
    answer = send(client, f"/fr/moi/appareils/{theirs}/fermer", ACCOUNT, retour=back)
    assert answer.location == "/fr/entree"


def test_one_signs_out_everywhere(app: Flask, client: FlaskClient, session: Session) -> None:
    account = make_account()
    other = app.test_client()
    for browser in (client, other):
        open_browser(browser, account)
    answer = send(client, "/fr/moi/appareils/fermer", ACCOUNT)
    assert (answer.status_code, answer.location) == (303, "/fr/connexion?fin=partout")
    assert "plus aucun appareil n’est connecté à votre compte" in client.get(answer.location).text
    assert ids_of(account.actor_id, session) == []
    assert {browser.get("/fr/bureau").status_code for browser in (client, other)} == {302}
    with client.session_transaction() as cookie:
        assert not {"token", "_user_id"} & set(cookie)


def test_closing_ones_own_browser_signs_out(client: FlaskClient, session: Session) -> None:
    account = make_account()
    open_browser(client, account)
    (mine,) = ids_of(account.actor_id, session)
    assert send(client, f"/fr/moi/appareils/{mine}/fermer", ACCOUNT).location == "/fr/connexion?fin=sortie"
    assert client.get("/fr/bureau").status_code == 302


def test_closing_needs_the_proof_against_forged_forms(client: FlaskClient) -> None:
    open_browser(client, make_account())
    assert client.post("/fr/moi/appareils/fermer").status_code == 400
    assert client.get("/fr/bureau").status_code == 200


def test_a_job_deletes_what_ended_by_itself(app: Flask, session: Session) -> None:
    account = make_account()
    with clock.frozen_everywhere(TODAY - timedelta(days=31)):
        open_browser(app.test_client(), account)
    with clock.frozen_everywhere(TODAY - timedelta(minutes=6)):
        open_browser(app.test_client(), account)
        open_browser(app.test_client(), account, shared=True)
    open_browser(app.test_client(), account, shared=True)
    assert forget_idle_sessions() == 2
    assert session.execute(select(func.count()).select_from(AccountSession)).scalar() == 2


def test_the_account_of_a_resident_shows_no_line_without_words(client: FlaskClient) -> None:
    open_browser(client, make_account(role=None, organisation_name="", password_hash=NO_PASSWORD))
    page = client.get(ACCOUNT)
    assert page.status_code == 200
    assert "Ce que lisent les habitantes et les habitants" not in page.text


class TestSharedDevice:
    """A device of a library or a Maison du projet: nothing of one person stays for the next."""

    def test_the_address_ticks_the_box_and_browsers_keep_nothing(self, client: FlaskClient) -> None:
        page = client.get("/fr/connexion/equipe?poste=partage").text
        box = re.search(r'<input[^>]*name="shared"[^>]*>', page)
        assert box
        assert "checked" in box.group(0)
        fields = re.findall(r'<input[^>]*name="(?:email|password)"[^>]*>', page)
        assert len(fields) == 2
        assert all('autocomplete="off"' in field for field in fields)
        assert re.search(r"<form[^>]*autocomplete=\"off\"", page)
        usual = client.get("/fr/connexion/equipe").text
        assert "checked" not in usual
        assert 'autocomplete="off"' not in usual

    def test_the_box_can_be_unticked(self, client: FlaskClient) -> None:
        page = client.get("/fr/connexion/equipe?poste=partage")
        answer = client.post(
            "/fr/connexion/equipe?poste=partage", data={"csrf_token": token_of(page), "email": "x"}
        )
        assert "checked" not in answer.text

    def test_private_pages_lead_out_by_themselves(self, client: FlaskClient) -> None:
        open_browser(client, make_account(), shared=True)
        page = client.get("/fr/bureau")
        (mark,) = re.findall(r'data-page="([\w-]+)"', page.text)
        assert page.headers["Refresh"] == f"301; url=/fr/deconnexion?page={mark}"
        assert page.headers["Cache-Control"] == "no-store"
        assert "Appareil partagé" in page.text
        assert "Refresh" not in client.get("/fr/").headers
        assert "Appareil partagé" not in client.get("/fr/").text

    def test_other_devices_do_not(self, client: FlaskClient) -> None:
        open_browser(client, make_account())
        page = client.get("/fr/bureau")
        assert "Refresh" not in page.headers
        assert "Appareil partagé" not in page.text

    def test_five_idle_minutes_end_it_kindly(self, client: FlaskClient) -> None:
        account = make_account()
        open_browser(client, account, shared=True)
        with client.session_transaction() as cookie:
            cookie["shared"] = True
        for minutes in (4, 8, 12):
            with clock.frozen_everywhere(TODAY + timedelta(minutes=minutes)):
                assert client.get("/fr/bureau").status_code == 200, "it was used in between"
        with clock.frozen_everywhere(TODAY + timedelta(minutes=17, seconds=1)):
            answer = client.get("/fr/bureau")
            assert answer.location == "/fr/connexion?retour=/fr/bureau&poste=partage&fin=inactif"
            forget_idle_sessions()
            assert client.get("/fr/bureau").location == answer.location
            page = client.get(answer.location).text
        assert "Personne n’a rien fait pendant 5 minutes" in page
        assert "/fr/connexion/e-mail?retour=/fr/bureau&amp;poste=partage" in page

    def test_the_page_that_is_left_open_signs_out(self, client: FlaskClient, session: Session) -> None:
        account = make_account()
        open_browser(client, account, shared=True)
        with client.session_transaction() as cookie:
            cookie["shared"] = True
        client.get("/fr/bureau")
        with clock.frozen_everywhere(TODAY + timedelta(seconds=301)):
            answer = client.get("/fr/deconnexion")
        assert answer.location == "/fr/connexion?poste=partage&fin=inactif"
        assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
        assert ids_of(account.actor_id, session) == []

    def test_a_page_left_open_beside_one_in_use_hides_what_it_shows(
        self, client: FlaskClient, session: Session
    ) -> None:
        account = make_account()
        open_browser(client, account, shared=True)
        with client.session_transaction() as cookie:
            cookie["shared"] = True
        with clock.frozen_everywhere(TODAY + timedelta(minutes=3)):
            assert client.get("/fr/bureau").status_code == 200
        with clock.frozen_everywhere(TODAY + timedelta(seconds=301)):
            page = client.get("/fr/deconnexion")
            assert page.status_code == 200
            assert page.headers["Refresh"] == "180; url=/fr/deconnexion"
            assert "Me déconnecter" in page.text
        with clock.frozen_everywhere(TODAY + timedelta(seconds=481)):
            assert client.get("/fr/deconnexion").status_code == 303, "looking at it was not using the account"

    def test_a_page_on_which_somebody_types_stays_while_they_do(self, client: FlaskClient) -> None:
        """Its script says so (`stay.js`); a page that is open beside it is still hidden."""
        open_browser(client, make_account(), shared=True)
        with client.session_transaction() as cookie:
            cookie["shared"] = True
        beside = re.findall(r'data-page="([\w-]+)"', client.get("/fr/bureau").text)[0]
        page = client.get("/fr/bureau")
        (mark,) = re.findall(r'data-page="([\w-]+)"', page.text)
        token = token_of(page)
        with clock.frozen_everywhere(TODAY + timedelta(minutes=4)):
            answer = client.post("/fr/connexion/prolonger", data={"csrf_token": token, "page": mark})
            assert answer.json == {"seconds": 300}
        with clock.frozen_everywhere(TODAY + timedelta(seconds=301)):
            assert client.get(f"/fr/deconnexion?page={mark}").status_code == 204
            assert client.get(f"/fr/deconnexion?page={beside}").status_code == 200
            assert client.get("/fr/deconnexion").status_code == 200
        with clock.frozen_everywhere(TODAY + timedelta(minutes=9, seconds=1)):
            assert (
                client.get(f"/fr/deconnexion?page={mark}").location
                == "/fr/connexion?poste=partage&fin=inactif"
            )

    def test_typing_moves_no_session_beyond_its_longest_time(self, client: FlaskClient) -> None:
        open_browser(client, make_account(), shared=True)
        with client.session_transaction() as cookie:
            cookie["shared"] = True
        token, said = token_of(client.get("/fr/bureau")), []
        for minutes in range(4, 245, 4):
            with clock.frozen_everywhere(TODAY + timedelta(minutes=minutes)):
                answer = client.post("/fr/connexion/prolonger", data={"csrf_token": token, "page": "x"})
                said.append((answer.get_json(silent=True) or {}).get("seconds"))
        assert said[:-3] == [300] * 58
        assert said[-3:] == [240, 0, None], "four hours, whatever one does"

    def test_nobody_stays_by_a_forged_request(self, client: FlaskClient) -> None:
        open_browser(client, make_account(), shared=True)
        assert client.post("/fr/connexion/prolonger", data={"page": "x"}).status_code == 400

    def test_signing_out_wipes_the_browser(self, client: FlaskClient) -> None:
        open_browser(client, make_account(), shared=True)
        with client.session_transaction() as cookie:
            cookie["shared"] = True
        answer = send(client, "/fr/deconnexion", page="/fr/bureau")
        assert answer.location == "/fr/connexion?poste=partage&fin=partage"
        assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
        assert "Rien de vous ne reste sur cet appareil." in client.get(answer.location).text

    def test_signing_out_elsewhere_wipes_nothing(self, client: FlaskClient) -> None:
        open_browser(client, make_account())
        answer = send(client, "/fr/deconnexion", page="/fr/bureau")
        assert "Clear-Site-Data" not in answer.headers
        page = client.get(answer.location).text.replace("\u00a0", " ")
        assert re.search(
            r'role="status">(?:(?!</div>).)*C’est fait : votre connexion est fermée\.', page, re.DOTALL
        )

    def test_a_new_password_leaves_it_shared(self, client: FlaskClient) -> None:
        new = "trois pommes sous la pluie"
        open_browser(client, make_account(), shared=True)
        send(client, ACCOUNT, current=PASSWORD, password=new, again=new)
        assert "Refresh" in client.get("/fr/bureau").headers


@pytest.mark.parametrize(
    ("way", "alone", "open_still"),
    [("password", 11, True), ("password", 13, False), ("oidc", 13, False), ("card", 24 * 29, True),
     ("email", 24 * 31, False)],
)  # fmt: skip
def test_a_session_lasts_by_the_way_it_was_opened(app: Flask, way: str, alone: int, open_still: bool) -> None:
    account = make_account(role=None)
    with transaction() as writing:
        writing.add(
            AccountSession(
                account_id=account.actor_id, token_hash=hashed("token"), opened_at=clock.now(), seen_at=clock.now(),
                device="", way=way, shared=False,
            )
        )  # fmt: skip
    with clock.frozen_everywhere(TODAY + timedelta(hours=alone)):
        assert (load_account("token") is not None) == open_still
        assert forget_idle_sessions() == (0 if open_still else 1)


@pytest.mark.parametrize(
    ("way", "shared", "hours", "open_still"),
    [("password", False, 23, True), ("password", False, 25, False), ("oidc", False, 25, False),
     ("password", True, 3, True), ("card", True, 5, False), ("card", False, 24 * 179, True),
     ("email", False, 24 * 181, False)],
)  # fmt: skip
def test_a_session_ends_some_time_after_it_was_opened_however_much_it_is_used(
    app: Flask, way: str, shared: bool, hours: int, open_still: bool
) -> None:
    account = make_account(role=None)
    now = TODAY + timedelta(hours=hours)
    with transaction() as writing:
        writing.add(
            AccountSession(
                account_id=account.actor_id, token_hash=hashed("token"), opened_at=TODAY, seen_at=now, device="",
                way=way, shared=shared,
            )
        )  # fmt: skip
    with clock.frozen_everywhere(now + timedelta(seconds=1)):
        assert (load_account("token") is not None) == open_still
        assert len(sessions_of(account.actor_id, None)) == open_still
        assert forget_idle_sessions() == (0 if open_still else 1)


def test_the_cookie_of_a_site_on_https_cannot_be_set_by_its_neighbours(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    """A page of another name under the same domain could plant a session of its own in the browser of somebody else."""
    site = Site(tmp_path, postgres, base_url="https://engagements.example.fr")
    client = site.app.test_client()
    answer = client.get("/fr/connexion/equipe", base_url="https://engagements.example.fr")
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    assert name == "__Host-session"
    attributes = {each.strip() for each in rest.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= attributes
    assert not any(each.startswith("Domain") for each in attributes)


def test_the_cookie_is_signed_with_sha_256(app: Flask, client: FlaskClient) -> None:
    client.get("/fr/connexion/equipe")
    cookie = client.get_cookie("session")
    assert cookie is not None
    signature = cookie.value.rpartition(".")[2]
    assert len(base64.urlsafe_b64decode(signature + "==")) == hashlib.sha256().digest_size


def test_so_cannot_the_cookie_by_which_a_browser_is_known_again(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres, base_url="https://engagements.example.fr")
    with site.app.test_request_context("/fr/", base_url="https://engagements.example.fr"):
        remember("agent@example.org")
        cookie = site.app.process_response(Response()).headers["Set-Cookie"]
    assert cookie.startswith("__Host-connu_")
    assert {"Secure", "Path=/"} <= {each.strip() for each in cookie.split(";")}
    name, _, value = cookie.partition(";")[0].partition("=")
    with site.app.test_request_context("/fr/", headers={"Cookie": f"{name}={value}"}):
        assert device_of("agent@example.org") is not None


def test_a_residents_cookie_is_renewed_by_use_and_outlives_the_browser(client: FlaskClient) -> None:
    account = make_account(role=None, password_hash="")
    open_browser(client, account, way="card")
    with clock.frozen_everywhere(TODAY + timedelta(days=1)):
        first, second = client.get("/fr/moi"), client.get("/fr/moi")
    assert "session=" in first.headers["Set-Cookie"]
    assert "Set-Cookie" not in second.headers
    with clock.frozen_everywhere(TODAY + timedelta(days=2)):
        assert "Set-Cookie" not in client.get("/fr/").headers, "no public page knows of it"
