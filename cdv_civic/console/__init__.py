"""The `flask` command groups."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands."""
    from cdv_civic.console import audit, migrations
    from cdv_civic.demo.cli import demo
    from cdv_civic.glossary.cli import glossary
    from cdv_civic.packs.cli import contract
    from cdv_civic.people.cli import staff

    migrations.register(app)
    for group in (audit.audit, contract, demo, glossary, staff):
        app.cli.add_command(group)
