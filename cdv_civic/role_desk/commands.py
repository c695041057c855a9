"""`flask staff invite`, `grant` and `end`: roles, and accounts for people who choose their own password.

`flask policy table` prints who may do what.
"""

from datetime import date, datetime

import click
from flask.cli import AppGroup
from sqlalchemy import or_, select

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import CommandLine, Role, Scope
from cdv_civic.core.policy.table import PASSWORD_ROLES
from cdv_civic.role_desk.cli import role_options, role_said, staff, usual_organisation
from cdv_civic.role_desk.operations.invitations import invite
from cdv_civic.role_desk.operations.roles import end_role, give_role
from cdv_civic.role_desk.permission_table import markdown
from cdv_civic.role_desk.role_dates import span

policy = AppGroup("policy", help="Who may do what.")

_DAY = click.DateTime(["%Y-%m-%d"])


def _day(typed: datetime | None) -> date | None:
    return typed.date() if typed else None


@policy.command("table")
def table_command() -> None:
    """Print the table of rights, as Markdown."""
    click.echo(markdown(), nl=False)


@staff.command("invite")
@click.argument("email")
@click.option("--name", default="", help="How colleagues read it; the start of the address without it.")
@click.option("--organisation", default="", help="For whom they speak, as residents read it.")
@role_options
@click.option("--until", type=_DAY, default=None, help="The last day of the role, as 2027-12-31.")
@click.option("--language", default="fr", help="Tag of the language of the mail.")
def invite_command(
    email: str,
    name: str,
    organisation: str,
    role_text: str | None,
    scope_text: str | None,
    contract: str | None,
    administrator: bool,
    until: datetime | None,
    language: str,
) -> None:
    """Give a role to EMAIL, with an account where there is none; the mail says how to come in."""
    try:
        role, scope = role_said(role_text, scope_text, contract, administrator)
        account = invite(
            CommandLine(),
            email=email,
            name=name,
            organisation_name=organisation
            or (usual_organisation(contract) if role in PASSWORD_ROLES else ""),
            role=role,
            scope=scope,
            ends_at=span(None, _day(until))[1],
            language=language,
        )
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    click.echo(f"Invitation dans la boîte d’envoi : {account.email}.")


def _account_id(email: str) -> int:
    found = db.session.execute(select(Account.id).where(Account.email == fold_email(email))).scalar()
    if found is None:
        raise NotFound(_l("Aucun compte n’a cette adresse e-mail."), field="email")
    return found


@staff.command("grant")
@click.argument("email")
@role_options
@click.option(
    "--from", "first", type=_DAY, default=None, help="The first day, as 2027-01-01; now without it."
)
@click.option("--until", type=_DAY, default=None, help="The last day, as 2027-12-31.")
@click.option("--language", default="fr", help="Tag of the language of the mail.")
def grant_command(
    email: str,
    role_text: str | None,
    scope_text: str | None,
    contract: str | None,
    administrator: bool,
    first: datetime | None,
    until: datetime | None,
    language: str,
) -> None:
    """Give the account of EMAIL a role, and tell the person."""
    try:
        role, scope = role_said(role_text, scope_text, contract, administrator)
        starts_at, ends_at = span(_day(first), _day(until))
        give_role(
            CommandLine(),
            _account_id(email),
            role,
            scope,
            starts_at=starts_at,
            ends_at=ends_at,
            language=language,
        )
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    click.echo(f"Rôle donné : {email}, {role.value}.")


def _held(account_id: int, role: Role, scope: Scope) -> list[int]:
    key = RoleGrant.of(account_id, role, scope).scope_key
    return list(
        db.session.execute(
            select(RoleGrant.id).where(
                RoleGrant.account_id == account_id,
                RoleGrant.role == role.value,
                RoleGrant.scope_key == key,
                or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > clock.now()),
            )
        ).scalars()
    )


@staff.command("end")
@click.argument("email")
@role_options
@click.option("--language", default="fr", help="Tag of the language of the mail.")
def end_command(
    email: str,
    role_text: str | None,
    scope_text: str | None,
    contract: str | None,
    administrator: bool,
    language: str,
) -> None:
    """End a role of the account of EMAIL, and tell the person; the account stays."""
    try:
        role, scope = role_said(role_text, scope_text, contract, administrator)
        account_id = _account_id(email)
        held = _held(account_id, role, scope)
        if not held:
            raise NotFound(_l("Ce rôle n’existe plus."))
        for grant_id in held:
            end_role(CommandLine(), account_id, grant_id, language)
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    click.echo(f"Rôle fini : {email}, {role.value}.")
