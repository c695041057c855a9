"""`flask demo`: the demonstration."""

import click
from flask.cli import AppGroup

from cdv_civic.core.settings import current_settings
from cdv_civic.demo import accounts as account
from cdv_civic.demo.operations import load_demo

demo = AppGroup("demo", help="The demonstration: real contracts, invented news.")


@demo.command("load")
def load_command() -> None:
    """Load the demo, once: a second load adds nothing. Only where the setting DEMO is 1."""
    settings = current_settings()
    if not settings.demo:
        raise click.ClickException("this site is no demonstration: set DEMO=1 to load invented news into it")
    loaded = load_demo()
    if loaded.anything:
        click.echo(
            f"Demo loaded: {loaded.contracts} contracts, {loaded.commitments} commitments, "
            f"{loaded.progress} pieces of invented news."
        )
    else:
        click.echo("The demo is already there.")
    if settings.development:
        click.echo(f"Staff sign in as {account.EMAIL} with the password « {account.PASSWORD} ».")
