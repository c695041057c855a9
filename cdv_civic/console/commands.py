"""How `flask` runs our commands: never beside a restore, never on a site that is half restored, nor without tables."""

import copy
from typing import Any, Final

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from cdv_civic.core import site_lock
from cdv_civic.core.availability import NO_TABLES, DatabaseDown, lacks_tables, reason_unavailable
from cdv_civic.core.db import OutcomeUnknown
from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.settings import Settings
from cdv_civic.core.uploads.file_store import StoreUnavailable

#: Takes the site for itself.
_ALONE: Final = "restore"
#: Makes the tables, so that its own errors say more.
_MAKES_TABLES: Final = "db"


def _not_done(error: Exception) -> str:
    """What to tell where the database could not do what a command asked; its own words name no password."""
    said = str(error.orig).partition("\n")[0] if isinstance(error, DBAPIError) else reason_unavailable(error)
    return (
        f"The database could not answer ({said}). Look whether it runs, whether DATABASE_URL names it and whether "
        "its disk has room, then run this again."
    )


class SiteCommands(AppGroup):
    """Commands that hold the site's data while they run."""

    def __init__(self, settings: Settings, **more: Any) -> None:
        super().__init__(**more)
        self._settings = settings

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command; it refuses to run while a restore does, where one was cut off, and without tables."""
        command = super().get_command(ctx, name)
        if command is None or name == _ALONE:
            return command
        guarded = copy.copy(command)

        def invoke(context: click.Context) -> Any:
            try:
                site_lock.refuse_unfinished_restore(self._settings)
                with site_lock.using_site(self._settings):
                    return command.invoke(context)
            except (UnusableSetting, site_lock.SiteInUse) as refused:
                raise click.ClickException(str(refused)) from None
            except StoreUnavailable as unavailable:
                raise click.ClickException(
                    f"The store of files could not answer ({unavailable.reason}). Look at S3_URL, S3_BUCKET and "
                    "S3_REGION, and whether the service is up, then run this again."
                ) from None
            except (DBAPIError, DatabaseDown, OutcomeUnknown, PoolTimeout) as error:
                if isinstance(error, DBAPIError) and lacks_tables(error) and name != _MAKES_TABLES:
                    raise click.ClickException(NO_TABLES) from None
                if reason_unavailable(error) is None:
                    raise
                raise click.ClickException(_not_done(error)) from None

        guarded.invoke = invoke  # type: ignore[assignment, method-assign]
        return guarded
