"""`flask glossary`: the words that pages explain."""

from pathlib import Path

import click
from flask.cli import AppGroup

from cdv_civic.glossary import operations

glossary = AppGroup("glossary", help="The acronyms and hard words that pages explain.")


@glossary.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=operations.FILE)
def load_command(file: Path) -> None:
    """Bring the words up to FILE (by default the list that comes with the platform). Human edits stay."""
    done = operations.load(file)
    click.echo(f"glossary: {done.created} created, {done.updated} updated, {done.unchanged} unchanged")
