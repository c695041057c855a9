"""`flask staff`: accounts of staff and their roles. `flask policy table` prints who may do what."""

import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import click
from flask.cli import AppGroup

from cdv_civic.accounts.models import GRANTED, RoleGrant
from cdv_civic.accounts.open_sessions import sign_out
from cdv_civic.accounts.operations import contract_scope, create_account, disable_account, reset_password
from cdv_civic.accounts.queries import account_id_of
from cdv_civic.accounts.scope_keys import scope_named
from cdv_civic.core import clock
from cdv_civic.core.command_line import refusals_on_terminal
from cdv_civic.core.db import db
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import CommandLine, Role, Scope
from cdv_civic.core.policy.table import PASSWORD_ROLES
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.assets import site_name
from cdv_civic.role_desk.operations.invitations import invite
from cdv_civic.role_desk.operations.roles import end_role, give_role
from cdv_civic.role_desk.permission_table import markdown
from cdv_civic.role_desk.queries.accounts import grants_that_last, staff_accounts, territory_of
from cdv_civic.role_desk.role_dates import span
from cdv_civic.sign_in.second_factor.operations import reset_second_factor
from cdv_civic.territory.scopes import scope_names

Command = TypeVar("Command", bound=Callable[..., Any])

staff = AppGroup("staff", help="Accounts of staff, and their roles.")
policy = AppGroup("policy", help="Who may do what.")

_DAY = click.DateTime(["%Y-%m-%d"])


def _typed_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(
        "Mot de passe (12 caractères au moins)", hide_input=True, confirmation_prompt="Encore une fois"
    )
    return typed


def _role_options(command: Command) -> Command:
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


def _role_said(
    role_text: str | None, scope_text: str | None, contract: str | None, administrator: bool
) -> tuple[Role, Scope]:
    """The role and the scope of `_role_options`; raises `NotFound` for the scope."""
    role = Role(role_text) if role_text else Role.ADMINISTRATOR if administrator else Role.STAFF
    if scope_text is None:
        return role, contract_scope(contract)
    return role, scope_named(db.session(), scope_text)


def _account_named(email: str) -> int:
    """The account of an e-mail address. Raises `BadEmail`, `NotFound`."""
    account_id = account_id_of(email)
    if account_id is None:
        raise NotFound(_l("Aucun compte n’a cette adresse e-mail."), field="email")
    return account_id


@staff.command("create")
@click.argument("email")
@click.option("--name", default="", help="How colleagues read it; the start of the address without it.")
@click.option("--organisation", default="", help="For whom they speak, as residents read it.")
@_role_options
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
    with refusals_on_terminal():
        role, scope = _role_said(role_text, scope_text, contract, administrator)
        account = create_account(
            CommandLine(),
            email=email,
            password=password,
            name=name,
            organisation_name=organisation
            or (_usual_organisation(contract) if role in PASSWORD_ROLES else ""),
            role=role,
            scope=scope,
        )
    where = f"le contrat {contract}" if contract else scope_text or "tous les contrats du site"
    click.echo(f"Compte créé : {account.email}, pour {where}, au nom de « {account.organisation_name} ».")


def _day(typed: datetime | None) -> date | None:
    return typed.date() if typed else None


def _usual_organisation(contract: str | None) -> str:
    """What residents read under a piece of news where nothing was said: the contract's territory, or the site."""
    settings = current_settings()
    if contract is not None:
        territory = territory_of(contract)
        if territory:
            return territory
    return settings.publisher or site_name(settings)


@staff.command("invite")
@click.argument("email")
@click.option("--name", default="", help="How colleagues read it; the start of the address without it.")
@click.option("--organisation", default="", help="For whom they speak, as residents read it.")
@_role_options
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
    with refusals_on_terminal():
        role, scope = _role_said(role_text, scope_text, contract, administrator)
        account = invite(
            CommandLine(),
            email=email,
            name=name,
            organisation_name=organisation
            or (_usual_organisation(contract) if role in PASSWORD_ROLES else ""),
            role=role,
            scope=scope,
            ends_at=span(None, _day(until))[1],
            language=language,
        )
    click.echo(f"Invitation dans la boîte d’envoi : {account.email}.")


@staff.command("grant")
@click.argument("email")
@_role_options
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
    with refusals_on_terminal():
        role, scope = _role_said(role_text, scope_text, contract, administrator)
        starts_at, ends_at = span(_day(first), _day(until))
        give_role(
            CommandLine(),
            _account_named(email),
            role,
            scope,
            starts_at=starts_at,
            ends_at=ends_at,
            language=language,
        )
    click.echo(f"Rôle donné : {email}, {role.value}.")


@staff.command("end")
@click.argument("email")
@_role_options
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
    with refusals_on_terminal():
        role, scope = _role_said(role_text, scope_text, contract, administrator)
        account_id = _account_named(email)
        grant_ids = grants_that_last(account_id, role, scope)
        if not grant_ids:
            raise NotFound(_l("Ce rôle n’existe plus."))
        for grant_id in grant_ids:
            end_role(CommandLine(), account_id, grant_id, language)
    click.echo(f"Rôle fini : {email}, {role.value}.")


@staff.command("list")
def list_command() -> None:
    """All accounts, with what they may do."""
    accounts = staff_accounts()
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
    zone = clock.zone()
    first, after = grant.starts_at.astimezone(zone), grant.ends_at and grant.ends_at.astimezone(zone)
    start = f" from {first:%Y-%m-%d}" if grant.starts_at > clock.now() else ""
    return start + (f" until {after - timedelta(seconds=1):%Y-%m-%d}" if after else "")


@staff.command("disable")
@click.argument("email")
def disable_command(email: str) -> None:
    """Close the account of EMAIL and end its sessions."""
    with refusals_on_terminal():
        account = disable_account(CommandLine(), email)
    click.echo(f"Compte fermé : {account.email}.")


@staff.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of the input.")
def password_command(email: str, password_stdin: bool) -> None:
    """Set a new password for EMAIL and end its sessions."""
    password = _typed_password(password_stdin)
    with refusals_on_terminal():
        account = reset_password(CommandLine(), email, password)
    click.echo(f"Nouveau mot de passe enregistré : {account.email}.")


@staff.command("reset-factor")
@click.argument("email")
def reset_factor_command(email: str) -> None:
    """Forget the lost authenticator app of EMAIL and end its sessions; the person sets another one up."""
    with refusals_on_terminal():
        account = reset_second_factor(CommandLine(), _account_named(email))
    click.echo(f"À la prochaine connexion, {account.email} ajoute un nouveau téléphone.")


@staff.command("sign-out")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="All accounts, those of residents too.")
def sign_out_command(email: str | None, everybody: bool) -> None:
    """End all sessions of EMAIL, or of everybody; accounts and passwords stay as they are."""
    if everybody == bool(email):
        raise click.UsageError("Name one EMAIL, or say --everybody.")
    with refusals_on_terminal():
        ended = sign_out(CommandLine(), _account_named(email) if email else None)
    click.echo(f"Connexions fermées : {ended}.")


@policy.command("table")
def table_command() -> None:
    """Print the table of rights, as Markdown."""
    click.echo(markdown(), nl=False)
