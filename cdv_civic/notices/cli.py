"""`flask notices`: mails that could not be sent."""

import click
from flask.cli import AppGroup

from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy import CommandLine, reach_of
from cdv_civic.notices import operations, queries

notices = AppGroup("notices", help="Mails of the outbox.")


@notices.command("list")
def list_command() -> None:
    """The mails that could not be sent, and how many wait."""
    reach = reach_of(CommandLine(), "notice.manage")
    click.echo(f"{queries.waiting(reach)} waiting")
    for mail in queries.given_up(reach):
        moment = mail.failed_at.isoformat(timespec="minutes") if mail.failed_at else ""
        click.echo(
            f"{mail.id}\t{moment}\t{mail.recipient or '(erased)'}\t{mail.last_error}\t{mail.subject or mail.kind}"
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
