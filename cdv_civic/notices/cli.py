"""`flask notices`: messages that could not be sent, may have left, or are held."""

import click
from flask.cli import AppGroup

from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy import CommandLine, reach_of
from cdv_civic.notices import operations, queries

notices = AppGroup("notices", help="Mails and text messages of the outbox.")


@notices.command("list")
def list_command() -> None:
    """The messages that could not be sent, how many wait or are held, and since when nothing leaves."""
    reach = reach_of(CommandLine(), "notice.manage")
    click.echo(f"{queries.waiting(reach)} waiting")
    held = queries.held()
    if held:
        click.echo(f"{held} of them held: `flask --app app notices release` lets them leave")
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
    try:
        operations.try_again(CommandLine(), notice_id)
    except DomainError as refused:
        raise click.ClickException(str(refused.sentence)) from None
    click.echo(f"{notice_id} waits again")


@notices.command("release")
@click.argument("notice_ids", type=int, nargs=-1)
@click.option("--all", "all_of_them", is_flag=True, help="Release every message that is held.")
def release_command(notice_ids: tuple[int, ...], all_of_them: bool) -> None:
    """Let the held messages NOTICE_IDS leave, or all of them with --all."""
    if bool(notice_ids) == all_of_them:
        raise click.UsageError("name the messages to release, or say --all.")
    released = operations.release(CommandLine(), None if all_of_them else notice_ids)
    click.echo(f"{released} released")
