"""`flask fund`: counts an election from its published file, as `python -m cdv_civic.fund.tally` does alone, keeps the
counts of votes of the past, lists rounds, and takes votes in and out (`imported.cli`).
"""

from pathlib import Path

import click
from flask.cli import AppGroup

from cdv_civic.fund.archive.elections import CountsOverBallots, write_counts
from cdv_civic.fund.imported.cli import export_command, import_command, list_command
from cdv_civic.fund.subsidies.cli import subventions_command
from cdv_civic.fund.tally.command import BAD_INPUT, guarded, main
from cdv_civic.fund.tally.pabulib.rows import BadPabulibFile

fund = AppGroup("fund", help="Funds of participation.")
for _command in (list_command, import_command, export_command, subventions_command):
    fund.add_command(_command)


@fund.command(
    "tally",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def tally_command(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Count an election from a file of Pabulib (FILE.pb; --help lists the options)."""
    context.exit(guarded(lambda: main(arguments, context.command_path)))


@fund.command("archive")
@click.argument("file", metavar="FILE.pb", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def archive_command(context: click.Context, file: Path) -> None:
    """Count an election by both rules, into the file beside it that the page of a vote of the past reads."""
    try:
        written = write_counts(file)
    except (BadPabulibFile, CountsOverBallots) as wrong:
        click.echo(f"{file}: {wrong}", err=True)
        context.exit(BAD_INPUT)
    except OSError as error:
        click.echo(f"{file}: {error.strerror}", err=True)
        context.exit(BAD_INPUT)
    click.echo(f"Both counts are in {written}.")
