"""`flask audit`: the trail of what staff did."""

import click
from flask.cli import AppGroup

from cdv_civic.core.audit import verify
from cdv_civic.core.db import db

audit = AppGroup("audit", help="The trail of what staff did.")


@audit.command("verify")
def verify_command() -> None:
    """Check that no entry was changed or removed; exit status 1 where one was."""
    count, broken = verify(db.session())
    if broken is not None:
        raise click.ClickException(f"the chain breaks at entry {broken.id} ({count} whole entries before it)")
    click.echo(f"{count} entries, the chain is whole")
