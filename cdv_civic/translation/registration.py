"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.core.i18n.catalogues import replace_by
from cdv_civic.translation.queries import replacements


def register(app: Flask) -> None:
    """Let the replacements of the database stand in the catalogues."""
    replace_by(app, replacements)
