"""The `flask` command groups."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands."""
    from cdv_civic.access.cli import policy  # adds `invite`, `grant` and `end` to the group `staff` too
    from cdv_civic.bodies.draws.cli import body
    from cdv_civic.console import audit, migrations
    from cdv_civic.demo.cli import demo
    from cdv_civic.glossary.cli import glossary
    from cdv_civic.jobs.cli import jobs
    from cdv_civic.notices.cli import notices
    from cdv_civic.packs.cli import contract
    from cdv_civic.people.cli import staff

    migrations.register(app)
    for group in (audit.audit, body, contract, demo, glossary, jobs, notices, policy, staff):
        app.cli.add_command(group)
