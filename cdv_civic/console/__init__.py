"""The `flask` command groups."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands."""
    from cdv_civic.console import audit, migrations
    from cdv_civic.glossary.cli import glossary
    from cdv_civic.people.cli import staff

    migrations.register(app)
    app.cli.add_command(audit.audit)
    app.cli.add_command(staff)
    app.cli.add_command(glossary)
