"""The desk of accounts and roles: who may see and give what, and what the person is told."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account, AccountIdentity, RoleGrant
from cdv_civic.accounts.operations import disable_account
from cdv_civic.accounts.roles import grant_role
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db
from cdv_civic.core.errors import Conflict, Forbidden
from cdv_civic.core.policy.model import CommandLine, Grant, Role, Scope, ScopeKind
from cdv_civic.role_desk.operations.invitations import invite
from tests.bodies.bodies import make_body
from tests.conftest import TODAY, counting
from tests.factories import (
    PASSWORD,
    load_actor,
    make_account,
    make_commune,
    make_contract,
    make_organisation,
    make_quartier,
)
from tests.mail_server import MailBox, send_mails
from tests.signing_in import open_browser, send, sign_in, token_of

PAGE = "/fr/bureau/comptes"
SITE = f"{PAGE}/inviter?role=staff&portee=site"
TYPED = {"email": "nouvelle@example.org", "name": "Nouvelle", "organisation_name": "Ville", "language": "fr"}


def held(account_id: int) -> frozenset[Grant]:
    db.session.rollback()
    return load_actor(account_id).grants - {Grant(Role.PERSON)}


def by_email(session: Session, email: str) -> Account:
    session.rollback()
    return session.execute(select(Account).where(Account.email == email)).scalar_one()


def text_of(mail: MailBox, number: int = -1) -> str:
    body = mail.taken[number].get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return " ".join(text.split())


def test_an_administrator_invites_somebody(client: FlaskClient, session: Session, mail: MailBox) -> None:
    sign_in(client, make_account(role="administrator"))
    assert send(client, SITE, **{**TYPED, "language": "ar"}).status_code == 303
    page = client.get(PAGE)
    assert "nouvelle@example.org" in page.text
    assert "invitation envoyée" in page.text
    send_mails()
    assert mail.recipients == ["nouvelle@example.org"]
    assert mail.taken[0]["Content-Language"] == "ar"
    account = by_email(session, "nouvelle@example.org")
    entries = (
        session.execute(select(AuditEntry.after).where(AuditEntry.action == "account.manage")).scalars().all()
    )
    assert entries == [{"created": True}, {"invited": True}]
    own = f"{PAGE}/{account.id}"
    again = client.post(f"{own}/inviter", data={"csrf_token": token_of(client.get(own))})
    assert again.status_code == 303
    send_mails()
    assert len(mail.taken) == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "deja@example.org", "Cette personne a déjà ce rôle."),
        ("email", "parti@example.org", "Cette adresse ne peut pas recevoir de rôle."),
        ("email", "a@example.org\nBcc: b@example.org", "n’est pas complète"),
        ("email", "pr\u0435nom@example.org", "n’est pas complète"),
        ("name", "Nom\r\nBcc: b@example.org", "sur une seule ligne"),
        ("organisation_name", "", "Écrivez ce que tout le monde lira"),
        ("name", "n" * 10_000, "C’est trop long."),
        ("ends_on", "2026-11-19", "Choisissez un jour qui n’est pas passé"),
        ("starts_on", "9999-12-31", "Choisissez un jour qui n’est pas passé"),
        ("language", "xx", ""),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_sent(
    client: FlaskClient, mail: MailBox, field: str, value: str, sentence: str
) -> None:
    make_account("deja@example.org")
    make_account("parti@example.org", disabled_at=clock.now())
    sign_in(client, make_account(role="administrator"))
    page = send(client, SITE, **{**TYPED, field: value})
    assert page.status_code in (409, 422)
    assert sentence in page.text
    assert "Nouvelle" in page.text or field == "name", "what was typed is still there"
    send_mails()
    assert mail.taken == []


def test_an_administrator_closes_an_account(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_account(role="administrator"))
    leaving = make_account()
    elsewhere = app.test_client()
    sign_in(elsewhere, leaving)
    own = f"{PAGE}/{leaving.actor_id}"
    answer = client.post(f"{own}/fermer", data={"csrf_token": token_of(client.get(own))})
    assert answer.status_code == 303
    assert elsewhere.get("/fr/bureau").status_code == 302
    assert "fermé" in client.get(own).text


def test_the_last_administrator_stays(client: FlaskClient) -> None:
    last = make_account(role="administrator")
    with pytest.raises(Conflict):
        disable_account(CommandLine(), last.email)
    other = make_account(role="administrator")
    disable_account(CommandLine(), other.email)
    with pytest.raises(Conflict):
        disable_account(CommandLine(), last.email)
    sign_in(client, last)
    own = f"{PAGE}/{last.actor_id}"
    refused = client.post(f"{own}/fermer", data={"csrf_token": token_of(client.get(f"{own}/fermer"))})
    assert (refused.status_code, "dernier compte qui gère le site" in refused.text) == (409, True)


def test_staff_and_administrators_of_one_contract_give_nothing_beyond_it(app: Flask, mail: MailBox) -> None:
    contract = make_contract()
    for account in (make_account(contract=contract), make_account(role="administrator", contract=contract)):
        visitor = app.test_client()
        open_browser(visitor, account)
        assert visitor.get(PAGE).status_code == 200
        for scope in (Scope(), Scope(ScopeKind.CONTRACT, make_contract().id)):
            with pytest.raises(Forbidden):
                invite(account, email="n@example.org", name="N", organisation_name="V", scope=scope)
    with pytest.raises(Forbidden):
        invite(
            make_account(contract=contract), email="n@example.org", name="N", organisation_name="V",
            role=Role.ADMINISTRATOR, scope=Scope(ScopeKind.CONTRACT, contract.id),
        )  # fmt: skip


def test_people_without_a_role_to_give_stay_out(app: Flask) -> None:
    contract = make_contract()
    holder = make_organisation(contract)
    for account in (
        make_account(role=None),
        make_account(role="translator", scope=Scope(ScopeKind.LANGUAGE, "ar")),
        make_account(role="holder", scope=Scope(ScopeKind.ORGANISATION, holder.id)),
        make_account(role="state", contract=contract),
    ):
        visitor = app.test_client()
        open_browser(visitor, account)
        assert visitor.get(PAGE).status_code == 403
        assert visitor.get(f"{PAGE}/inviter").status_code == 403


class Town:
    """A contract of two communes, each with a quartier and a body, and people who work there."""

    def __init__(self) -> None:
        self.contract = make_contract()
        self.north = make_commune(self.contract, "Orly")
        self.south = make_commune(self.contract, "Valenton")
        self.quartier = make_quartier(self.contract, "Quartier Est", [self.north])
        self.other = make_quartier(self.contract, "Les Polognes", [self.south])
        self.body = make_body(self.contract, "Conseil citoyen d’Orly", quartiers=[self.quartier])
        self.staff = make_account(
            "nord@example.org", role="staff", scope=Scope(ScopeKind.COMMUNE, self.north.id)
        )
        self.moderator = make_account(
            "anime@example.org", role="moderator", scope=Scope(ScopeKind.BODY, self.body.id)
        )
        self.relais = make_account(
            "relais@example.org", role="relais", scope=Scope(ScopeKind.QUARTIER, self.quartier.id)
        )
        self.away = make_account(
            "sud@example.org", role="relais", scope=Scope(ScopeKind.QUARTIER, self.other.id)
        )
        self.resident = make_account("habitante@example.org", role=None, organisation_name="")


@pytest.fixture
def town(app: Flask) -> Town:
    return Town()


def seen_by(app: Flask, account: SignedIn) -> set[str]:
    client = app.test_client()
    open_browser(client, account)
    page = client.get(PAGE).text
    names = ("nord", "anime", "relais", "sud", "habitante", "chef")
    return {name for name in names if f"{name}@example.org" in page}


def test_everybody_sees_the_accounts_within_their_reach(app: Flask, town: Town) -> None:
    chief = make_account("chef@example.org", role="administrator")
    assert seen_by(app, chief) == {"nord", "anime", "relais", "sud", "chef"}
    assert seen_by(app, town.staff) == {"nord", "anime", "relais"}
    assert seen_by(app, town.moderator) == {"anime", "relais"}
    assert seen_by(app, make_account(contract=town.contract)) == {"nord", "anime", "relais", "sud"}


def test_what_lies_out_of_reach_is_neither_shown_nor_told_apart(client: FlaskClient, town: Town) -> None:
    grant_role(CommandLine(), town.relais.actor_id, Role.RELAIS, Scope(ScopeKind.QUARTIER, town.other.id))
    open_browser(client, town.staff)
    page = client.get(f"{PAGE}/{town.relais.actor_id}")
    assert "Quartier Est" in page.text
    assert "Polognes" not in page.text
    answers = [
        client.get(f"{PAGE}/{number}") for number in (town.away.actor_id, town.resident.actor_id, 999_999)
    ]
    assert [answer.status_code for answer in answers] == [403] * 3
    bare = {answer.text.replace(answer.request.path, "") for answer in answers}
    assert len({text.count("Votre compte ne permet pas") for text in bare}) == 1


def test_an_administrator_does_not_see_residents_without_a_role(client: FlaskClient, town: Town) -> None:
    open_browser(client, make_account(role="administrator"))
    assert client.get(f"{PAGE}/{town.resident.actor_id}").status_code == 404
    assert "habitante" not in client.get(f"{PAGE}?q=habitante").text.replace("q=habitante", "").replace(
        'value="habitante"', ""
    )


def test_a_role_is_said_in_words(client: FlaskClient, town: Town) -> None:
    grant_role(
        town.staff, town.relais.actor_id, Role.RELAIS, Scope(ScopeKind.COMMUNE, town.north.id),
        starts_at=TODAY + timedelta(days=2), ends_at=datetime(2026, 12, 31, 23, tzinfo=UTC),
    )  # fmt: skip
    open_browser(client, make_account(role="administrator"))
    page = " ".join(client.get(f"{PAGE}/{town.relais.actor_id}").text.split())
    assert "Personne qui aide (médiation, adulte-relais)</span> · <bdi>Orly" in page
    assert "du 22 novembre 2026 au 31 décembre 2026" in page
    assert "donné par <bdi>Ville d’essai</bdi>" in page
    assert "depuis le 20 novembre 2026 · donné par <bdi>l’installation du site</bdi>" in page


def test_steps_offer_what_one_may_give_and_nothing_else(client: FlaskClient, town: Town) -> None:
    for number in range(45):
        make_quartier(town.contract, f"Cité {number:02}", [town.north])
    open_browser(client, town.staff)
    first = client.get(f"{PAGE}/inviter").text
    assert "role=relais" in first
    assert "role=moderator" not in first, "staff do not read what residents say"
    assert "role=administrator" not in first
    assert "role=translator" not in first
    second = client.get(f"{PAGE}/inviter?role=relais&sorte=quartier").text
    assert second.count("portee=quartier:") + second.count("portee=quartier%3A") == 40
    assert "40 sur 46" in second
    assert "Polognes" not in second
    third = client.get(f"{PAGE}/inviter?role=relais&sorte=quartier&page=2").text
    assert "Quartier Est" in third
    found = client.get(f"{PAGE}/inviter?role=relais&sorte=quartier&q=CITE+3").text
    assert "Cité 31" in found
    assert "Cité 21" not in found
    form = client.get(f"{PAGE}/inviter?role=relais&portee=quartier:{town.quartier.id}")
    assert 'name="email"' in form.text
    assert "Par un lien ou un code reçu" in form.text


@pytest.mark.parametrize(
    "portee",
    [
        "site",
        "commune:{south}",
        "quartier:{other}",
        "contract:{contract}",
        "quartier:999999",
        "language:ar",
        "body:x",
        "site:1",
    ],
)
def test_nobody_gives_what_they_do_not_hold_by_a_forged_form(
    client: FlaskClient, session: Session, mail: MailBox, town: Town, portee: str
) -> None:
    before = held(town.relais.actor_id)
    open_browser(client, town.staff)
    scope = portee.format(south=town.south.id, other=town.other.id, contract=town.contract.id)
    token = token_of(client.get(PAGE))
    for role in (
        "staff",
        "relais",
        "administrator",
        "moderator",
        "translator",
        "person",
        "resident",
        "king",
        "",
    ):
        said = f"role={role}&portee={scope}"
        for address in (f"{PAGE}/{town.relais.actor_id}/role?{said}", f"{PAGE}/inviter?{said}"):
            answer = client.post(address, data={**TYPED, "csrf_token": token, "way": "link"})
            assert answer.status_code == 422, (address, answer.status_code)
    assert held(town.relais.actor_id) == before
    assert session.execute(select(Account).where(Account.email == TYPED["email"])).scalar() is None
    send_mails()
    assert mail.taken == []


def test_nobody_ends_what_they_could_not_give(client: FlaskClient, session: Session, town: Town) -> None:
    ids = {row[0]: row[1] for row in session.execute(select(RoleGrant.account_id, RoleGrant.id))}
    open_browser(client, town.staff)
    token = token_of(client.get(PAGE))

    def end(account: SignedIn, grant_of: SignedIn) -> int:
        address = f"{PAGE}/{account.actor_id}/roles/{ids[grant_of.actor_id]}/fin"
        return client.post(address, data={"csrf_token": token, "language": "fr"}).status_code

    assert end(town.moderator, town.moderator) == 403, "seen, but not given by staff"
    assert end(town.away, town.away) == 403
    assert end(town.relais, town.away) == 403, "a role of somebody else"
    assert end(town.relais, town.relais) == 303
    assert held(town.relais.actor_id) == set()
    assert held(town.moderator.actor_id) != set()


def test_somebody_who_has_an_account_gets_the_role_and_is_told(
    client: FlaskClient, session: Session, mail: MailBox, town: Town
) -> None:
    open_browser(client, town.staff)
    address = f"{PAGE}/inviter?role=relais&portee=quartier:{town.quartier.id}"
    typed = {**TYPED, "email": town.resident.email, "way": "link", "ends_on": "2026-12-31"}
    answers = [send(client, address, **typed), send(client, address, **{**typed, "email": "n@example.org"})]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert held(town.resident.actor_id) == {Grant(Role.RELAIS, Scope(ScopeKind.QUARTIER, town.quartier.id))}
    assert load_actor(town.resident.actor_id).name == town.resident.name, "what they say of themselves stays"
    send_mails()
    assert mail.recipients == [town.resident.email, "n@example.org"]
    first = text_of(mail, 0)
    assert (
        "vous avez un nouveau rôle : « Personne qui aide (médiation, adulte-relais) », pour « Quartier Est »"
        in first
    )
    assert "jusqu’au 31 décembre 2026" in first
    assert "mot-de-passe" not in first
    second = text_of(mail, 1)
    assert "pas de mot de passe à retenir" in second
    assert "/mot-de-passe/" not in second
    session.rollback()
    row = session.execute(
        select(RoleGrant).where(RoleGrant.account_id == town.resident.actor_id)
    ).scalar_one()
    assert row.ends_at == datetime(2026, 12, 31, 23, tzinfo=UTC), "midnight in Paris"
    assert row.granted_by == town.staff.actor_id


def test_an_invitation_gives_no_name_to_a_resident_who_gave_none(
    client: FlaskClient, mail: MailBox, town: Town
) -> None:
    quiet = make_account(
        "q@example.org", role=None, name="", organisation_name="", password_hash="", last_seen_on=TODAY.date()
    )
    open_browser(client, town.staff)
    address = f"{PAGE}/inviter?role=relais&portee=quartier:{town.quartier.id}"
    assert send(client, address, **{**TYPED, "email": quiet.email, "way": "link"}).status_code == 303
    account = load_actor(quiet.actor_id)
    assert (account.name, account.organisation_name) == ("", "")


def test_a_relais_may_have_a_password_all_the_same(client: FlaskClient, mail: MailBox, town: Town) -> None:
    open_browser(client, town.staff)
    address = f"{PAGE}/inviter?role=relais&portee=quartier:{town.quartier.id}"
    assert send(client, address, **{**TYPED, "way": "password"}).status_code == 303
    send_mails()
    assert "/mot-de-passe/" in text_of(mail)


def test_a_resident_who_joins_a_team_chooses_a_password(
    client: FlaskClient, session: Session, mail: MailBox, town: Town
) -> None:
    resident = make_account("r@example.org", role=None, organisation_name="", password_hash="", last_seen_on=TODAY.date())  # fmt: skip
    open_browser(client, town.staff)
    address = f"{PAGE}/inviter?role=staff&portee=commune:{town.north.id}"
    assert send(client, address, **{**TYPED, "email": resident.email}).status_code == 303
    send_mails()
    assert "/mot-de-passe/" in text_of(mail)
    account = load_actor(resident.actor_id)
    assert account.organisation_name == "Ville", "residents read it under what they publish"
    assert account.name == resident.name


def test_a_role_is_given_and_ended_on_the_page_of_an_account(
    app: Flask, client: FlaskClient, session: Session, mail: MailBox, town: Town
) -> None:
    grant_role(CommandLine(), town.relais.actor_id, Role.RELAIS, Scope(ScopeKind.COMMUNE, town.north.id))
    open_browser(client, town.staff)
    own = f"{PAGE}/{town.relais.actor_id}"
    give = f"{own}/role?role=member&portee=body:{town.body.id}"
    assert send(client, give, language="en").status_code == 303
    assert Grant(Role.MEMBER, Scope(ScopeKind.BODY, town.body.id)) in held(town.relais.actor_id)
    again = send(client, give, language="en")
    assert again.status_code == 409
    assert "Cette personne a déjà ce rôle." in again.text
    session.rollback()
    grant_id = session.execute(select(RoleGrant.id).where(RoleGrant.role == "member")).scalar_one()
    end = f"{own}/roles/{grant_id}/fin"
    assert "Mettre fin à ce rôle ?" in client.get(end).text
    assert send(client, end, language="ar").status_code == 303
    assert Grant(Role.MEMBER, Scope(ScopeKind.BODY, town.body.id)) not in held(town.relais.actor_id)
    assert (
        client.post(end, data={"csrf_token": token_of(client.get(PAGE)), "language": "fr"}).status_code == 403
    )
    send_mails()
    assert [each["Content-Language"] for each in mail.taken] == ["en", "ar"]
    assert "You have a new role" in mail.taken[0]["Subject"]
    assert "Rôles finis" in client.get(own).text


def test_who_loses_sight_of_an_account_is_led_to_the_list(
    client: FlaskClient, session: Session, town: Town
) -> None:
    grant_id = session.execute(
        select(RoleGrant.id).where(RoleGrant.account_id == town.relais.actor_id)
    ).scalar_one()
    open_browser(client, town.staff)
    answer = send(client, f"{PAGE}/{town.relais.actor_id}/roles/{grant_id}/fin", language="fr")
    assert (answer.status_code, answer.location) == (303, PAGE)


def test_an_administrator_undoes_the_link_with_another_service(client: FlaskClient, session: Session) -> None:
    account = make_account()
    session.rollback()
    session.add(
        AccountIdentity(account_id=account.actor_id, issuer="https://s", subject="a", linked_at=TODAY)
    )
    session.commit()
    open_browser(client, make_account(role="administrator"))
    own = f"{PAGE}/{account.actor_id}"
    answer = client.post(f"{own}/identites/defaire", data={"csrf_token": token_of(client.get(own))})
    assert answer.status_code == 303
    session.rollback()
    assert session.execute(select(AccountIdentity)).first() is None


def test_accounts_without_an_address_can_be_closed(client: FlaskClient, session: Session) -> None:
    account = make_account(organisation_name="Médiation")
    session.rollback()
    session.get_one(Account, account.actor_id).email = None
    session.commit()
    open_browser(client, make_account(role="administrator"))
    own = f"{PAGE}/{account.actor_id}"
    assert client.post(f"{own}/fermer", data={"csrf_token": token_of(client.get(own))}).status_code == 303
    session.rollback()
    assert session.get_one(Account, account.actor_id, populate_existing=True).disabled_at is not None


def test_a_site_without_mail_gives_roles_all_the_same(
    app: Flask, client: FlaskClient, session: Session, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dataclasses.replace(app.extensions["settings"], environment="production")
    monkeypatch.setitem(app.extensions, "settings", settings)
    open_browser(client, town.staff)
    assert "/inviter" not in client.get(PAGE).text
    give = f"{PAGE}/{town.relais.actor_id}/role?role=member&portee=body:{town.body.id}"
    assert send(client, give, language="fr").status_code == 303
    assert Grant(Role.MEMBER, Scope(ScopeKind.BODY, town.body.id)) in held(town.relais.actor_id)


@pytest.mark.parametrize(
    "typed", ["dupont", "DUPONT", "Élodie", "élodie@example.org", "%", "_", "'", "x" * 500]
)
def test_accounts_are_found_by_name_and_address(client: FlaskClient, typed: str) -> None:
    make_account("elodie@example.org", name="Élodie Dupont")
    open_browser(client, make_account("chef@example.org", role="administrator"))
    page = client.get(PAGE, query_string={"q": typed}).text
    assert ("elodie@example.org" in page) is (typed.casefold() in "élodie dupont")


def test_a_long_list_comes_in_pages_that_cost_the_same(app: Flask, client: FlaskClient) -> None:
    open_browser(client, make_account(role="administrator"))
    contract = make_contract()
    make_account(contract=contract)
    client.get(PAGE)
    with counting(app) as few:
        assert client.get(PAGE).status_code == 200
    for number in range(110):
        commune = make_commune(contract, f"Commune {number}")
        make_account(
            scope=Scope(ScopeKind.COMMUNE, commune.id), password_hash="x", name=f"Personne {number:03}"
        )
    with counting(app) as many:
        first = client.get(PAGE).text
    assert len(many) - len(few) <= 1, "the names of communes are one statement more"
    assert len(many) <= 7
    assert "Personne 109" in first
    assert "Personne 059" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(following).text
    assert "Personne 059" in second
    assert 'rel="prev"' in second


def test_the_page_of_an_account_costs_the_same_whatever_it_holds(app: Flask, client: FlaskClient) -> None:
    open_browser(client, make_account(role="administrator"))
    contract = make_contract()
    account = make_account(contract=contract)
    own = f"{PAGE}/{account.actor_id}"
    client.get(own)
    for _ in range(2):
        grant_role(
            CommandLine(), account.actor_id, Role.STAFF, Scope(ScopeKind.COMMUNE, make_commune(contract).id)
        )
    with counting(app) as few:
        assert client.get(own).status_code == 200
    for number in range(30):
        scope = Scope(ScopeKind.COMMUNE, make_commune(contract, f"Commune {number}").id)
        grant_role(CommandLine(), account.actor_id, Role.STAFF, scope)
    with counting(app) as many:
        assert "Commune 29" in client.get(own).text
    assert len(many) == len(few) <= 10


def test_the_table_of_rights_is_for_everybody_who_signed_in(client: FlaskClient) -> None:
    assert client.get("/fr/bureau/droits").status_code == 302
    open_browser(client, make_account(role=None))
    page = client.get("/fr/bureau/droits").text
    assert (
        "Lire les messages des habitantes et des habitants, les transmettre, y répondre, les publier" in page
    )
    assert "Animation d’un conseil ou d’un groupe · Administration du site" in page


def test_passwords_still_open_accounts(client: FlaskClient) -> None:
    assert sign_in(client, make_account(), PASSWORD).status_code == 303
