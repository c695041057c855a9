"""How `flask` runs our commands: never beside a restore, and never on a site that is half restored."""

import copy
from typing import Any, Final

import click
from flask.cli import AppGroup

from cdv_civic.core import site_lock
from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.settings import Settings

#: Takes the site for itself.
_ALONE: Final = "restore"


class SiteCommands(AppGroup):
    """Commands that hold the site's data while they run."""

    def __init__(self, settings: Settings, **more: Any) -> None:
        super().__init__(**more)
        self._settings = settings

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command; it refuses to run while a restore does, or where one was cut off."""
        command = super().get_command(ctx, name)
        if command is None or name == _ALONE:
            return command
        held = copy.copy(command)

        def invoke(context: click.Context) -> Any:
            try:
                site_lock.refuse_unfinished_restore(self._settings)
                with site_lock.using_site(self._settings):
                    return command.invoke(context)
            except (UnusableSetting, site_lock.SiteInUse) as refused:
                raise click.ClickException(str(refused)) from None

        held.invoke = invoke  # type: ignore[assignment, method-assign]
        return held
