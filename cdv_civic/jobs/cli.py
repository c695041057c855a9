"""`flask jobs`: work that nobody asks for."""

import signal
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup

from cdv_civic.core.command_line import refusals_on_terminal
from cdv_civic.core.uploads.orphans import OrphansRefused, remove_orphans
from cdv_civic.jobs.clock_watch import ClockInDoubt, accept
from cdv_civic.jobs.scheduler import start
from cdv_civic.jobs.table import JOBS
from cdv_civic.jobs.table import run as run_job

jobs = AppGroup("jobs", help="Mails to send, things to erase.")


@jobs.command("run")
def run_command() -> None:
    """Do the jobs from now on, in this one process, until it is stopped; what it is sending then it still sends."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    scheduler = start(app)
    if scheduler is None:
        raise click.ClickException("JOBS is 0: set it to 1 for this process.")
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    click.echo("jobs: " + ", ".join(job.name for job in JOBS))
    ended.wait()
    scheduler.shutdown(wait=True)


@jobs.command("once")
def once_command() -> None:
    """Do each job now, once, unless another process does it at this moment."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    doubt = None
    for job in JOBS:
        try:
            said = "done" if run_job(app, job, now=True) else "another process does it"
        except ClockInDoubt as error:
            doubt, said = error, "not done"
        click.echo(f"{job.name}: {said}")
    if doubt is not None:
        raise click.ClickException(str(doubt))


@jobs.command("accept-clock")
def accept_clock_command() -> None:
    """Say that the clock is right, after the site was stopped for more than 30 days: what is old will be erased."""
    try:
        with refusals_on_terminal():
            moment = accept()
    except ClockInDoubt as refused:
        raise click.ClickException(str(refused)) from None
    if moment is None:
        raise click.ClickException("the clock is not in doubt: there is nothing to accept")
    click.echo(f"accepted: it is {moment:%Y-%m-%d %H:%M} (UTC)")


@jobs.command("remove-orphans")
@click.option("--however-many", is_flag=True, help="Even where they are a large part of all files.")
def remove_orphans_command(however_many: bool) -> None:
    """Put files that no row names into the trash, for 30 days."""
    try:
        click.echo(f"{remove_orphans(however_many=however_many)} files removed")
    except OrphansRefused as refused:
        raise click.ClickException(str(refused)) from None
