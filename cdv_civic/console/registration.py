"""What the application takes from this feature."""

import click
from flask import Flask

from cdv_civic.backup.cli import backup, ledger, restore
from cdv_civic.console import audit, migrations
from cdv_civic.console.commands import SiteCommands
from cdv_civic.consultations.results.cli import consultation
from cdv_civic.core import site_lock
from cdv_civic.core.settings import Settings
from cdv_civic.demo.cli import demo
from cdv_civic.draws.cli import body
from cdv_civic.fund.cli import fund
from cdv_civic.glossary.cli import glossary
from cdv_civic.jobs.cli import jobs
from cdv_civic.notices.cli import notices
from cdv_civic.packs.cli import contract
from cdv_civic.role_desk.cli import policy, staff
from cdv_civic.translation.cli import translations


def refuse_unfinished_restore(settings: Settings) -> None:
    """Raise `UnusableSetting` where a restore was cut off, unless `flask` is just looking for its command.

    One of its commands goes on with the restore; the others are refused by `commands.SiteCommands`.
    """
    context = click.get_current_context(silent=True)
    if context is None or context.parent is not None:
        site_lock.refuse_unfinished_restore(settings)


def register(app: Flask, settings: Settings) -> None:
    """Add the commands."""
    app.cli = SiteCommands(settings, name=app.name)
    migrations.register(app)
    groups = (
        audit.audit,
        body,
        consultation,
        contract,
        demo,
        fund,
        glossary,
        jobs,
        ledger,
        notices,
        policy,
        staff,
        translations,
    )
    for group in groups:
        app.cli.add_command(group)
    for command in (backup, restore):
        app.cli.add_command(command)
