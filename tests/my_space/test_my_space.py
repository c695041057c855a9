"""« Mon compte »: what is one's own can be seen, corrected, taken away and erased."""

import json
import re
import threading
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import NO_PASSWORD, Account, ResidentQuartier
from cdv_civic.accounts.other_ways_in import OtherWay
from cdv_civic.accounts.rules import LONGEST_NAME, MOST_QUARTIERS, name_problem, tidy_name
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, NotFound
from cdv_civic.my_space import operations
from cdv_civic.my_space.queries import my_export, my_space
from cdv_civic.territory.models import Quartier
from tests.conftest import counting
from tests.factories import load_actor, make_account, make_commune, make_contract, make_quartier
from tests.signing_in import open_browser, send


def make_resident(**values: Any) -> SignedIn:
    return make_account(
        **{"role": None, "name": "", "organisation_name": "", "password_hash": NO_PASSWORD, **values}
    )


@pytest.fixture
def quartier(app: Flask) -> Quartier:
    contract = make_contract()
    return make_quartier(contract, "Quartier Est", [make_commune(contract, "Orly")], slug="orly-est")


@pytest.fixture
def resident(app: Flask, client: FlaskClient) -> SignedIn:
    account = make_resident(email="zoubida@example.org", phone="+33612345678")
    open_browser(client, account)
    return account


def rows_of(session: Session, account: SignedIn) -> list[int]:
    session.rollback()
    statement = select(ResidentQuartier.quartier_id).where(ResidentQuartier.account_id == account.actor_id)
    return list(session.execute(statement).scalars())


def test_these_pages_are_kept_by_nobody_and_ask_who_one_is(
    app: Flask, client: FlaskClient, resident: SignedIn
) -> None:
    for path in (
        "",
        "/reglages",
        "/bienvenue",
        "/nom",
        "/quartiers",
        "/messages",
        "/donnees",
        "/donnees/fichier",
        "/effacer",
    ):
        page = client.get(f"/fr/moi{path}")
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store"), path
        away = app.test_client().get(f"/fr/moi{path}")
        assert away.status_code == 302
        assert "/fr/connexion" in away.location


def test_a_resident_lands_here_and_staff_at_the_desk(app: Flask, client: FlaskClient) -> None:
    open_browser(client, make_resident())
    assert client.get("/fr/entree").location == "/fr/moi"
    staff = app.test_client()
    open_browser(staff, make_account())
    assert staff.get("/fr/entree").location == "/fr/bureau"
    assert "Aller au bureau" in staff.get("/fr/moi").text
    assert "Aller au bureau" not in client.get("/fr/moi").text


def test_addresses_are_shown_in_part(client: FlaskClient, resident: SignedIn) -> None:
    assert "example.org" not in client.get("/fr/moi").text, "settings are behind one row"
    page = client.get("/fr/moi/reglages").text
    assert "z•••@example.org" in page
    assert "+33 •••• 78" in page
    assert "zoubida@example.org" not in page
    assert "612345678" not in page


def test_a_quartier_is_found_chosen_and_left(
    client: FlaskClient, session: Session, resident: SignedIn, quartier: Quartier
) -> None:
    found = client.get("/fr/moi/quartiers?q=quartier+est")
    assert "Quartier Est" in found.text
    assert 'name="quartier" value="orly-est"' in found.text
    assert "Nous ne trouvons pas" in client.get("/fr/moi/quartiers?q=zzzz").text
    answer = send(client, "/fr/moi/quartiers", page="/fr/moi/quartiers?q=est", quartier="orly-est")
    assert (answer.status_code, answer.location) == (303, "/fr/moi")
    page = client.get("/fr/moi").text
    assert "« Quartier Est » est parmi vos quartiers." in page.replace("\u00a0", " ")
    assert "/fr/quartiers/orly-est" in page
    assert "déjà choisi" in client.get("/fr/moi/quartiers?q=est").text
    assert rows_of(session, resident) == [quartier.id]
    assert load_actor(resident.actor_id).grants > resident.grants, "a resident of the quartier now"
    send(client, "/fr/moi/quartiers/enlever", page="/fr/moi/quartiers", quartier="orly-est")
    assert rows_of(session, resident) == []


