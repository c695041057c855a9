"""`flask backup`, `flask restore` and `flask ledger`."""

from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup, with_appcontext

from cdv_civic.backup.after_restore import replay
from cdv_civic.backup.checking import Noted, read_ledger
from cdv_civic.backup.making import make_backup
from cdv_civic.backup.problems import BackupProblem
from cdv_civic.backup.restoring import Restored, restoring, undo_restore
from cdv_civic.core import ledger as core_ledger
from cdv_civic.core.db import db
from cdv_civic.core.site_identity import site_id

_FOLDER: Final = click.Path(path_type=Path, file_okay=False)
_copies: Final = click.option(
    "--ledger",
    "copies",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    help="A copy of LEDGER_DIR, besides what this machine has.",
)
#: Done, but somebody must look at what was said.
_LOOK: Final = 3


@click.command("backup")
@click.argument("folder", type=_FOLDER)
@with_appcontext
def backup(folder: Path) -> None:
    """Save the running site into FOLDER, which must be new or empty.

    Status 0: done. 1: nothing was kept. 3: done, but the site itself has lost files, its audit trail is broken, or its
    ledger cannot be written.
    """
    try:
        made = make_backup(folder)
    except BackupProblem as problem:
        raise click.ClickException(str(problem)) from None
    manifest = made.manifest
    click.echo(
        f"{made.folder}: {sum(manifest.rows.values())} rows, {manifest.files} files, "
        f"{(manifest.database_bytes + manifest.files_bytes) / 1_000_000:.1f} MB, of {manifest.made_at}"
    )
    if manifest.missing:
        click.echo(f"{len(manifest.missing)} files are missing on the site itself:", err=True)
        for name in manifest.missing[:20]:
            click.echo(f"  {name}", err=True)
    if manifest.audit_whole is False:
        click.echo("the chain of the audit trail is broken: see flask audit verify", err=True)
    if made.ledger_behind:
        click.echo("the ledger cannot be written: see LEDGER_DIR, and who may write there", err=True)
    if manifest.missing or manifest.audit_whole is False or made.ledger_behind:
        raise SystemExit(_LOOK)


@click.command("restore")
@click.argument("folder", type=_FOLDER, required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@_copies
@click.option("--other-site", is_flag=True, help="The backup takes the place of another site.")
@click.option(
    "--broken-chain", is_flag=True, help="The audit trail of the backup may be broken, or its key lost."
)
@click.option(
    "--undo", is_flag=True, help="After a restore that was cut off: what was there before comes back."
)
@with_appcontext
def restore(
    folder: Path | None,
    yes: bool,
    copies: tuple[Path, ...],
    other_site: bool,
    broken_chain: bool,
    undo: bool,
) -> None:
    """Bring the backup in FOLDER back, in place of what is here. The site must be stopped.

    Status 0: done. 1: nothing was changed. 3: done, but lines of the ledger could not be done again.
    """
    if undo == (folder is not None):
        raise click.UsageError("Say which backup, or --undo.")
    try:
        if folder is None:
            undo_restore()
            click.echo("what was there before is back")
            return
        with restoring(folder, copies, other_site=other_site, broken_chain=broken_chain) as (checked, do):
            manifest = checked.manifest
            click.echo(
                f"backup of {manifest.made_at}: {sum(manifest.rows.values())} rows, {manifest.files} files; whole"
            )
            if not checked.noted.lines:
                click.echo(
                    "the ledger has no line about this site: give its copy with --ledger, or what was erased and "
                    "withdrawn since comes back",
                    err=True,
                )
            if not yes:
                click.confirm("Put it in place of what is here, which is kept aside?", abort=True)
            _tell(do())
    except BackupProblem as problem:
        raise click.ClickException(str(problem)) from None


def _tell(restored: Restored) -> None:
    ended = restored.ended
    click.echo("restored. It is as it was then, but:")
    click.echo(f"  {ended.sessions} sessions, {ended.links} links and {ended.codes} codes have ended")
    click.echo(
        f"  {ended.held} messages are held: flask notices list, then notices release or notices discard"
    )
    _tell_replayed(ended.replayed)
    click.echo(f"what was there before: {restored.database_aside}")
    click.echo("  delete it within 30 days: it holds what people may have erased")
    if restored.files_discarded:
        click.echo(
            f"  and {restored.files_discarded} files in the trash, deleted by themselves after 30 days"
        )
    if restored.other_secret:
        click.echo(
            "SECRET_KEY is not the one of this backup: cards that were printed open nothing, and telephones of staff "
            "are unknown. Put the old one back if you have it.",
            err=True,
        )
    if restored.checked.manifest.missing:
        click.echo(f"{len(restored.checked.manifest.missing)} files were lost before this backup", err=True)
    _tell_unreadable(restored.checked.noted)
    if ended.replayed.failed:
        raise SystemExit(_LOOK)


def _tell_unreadable(noted: Noted) -> None:
    if noted.unreadable_lines:
        click.echo(f"{noted.unreadable_lines} lines of the ledger are cut off and were passed over", err=True)


def _tell_replayed(replayed: core_ledger.Replayed) -> None:
    done = ", ".join(f"{kind} {count}" for kind, count in sorted(replayed.done.items()))
    click.echo(f"  done again from the ledger: {done or 'nothing'}")
    for line in replayed.failed:
        click.echo(
            f"  NOT done again: {line.kind} {line.object_id}, of {line.at.isoformat(timespec='minutes')}",
            err=True,
        )


ledger = AppGroup("ledger", help="What a restored backup must not undo.")


@ledger.command("replay")
@_copies
def replay_command(copies: tuple[Path, ...]) -> None:
    """Do again what the ledger says and the database does not know, such as from a copy that was found later."""
    try:
        noted = read_ledger(copies, site_id(db.session()))
    except BackupProblem as problem:
        raise click.ClickException(str(problem)) from None
    replayed = replay(noted)
    _tell_unreadable(noted)
    _tell_replayed(replayed)
    if replayed.failed:
        raise SystemExit(_LOOK)
