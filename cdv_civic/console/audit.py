"""`flask audit`: the trail of what staff did."""

import click
from flask.cli import AppGroup

from cdv_civic.core.audit.check import KeyStands, check, head, read_head, rekey
from cdv_civic.core.audit.trail import NotSealed, restart_counter
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine

audit = AppGroup("audit", help="The trail of what staff did.")
_ACCEPT = 'Where you know why: flask audit accept-shorter --reason "…"'
_REFUSED = "the trail cannot be written: the line above says why"


@audit.command("verify")
@click.option("--head", "noted", default="", help="One that was noted or mailed earlier, short or in full.")
def verify_command(noted: str) -> None:
    """Check that no entry was changed or removed, at the end neither; exit status 1 where one was."""
    try:
        expected = read_head(noted) if noted else ""
    except ValueError:
        raise click.BadParameter(
            "not a head: 16 to 64 of the characters 0-9 and a-f", param_hint="--head"
        ) from None
    found = check(db.session(), expected)
    if found.shorter:
        found.problems.append(_ACCEPT)
    for each in found.warnings:
        click.echo(f"warning: {each}", err=True)
    if found.problems:
        raise click.ClickException("\n".join(found.problems))
    click.echo(f"{found.count} entries, the chain is whole" + (" and holds that head" if expected else ""))


@audit.command("head")
def head_command() -> None:
    """Print the end of the chain, to be noted elsewhere: `verify --head` checks later that it is still part of it."""
    now = head(db.session())
    if not now.count:
        raise click.ClickException("there is no entry yet")
    click.echo(f"entries: {now.count}\nhead: {now.short}\nin full: {now.mark.hash}")


@audit.command("accept-shorter")
@click.option("--reason", required=True, help="Why entries are missing; it is kept in the chain. No names.")
def accept_command(reason: str) -> None:
    """Count anew from here on, after an older database was put back; the chain says so."""
    found = check(db.session())
    if found.broken is not None:
        raise click.ClickException("\n".join(found.problems))
    if not found.shorter:
        raise click.ClickException("the chain is as long as this machine counted: there is nothing to accept")
    try:
        with transaction() as session:
            restart_counter(session, reason)
    except NotSealed:
        raise click.ClickException(_REFUSED) from None
    click.echo("accepted: this machine counts from here on, and the chain says so")


@audit.command("rekey")
@click.option("--reason", required=True, help="How the key was lost; it is kept in the chain. No names.")
def rekey_command(reason: str) -> None:
    """Seal all entries under a new key, where the one in KEYS_DIR is lost; the chain says so."""
    try:
        count = rekey(CommandLine(), reason)
    except KeyStands:
        raise click.ClickException(
            "KEYS_DIR/audit.key is there: nothing was changed. Where it is the wrong one, or was stolen, "
            "move it away first"
        ) from None
    click.echo(
        f"{count} entries are sealed under a new key: copy KEYS_DIR/audit.key to where you keep the others"
    )
