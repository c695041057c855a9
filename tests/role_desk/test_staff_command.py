"""`flask staff` makes the first account."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.operations import authenticate
from cdv_civic.core.audit.trail import AuditEntry, verify
from cdv_civic.core.policy.model import Grant, Role, Scope, ScopeKind
from tests.bodies.bodies import make_body
from tests.factories import (
    PASSWORD,
    load_actor,
    make_account,
    make_commune,
    make_contract,
    make_quartier,
)
from tests.mail_server import MailBox, send_mails
from tests.signing_in import open_browser


def run(app: Flask, *arguments: str, input: str | None = None) -> tuple[int, str]:  # noqa: A002
    result = app.test_cli_runner().invoke(args=["staff", *arguments], input=input)
    return result.exit_code, result.output


def test_an_account_is_made_for_the_whole_site(app: Flask, session: Session) -> None:
    status, output = run(
        app,
        "create",
        "Agent@Example.org",
        "--organisation",
        "Ville d’essai",
        "--password-stdin",
        input=f"{PASSWORD}\n",
    )
    assert status == 0, output
    assert "agent@example.org" in output
    account = load_actor(authenticate("agent@example.org", PASSWORD).id)
    assert account.grants == {Grant(Role.PERSON), Grant(Role.STAFF)}
    assert account.organisation_name == "Ville d’essai"
    assert session.execute(select(AuditEntry.action)).scalars().all() == ["account.manage", "role.grant"]
    assert verify(session) == (2, None)


def test_the_password_is_asked_for_twice_and_never_shown(app: Flask) -> None:
    status, output = run(app, "create", "agent@example.org", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert status == 0, output
    assert PASSWORD not in output


def test_an_account_can_be_for_one_contract(app: Flask) -> None:
    contract = make_contract("essonne-2024", territory="Territoire d’essai")
    status, output = run(
        app, "create", "a@example.org", "--contract", "essonne-2024", "--administrator", "--password-stdin",
        input=PASSWORD,
    )  # fmt: skip
    assert status == 0, output
    account = load_actor(authenticate("a@example.org", PASSWORD).id)
    assert account.grants == {
        Grant(Role.PERSON),
        Grant(Role.ADMINISTRATOR, Scope(ScopeKind.CONTRACT, contract.id)),
    }
    assert account.organisation_name == "Territoire d’essai"


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (("agent@example.org",), PASSWORD, "a déjà un compte"),
        (("AGENT@EXAMPLE.ORG",), PASSWORD, "a déjà un compte"),
        (("pas une adresse",), PASSWORD, "n’est pas complète"),
        (("autre@example.org",), "court", "trop court"),
        (("autre@example.org", "--contract", "inconnu"), PASSWORD, "Ce contrat n’existe pas"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(
    app: Flask, arguments: tuple[str, ...], password: str, sentence: str
) -> None:
    make_account("agent@example.org")
    status, output = run(app, "create", *arguments, "--password-stdin", input=password)
    assert status == 1
    assert sentence in output
    assert len(run(app, "list")[1].splitlines()) == 1


def test_an_account_can_be_closed(app: Flask) -> None:
    make_account("agent@example.org")
    assert run(app, "disable", "Agent@example.org")[0] == 0
    assert "(disabled)" in run(app, "list")[1]
    assert run(app, "disable", "autre@example.org")[0] == 1


def test_a_forgotten_password_can_be_replaced(app: Flask) -> None:
    make_account("agent@example.org")
    new = "trois pommes sous la pluie"
    assert run(app, "password", "agent@example.org", "--password-stdin", input=new)[0] == 0
    assert authenticate("agent@example.org", new).email == "agent@example.org"


def test_roles_are_given_and_ended_by_name(app: Flask, session: Session, mail: MailBox) -> None:
    contract = make_contract("essonne-2024")
    commune = make_commune(contract, "Orly", "orly")
    body = make_body(contract, "Conseil citoyen", slug="conseil")
    make_body(make_contract("autre"), "Conseil citoyen", slug="conseil")
    quartier = make_quartier(contract, slug="quartier-est")
    account = make_account("a@example.org", role=None)

    def held() -> set[Grant]:
        session.rollback()
        return set(load_actor(account.actor_id).grants) - {Grant(Role.PERSON)}

    for role, scope, expected in (
        ("staff", "commune:orly", Grant(Role.STAFF, Scope(ScopeKind.COMMUNE, commune.id))),
        ("member", "body:essonne-2024/conseil", Grant(Role.MEMBER, Scope(ScopeKind.BODY, body.id))),
        ("relais", "quartier:quartier-est", Grant(Role.RELAIS, Scope(ScopeKind.QUARTIER, quartier.id))),
        ("translator", "language:ar", Grant(Role.TRANSLATOR, Scope(ScopeKind.LANGUAGE, "ar"))),
        ("administrator", "site", Grant(Role.ADMINISTRATOR)),
    ):
        status, output = run(
            app, "grant", "A@example.org", "--role", role, "--scope", scope, "--until", "2027-12-31"
        )
        assert status == 0, output
        assert expected in held()
        assert run(app, "grant", "a@example.org", "--role", role, "--scope", scope)[0] == 1, "held already"
        if role != "administrator":
            assert run(app, "end", "a@example.org", "--role", role, "--scope", scope)[0] == 0
            assert expected not in held()
            assert run(app, "end", "a@example.org", "--role", role, "--scope", scope)[0] == 1
    assert "administrator: site until 2027-12-31" in run(app, "list")[1]
    send_mails()
    assert len(mail.taken) == 9


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("staff", "commune:inconnue"),
        ("staff", "commune"),
        ("staff", "planet:mars"),
        ("member", "body:conseil"),
        ("member", "commune:orly"),
        ("translator", "language:fr"),
        ("translator", "language:xx"),
        ("staff", ""),
    ],
)
def test_a_scope_that_is_not_there_is_refused_with_a_sentence(app: Flask, role: str, scope: str) -> None:
    for slug in ("un", "deux"):
        contract = make_contract(slug)
        make_body(contract, slug="conseil")
    make_commune(contract, "Orly", "orly")
    make_account("a@example.org", role=None)
    status, output = run(app, "grant", "a@example.org", "--role", role, "--scope", scope)
    assert status == 1
    assert output.startswith("Error: ")
    assert run(app, "grant", "nobody@example.org", "--role", "staff", "--scope", "site")[0] == 1
    assert run(app, "grant", "a@example.org", "--until", "2020-01-01")[0] == 1


def test_somebody_is_invited_to_any_role(app: Flask, mail: MailBox) -> None:
    make_commune(make_contract(), "Orly", "orly")
    status, output = run(app, "invite", "r@example.org", "--role", "relais", "--scope", "commune:orly")
    assert status == 0, output
    send_mails()
    assert mail.recipients == ["r@example.org"]
    assert "r@example.org\t\trelais: Orly" in run(app, "list")[1]


def test_an_account_is_made_with_any_role(app: Flask) -> None:
    make_commune(make_contract(), "Orly", "orly")
    arguments = ("create", "s@example.org", "--role", "state", "--scope", "commune:orly", "--password-stdin")
    status, output = run(app, *arguments, input=PASSWORD)
    assert status == 0, output
    assert "state: Orly" in run(app, "list")[1]


def test_one_account_is_signed_out_everywhere_and_stays_open(app: Flask, session: Session) -> None:
    lost, other = make_account("agent@example.org"), make_account("collegue@example.org")
    browsers = {account.email: app.test_client() for account in (lost, other)}
    open_browser(browsers[lost.email], lost)
    open_browser(app.test_client(), lost)
    open_browser(browsers[other.email], other)
    status, output = run(app, "sign-out", "Agent@example.org")
    assert (status, output) == (0, "Connexions fermées : 2.\n")
    assert browsers[lost.email].get("/fr/bureau").status_code == 302
    assert browsers[other.email].get("/fr/bureau").status_code == 200
    assert authenticate("agent@example.org", PASSWORD).id == lost.actor_id
    assert session.execute(select(AuditEntry.action, AuditEntry.object_id)).all() == [
        ("account.manage", lost.actor_id)
    ]


def test_everybody_is_signed_out_at_once_but_never_by_mistake(app: Flask, session: Session) -> None:
    client = app.test_client()
    open_browser(client, make_account("agent@example.org"))
    assert run(app, "sign-out")[0] == 2
    assert run(app, "sign-out", "agent@example.org", "--everybody")[0] == 2
    assert run(app, "sign-out", "nobody@example.org")[0] == 1
    assert client.get("/fr/bureau").status_code == 200
    assert run(app, "sign-out", "--everybody") == (0, "Connexions fermées : 1.\n")
    assert client.get("/fr/bureau").status_code == 302
    assert session.execute(select(AuditEntry.object_kind, AuditEntry.object_id)).all() == [("site", None)]
