"""`flask notices`: messages that could not be sent, may have left, or are held."""

import click
from flask.cli import AppGroup

from cdv_civic.core.command_line import refusals_on_terminal
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.notices import operations, queries

notices = AppGroup("notices", help="Mails and text messages of the outbox.")


@notices.command("list")
@click.option("--held-after", default=0, help="Go on with the held messages behind this number.")
def list_command(held_after: int) -> None:
    """The messages that could not be sent, how many wait or are held, and since when nothing leaves."""
    reach = reach_of(CommandLine(), "notice.manage")
    click.echo(f"{queries.waiting(reach)} waiting")
    held = queries.held_notices(after=held_after)
    for mail in held:
        moment = mail.created_at.isoformat(timespec="minutes")
        click.echo(f"{mail.id}\theld, of {moment}\t{mail.recipient}\t{mail.subject or mail.kind}")
    more = queries.how_many_held(after=held[-1].id) if held else 0
    if more:
        click.echo(f"{more} more are held: --held-after {held[-1].id} shows the next ones")
    stuck = queries.stuck_since()
    if stuck is not None:
        click.echo(f"nothing has left since {stuck.isoformat(timespec='minutes')}")
    for mail in queries.given_up(reach):
        moment = mail.failed_at.isoformat(timespec="minutes") if mail.failed_at else ""
        error = f"{mail.last_error} (may have left)" if mail.may_have_left else mail.last_error
        click.echo(
            f"{mail.id}\t{moment}\t{mail.recipient or '(erased)'}\t{error}\t{mail.subject or mail.kind}"
        )


@notices.command("retry")
@click.argument("notice_id", type=int)
def retry_command(notice_id: int) -> None:
    """Try the mail NOTICE_ID again."""
    with refusals_on_terminal():
        operations.try_again(CommandLine(), notice_id)
    click.echo(f"{notice_id} waits again")


@notices.command("release")
@click.argument("notice_ids", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All of them.")
def release_command(notice_ids: tuple[int, ...], every: bool) -> None:
    """Let messages leave that a restore held: NOTICE_IDS, or --all."""
    click.echo(f"{operations.release(CommandLine(), _chosen(notice_ids, every))} will leave")


@notices.command("discard")
@click.argument("notice_ids", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All of them.")
def discard_command(notice_ids: tuple[int, ...], every: bool) -> None:
    """Give messages up that a restore held, and erase them: NOTICE_IDS, or --all."""
    click.echo(f"{operations.discard(CommandLine(), _chosen(notice_ids, every))} given up")


def _chosen(notice_ids: tuple[int, ...], every: bool) -> tuple[int, ...] | None:
    if every == bool(notice_ids):
        raise click.UsageError("Say which messages (their numbers), or --all.")
    return None if every else notice_ids
