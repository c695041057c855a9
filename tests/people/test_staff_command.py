"""`flask staff` makes the first account."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.audit import AuditEntry, verify
from cdv_civic.core.policy import Grant, Role, Scope, ScopeKind
from cdv_civic.people.operations import authenticate
from tests.factories import PASSWORD, load_actor, make_account, make_contract


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