def test_what_comes_as_one_types_is_for_everybody(client: FlaskClient, quartier: Quartier) -> None:
    page = client.get("/fr/moi/quartiers/propositions?q=est&fragment=1")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert 'form="choose-quartier"' in page.text
    assert "<html" not in page.text


def test_an_unknown_or_former_quartier_is_said(client: FlaskClient, resident: SignedIn) -> None:
    make_quartier(make_contract(), slug="parti", retired_at=clock.now())
    for slug in ("parti", "nulle-part", ""):
        send(client, "/fr/moi/quartiers", page="/fr/moi", quartier=slug)
        assert "Nous ne trouvons pas ce quartier." in client.get("/fr/moi").text


def test_five_quartiers_at_most_even_at_once(app: Flask, session: Session) -> None:
    contract = make_contract()
    slugs = [make_quartier(contract).slug for _ in range(12)]
    account = make_resident()
    session.rollback()
    ready = threading.Barrier(len(slugs))
    refused: list[str] = []

    def choose(slug: str) -> None:
        with app.app_context():
            ready.wait()
            try:
                operations.choose_quartier(account, slug)
            except Conflict:
                refused.append(slug)

    threads = [threading.Thread(target=choose, args=(slug,)) for slug in slugs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows_of(session, account)) == MOST_QUARTIERS
    assert len(refused) == len(slugs) - MOST_QUARTIERS
    operations.choose_quartier(account, next(slug for slug in slugs if slug not in refused))  # chosen already


def test_choosing_leaves_no_line_in_the_trail(app: Flask, session: Session, quartier: Quartier) -> None:
    account = make_resident()
    operations.choose_quartier(account, quartier.slug)
    operations.describe_myself(account, name="Zoubida", minor=True)
    assert session.execute(select(func.count()).select_from(AuditEntry)).scalar() == 0


def test_a_name_and_an_age_are_kept_and_taken_back(
    client: FlaskClient, session: Session, resident: SignedIn
) -> None:
    answer = send(client, "/fr/moi/nom", name="  Zoubida   B. ", minor="y")
    assert (answer.status_code, answer.location) == (303, "/fr/moi/reglages")
    session.rollback()
    row = session.get_one(Account, resident.actor_id, populate_existing=True)
    assert (row.name, row.minor) == ("Zoubida B.", True)
    assert "Bonjour Zoubida B." in client.get("/fr/moi").text
    page = client.get("/fr/moi/reglages").text
    assert "aucune page publique ne montre votre nom" in page
    send(client, "/fr/moi/nom", name="")
    session.rollback()
    row = session.get_one(Account, resident.actor_id, populate_existing=True)
    assert (row.name, row.minor) == ("", False)


@pytest.mark.parametrize(
    ("name", "sentence", "kept"),
    [
        ("é" * 1_900, "C’est trop long : 1840 de trop. Gardez 60 caractères au plus.", "é" * 1_900),
        ("<b>Zoubida</b>", "sur une ligne, sans < > @", "&lt;b&gt;Zoubida&lt;/b&gt;"),
        ("Zoubida\r\nBcc: autre@example.org", "sur une ligne, sans < > @", "Zoubida"),
        ("Zou\u202abida", "sur une ligne, sans < > @", "Zou"),
        ("zoubida@example.org", "sur une ligne, sans < > @", "zoubida@example.org"),
    ],
)
def test_a_name_that_cannot_be_kept_is_said_and_not_lost(
    client: FlaskClient, resident: SignedIn, name: str, sentence: str, kept: str
) -> None:
    for address in ("/fr/moi/nom", "/fr/moi/bienvenue"):
        page = send(client, address, name=name, minor="y")
        assert page.status_code == 422
        text = page.text.replace("\u00a0", " ")
        assert sentence in text
        assert f'value="{kept}' in text
        assert "checked" in text
        assert my_space(resident.actor_id).name == ""


def test_the_first_time_all_may_be_skipped(client: FlaskClient, resident: SignedIn) -> None:
    page = client.get("/fr/moi/bienvenue?retour=/fr/engagements").text
    assert re.search(r'href="/fr/engagements">\s*Passer', page)
    answer = send(client, "/fr/moi/bienvenue?retour=/fr/engagements", name="", retour="/fr/engagements")
    assert answer.location == "/fr/engagements"
    page = client.get("/fr/moi/bienvenue?retour=https://mechant.example").text
    assert re.search(r'href="/fr/moi">\s*Passer', page)
    assert not re.search(r'href="https://mechant|value="https://mechant', page)


