"""`flask staff`: accounts of staff."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cdv_civic.core import clock
from cdv_civic.core.assets import site_name
from cdv_civic.core.config import Settings
from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy import CommandLine, Role
from cdv_civic.people.models import Account
from cdv_civic.people.operations import contract_scope, create_account, disable_account, reset_password
from cdv_civic.people.second_factor import account_id_of, reset_second_factor
from cdv_civic.territory.models import Contract
from cdv_civic.territory.scopes import scope_names

staff = AppGroup("staff", help="Accounts of staff.")


def _typed_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(
        "Mot de passe (12 signes au moins)", hide_input=True, confirmation_prompt="Encore une fois"
    )
    return typed


@staff.command("create")
@click.argument("email")
@click.option("--name", default="", help="How colleagues read it; the start of the address without it.")
@click.option("--organisation", default="", help="For whom they speak, as residents read it.")
@click.option("--contract", "contract", default=None, help="Slug of the one contract they may change.")
@click.option("--administrator", is_flag=True, help="May also make and close accounts.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the input.")
def create_command(
    email: str, name: str, organisation: str, contract: str | None, administrator: bool, password_stdin: bool
) -> None:
    """Make an account for EMAIL; asks for its password."""
    password = _typed_password(password_stdin)
    try:
        account = create_account(
            CommandLine(),
            email=email,
            password=password,
            name=name,
            organisation_name=organisation or usual_organisation(contract),
            role=Role.ADMINISTRATOR if administrator else Role.STAFF,
            scope=contract_scope(contract),
        )
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    scope = f"le contrat {contract}" if contract else "tous les contrats du site"
    click.echo(f"Compte créé : {account.email}, pour {scope}, au nom de « {account.organisation_name} ».")


def usual_organisation(contract: str | None) -> str:
    """What residents read under a piece of news where nothing was said: the contract's territory, or the site."""
    settings: Settings = current_app.extensions["settings"]
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
            .where(Account.organisation_name != "", Account.erased_at.is_(None))
            .order_by(Account.email)
        ).scalars()
    )
    names = scope_names(db.session(), (grant.scope for each in accounts for grant in each.role_grants))
    for account in accounts:
        roles = ", ".join(
            f"{grant.role}: {names.get(grant.scope, grant.scope_key)}"
            for grant in sorted(account.role_grants, key=lambda grant: grant.id)
            if grant.ends_at is None or grant.ends_at > clock.now()
        )
        closed = " (disabled)" if account.disabled_at else ""
        click.echo(f"{account.email}\t{account.organisation_name}\t{roles or 'no role'}{closed}")


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
