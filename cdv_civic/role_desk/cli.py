"""`flask staff`: accounts of staff."""

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from cdv_civic.accounts.models import GRANTED, Account, RoleGrant
from cdv_civic.accounts.open_sessions import sign_out
from cdv_civic.accounts.operations import contract_scope, create_account, disable_account, reset_password
from cdv_civic.accounts.queries import account_id_of
from cdv_civic.accounts.scope_keys import scope_named
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.model import CommandLine, Role, Scope
from cdv_civic.core.policy.table import PASSWORD_ROLES
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.assets import site_name
from cdv_civic.sign_in.second_factor.operations import reset_second_factor
from cdv_civic.territory.models import Contract
from cdv_civic.territory.scopes import scope_names

Command = TypeVar("Command", bound=Callable[..., Any])

staff = AppGroup("staff", help="Accounts of staff.")


def _typed_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(
        "Mot de passe (12 signes au moins)", hide_input=True, confirmation_prompt="Encore une fois"
    )
    return typed


def role_options(command: Command) -> Command:
    """The options that say which role: in full, or in the two short ways."""
    for option in (
        click.option("--administrator", is_flag=True, help="The same as --role administrator."),
        click.option(
            "--contract", default=None, help="Slug of a contract; the same as --scope contract:SLUG."
        ),
        click.option(
            "--scope",
            "scope_text",
            default=None,
            help="What for: site, commune:SLUG, body:CONTRACT/SLUG…",
        ),
        click.option(
            "--role", "role_text", type=click.Choice(GRANTED), default=None, help="Staff without it."
        ),
    ):
        command = option(command)
    return command


def role_said(
    role_text: str | None, scope_text: str | None, contract: str | None, administrator: bool
) -> tuple[Role, Scope]:
    """The role and the scope of `role_options`; raises `NotFound` for the scope."""
    role = Role(role_text) if role_text else Role.ADMINISTRATOR if administrator else Role.STAFF
    if scope_text is None:
        return role, contract_scope(contract)
    return role, scope_named(db.session(), scope_text)


@staff.command("create")
@click.argument("email")
@click.option("--name", default="", help="How colleagues read it; the start of the address without it.")
@click.option("--organisation", default="", help="For whom they speak, as residents read it.")
@role_options
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the input.")
def create_command(
    email: str,
    name: str,
    organisation: str,
    role_text: str | None,
    scope_text: str | None,
    contract: str | None,
    administrator: bool,
    password_stdin: bool,
) -> None:
    """Make an account for EMAIL; asks for its password."""
    password = _typed_password(password_stdin)
    try:
        role, scope = role_said(role_text, scope_text, contract, administrator)
        account = create_account(
            CommandLine(),
            email=email,
            password=password,
            name=name,
            organisation_name=organisation
            or (usual_organisation(contract) if role in PASSWORD_ROLES else ""),
            role=role,
            scope=scope,
        )
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    where = f"le contrat {contract}" if contract else scope_text or "tous les contrats du site"
    click.echo(f"Compte créé : {account.email}, pour {where}, au nom de « {account.organisation_name} ».")


def usual_organisation(contract: str | None) -> str:
    """What residents read under a piece of news where nothing was said: the contract's territory, or the site."""
    settings = current_settings()
    if contract is not None:
        territory = db.session.execute(select(Contract.territory).where(Contract.slug == contract)).scalar()
        if territory:
            return territory
    return settings.publisher or site_name(settings)


@staff.command("list")
def list_command() -> None:
    """All accounts, with what they may do."""
    accounts = list(
        db.session.execute(
            select(Account)
            .options(selectinload(Account.role_grants))
            .where(
                or_(Account.organisation_name != "", Account.role_grants.any()), Account.erased_at.is_(None)
            )
            .order_by(Account.email)
        ).scalars()
    )
    names = scope_names(db.session(), (grant.scope for each in accounts for grant in each.role_grants))
    for account in accounts:
        roles = ", ".join(
            f"{grant.role}: {names.get(grant.scope, grant.scope_key)}{_until(grant)}"
            for grant in sorted(account.role_grants, key=lambda grant: grant.id)
            if grant.ends_at is None or grant.ends_at > clock.now()
        )
        closed = " (disabled)" if account.disabled_at else ""
        click.echo(
            f"{account.email or account.name or account.id}\t{account.organisation_name}\t{roles or 'no role'}{closed}"
        )


def _until(grant: RoleGrant) -> str:
    settings = current_settings()
    zone = ZoneInfo(settings.timezone)
    first, after = grant.starts_at.astimezone(zone), grant.ends_at and grant.ends_at.astimezone(zone)
    start = f" from {first:%Y-%m-%d}" if grant.starts_at > clock.now() else ""
    return start + (f" until {after - timedelta(seconds=1):%Y-%m-%d}" if after else "")


@staff.command("disable")
@click.argument("email")
def disable_command(email: str) -> None:
    """Close the account of EMAIL and end its sessions."""
    try:
        account = disable_account(CommandLine(), email)
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    click.echo(f"Compte fermé : {account.email}.")


@staff.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the input.")
def password_command(email: str, password_stdin: bool) -> None:
    """Set a new password for EMAIL and end its sessions."""
    password = _typed_password(password_stdin)
    try:
        account = reset_password(CommandLine(), email, password)
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    click.echo(f"Nouveau mot de passe enregistré : {account.email}.")


@staff.command("reset-factor")
@click.argument("email")
def reset_factor_command(email: str) -> None:
    """Forget the lost telephone of EMAIL and end its sessions; the person takes another one."""
    try:
        account = reset_second_factor(CommandLine(), account_id_of(email))
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    click.echo(f"À la prochaine connexion, {account.email} ajoute un nouveau téléphone.")


@staff.command("sign-out")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="All accounts, those of residents too.")
def sign_out_command(email: str | None, everybody: bool) -> None:
    """End all sessions of EMAIL, or of everybody; accounts and passwords stay as they are."""
    if everybody == bool(email):
        raise click.UsageError("Name one EMAIL, or say --everybody.")
    try:
        ended = sign_out(CommandLine(), account_id_of(email) if email else None)
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    click.echo(f"Connexions fermées : {ended}.")