def test_the_first_time_no_button_loses_the_name_that_was_typed(
    client: FlaskClient, session: Session, resident: SignedIn, quartier: Quartier
) -> None:
    page = "/fr/moi/bienvenue?retour=/fr/engagements"
    here = "/fr/moi/bienvenue?retour=%2Ffr%2Fengagements"

    def press(name: str, **button: str) -> str:
        answer = send(client, page, name=name, retour="/fr/engagements", **{"q": "", **button})
        assert answer.status_code == 303
        session.rollback()
        assert my_space(resident.actor_id).name == name
        return str(answer.location)

    found = press("Zoubida", q="orly", chercher="1")
    assert 'value="orly-est"' in client.get(found).text
    assert parse_qs(urlsplit(found).query)["retour"] == ["/fr/moi/bienvenue?retour=/fr/engagements"]
    assert press("Zou", q="orly").startswith("/fr/moi/quartiers?"), "the Enter key, in the search"
    assert press("Zaza", quartier="orly-est") in (page, here), "what is suggested as one types"
    assert rows_of(session, resident) == [quartier.id]
    asked = press("Zizi", enlever="orly-est")
    assert rows_of(session, resident) == [quartier.id], "it asks first"
    assert "Enlever ce quartier" in client.get(asked).text
    gone = send(client, asked, quartier="orly-est", retour=page)
    assert (gone.status_code, gone.location in (page, here)) == (303, True)
    assert rows_of(session, resident) == []
    assert press("Zoé") == "/fr/engagements", "the Enter key, in the name"
    wrong = send(client, page, name="<b>", retour="/fr/engagements", q="orly", chercher="1")
    assert wrong.status_code == 422
    assert 'name="q" value="orly"' in wrong.text


def test_removing_one_way_in_leaves_the_other(
    client: FlaskClient, session: Session, resident: SignedIn
) -> None:
    assert "z•••@example.org" in client.get("/fr/moi/joindre/email/effacer").text
    assert send(client, "/fr/moi/joindre/email/effacer").status_code == 303
    session.rollback()
    assert session.get_one(Account, resident.actor_id, populate_existing=True).email is None
    page = send(client, "/fr/moi/joindre/telephone/effacer")
    assert page.status_code == 409
    assert "C’est votre seul moyen de vous connecter" in page.text
    assert "/fr/moi/effacer" in page.text
    session.rollback()
    assert session.get_one(Account, resident.actor_id, populate_existing=True).phone == "+33612345678"
    assert client.get("/fr/moi/joindre/carte/effacer").status_code == 404


def test_another_way_in_counts(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    card = OtherWay("card", "Carte", "id", lambda _session, _account_id: 1)
    account = make_resident()
    with pytest.raises(operations.OnlyWayIn):
        operations.remove_email(account)
    monkeypatch.setitem(app.extensions, "other_ways_in", {"card": card})
    operations.remove_email(account)
    session.rollback()
    assert session.get_one(Account, account.actor_id, populate_existing=True).email is None


def test_an_address_that_a_password_needs_stays(app: Flask, client: FlaskClient) -> None:
    account = make_account(phone="+33612345678")
    open_browser(client, account)
    page = send(client, "/fr/moi/joindre/email/effacer")
    assert page.status_code == 409
    assert "avec votre mot de passe" in page.text


def test_everything_is_shown_in_words(client: FlaskClient, resident: SignedIn, quartier: Quartier) -> None:
    operations.choose_quartier(resident, quartier.slug)
    page = client.get("/fr/moi/donnees").text
    for said in (
        *("zoubida@example.org", "+33612345678", "Quartier Est", "Firefox, Linux"),
        *("avec un mot de passe", "20 novembre 2026", "non renseigné", "Moins de 18 ans"),
    ):
        assert said in page


def test_the_pages_of_data_cost_the_same_for_few_and_many(app: Flask, client: FlaskClient) -> None:
    account = make_resident()
    open_browser(client, account)
    contract = make_contract()

    def statements() -> int:
        with counting(app) as seen:
            assert client.get("/fr/moi/donnees").status_code == 200
        return len(seen)

    operations.choose_quartier(account, make_quartier(contract).slug)
    statements()  # what a process keeps in memory is read once
    few = statements()
    for _ in range(4):
        operations.choose_quartier(account, make_quartier(contract).slug)
        open_browser(app.test_client(), account)
    assert statements() == few


def test_the_file_holds_all_that_was_entered(
    client: FlaskClient, resident: SignedIn, quartier: Quartier
) -> None:
    operations.choose_quartier(resident, quartier.slug)
    answer = client.get("/fr/moi/donnees/fichier")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mes-donnees-2026-11-20.json"'
    content = json.loads(answer.data)
    assert (content["format"], content["version"]) == ("cdv_civic/my-data", 1)
    assert datetime.fromisoformat(content["exported_at"]).tzinfo is not None
    parts = content["parts"]
    assert parts["ways"] == [{"email": "zoubida@example.org", "phone": "+33612345678", "password": False}]
    assert [row["slug"] for row in parts["quartiers"]] == ["orly-est"]
    assert datetime.fromisoformat(parts["quartiers"][0]["chosen_at"]) == clock.now()
    assert parts["sessions"][0]["device"] == "Firefox, Linux"
    assert "hash" not in answer.text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=LONGEST_NAME + 5), minor=st.booleans())
