"""`flask staff invite`: an account for somebody who chooses their own password."""

import click

from cdv_civic.access.operations import invite
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy import CommandLine, Role
from cdv_civic.people.cli import staff, usual_organisation
from cdv_civic.people.operations import contract_scope


@staff.command("invite")
@click.argument("email")
@click.option("--name", default="", help="How colleagues read it; the start of the address without it.")
@click.option("--organisation", default="", help="For whom they speak, as residents read it.")
@click.option("--contract", "contract", default=None, help="Slug of the one contract they may change.")
@click.option("--administrator", is_flag=True, help="May also make and close accounts.")
@click.option("--language", default="fr", help="Tag of the language of the mail.")
def invite_command(
    email: str, name: str, organisation: str, contract: str | None, administrator: bool, language: str
) -> None:
    """Make an account for EMAIL and send a link to choose its password; 7 days, once."""
    try:
        account = invite(
            CommandLine(),
            email=email,
            name=name,
            organisation_name=organisation or usual_organisation(contract),
            role=Role.ADMINISTRATOR if administrator else Role.STAFF,
            scope=contract_scope(contract),
            language=language,
        )
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    click.echo(f"Invitation dans la boîte d’envoi : {account.email}.")
