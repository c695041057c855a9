"""`flask fund tally`: counts an election from its published file, as `python -m cdv_civic.fund.tally` does alone."""

import click
from flask.cli import AppGroup

from cdv_civic.fund.tally.command import main

fund = AppGroup("fund", help="Funds of participation.")


@fund.command(
    "tally",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def tally_command(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Count an election from a file of Pabulib (FILE.pb; --help lists the options)."""
    context.exit(main(arguments, context.command_path))