def test_whatever_was_kept_comes_out_again(app: Flask, name: str, minor: bool) -> None:
    account = make_resident()
    try:
        operations.describe_myself(account, name=name, minor=minor)
    except operations.BadDisplayName:
        assert name_problem(tidy_name(name)) is not None
        return
    row = json.loads(my_export(account.actor_id, site="S"))["parts"]["account"][0]
    assert (row["name"], row["minor"]) == (my_space(account.actor_id).name, minor)
    assert "\n" not in row["name"]
    assert "<" not in row["name"]


def test_who_erases_the_account_is_out_and_told(
    app: Flask, client: FlaskClient, session: Session, resident: SignedIn
) -> None:
    page = client.get("/fr/moi/effacer").text
    assert "Comment vous joindre et vous reconnaître" in page
    assert "Garder mon compte" in page
    answer = send(client, "/fr/moi/effacer")
    assert (answer.status_code, answer.location) == (303, "/fr/compte-efface")
    told = client.get(answer.location)
    assert "Votre compte est effacé" in told.text
    assert "Set-Cookie" not in told.headers
    assert client.get("/fr/moi").status_code == 302
    session.rollback()
    assert session.get_one(Account, resident.actor_id, populate_existing=True).erased_at is not None


def test_nothing_is_erased_without_the_proof_of_the_form(client: FlaskClient, resident: SignedIn) -> None:
    assert client.post("/fr/moi/effacer").status_code == 422
    assert client.get("/fr/moi").status_code == 200


def test_the_last_administrator_is_told_kindly(app: Flask, client: FlaskClient) -> None:
    account = make_account(role="administrator")
    open_browser(client, account)
    page = send(client, "/fr/moi/effacer")
    assert page.status_code == 409
    assert "C’est le dernier compte qui gère le site." in page.text
    assert client.get("/fr/moi").status_code == 200


def test_on_a_shared_device_the_browser_forgets_too(app: Flask, client: FlaskClient) -> None:
    open_browser(client, make_resident(), shared=True)
    assert "Clear-Site-Data" in send(client, "/fr/moi/effacer").headers


def test_nothing_can_be_changed_once_erased(app: Flask, client: FlaskClient, quartier: Quartier) -> None:
    account = make_resident()
    with transaction() as session:
        session.get_one(Account, account.actor_id).disabled_at = clock.now()
    acts = (
        lambda: operations.choose_quartier(account, quartier.slug),
        lambda: operations.leave_quartier(account, quartier.slug),
        lambda: operations.describe_myself(account, name="Z", minor=False),
        lambda: operations.remove_email(account),
        lambda: operations.remove_phone(account),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_public_pages_lead_here_and_to_the_door_of_teams(client: FlaskClient) -> None:
    page = client.get("/fr/").text
    assert 'href="/fr/moi"' in page
    assert 'href="/fr/connexion/equipe"' in page
