"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.core.database_clock import read_database_now
from cdv_civic.core.db import db
from cdv_civic.core.web import health
from cdv_civic.jobs.clock_watch import doubt
from cdv_civic.jobs.queries import last_beats
from cdv_civic.jobs.rules import late


def _late() -> str | None:
    now = read_database_now(db.session())
    names = [beat.name for beat in last_beats() if late(beat, now)]
    return f"late: {', '.join(names)}" if names else None


def register(app: Flask) -> None:
    """Let `/pret` say which jobs are late, and whether the clock is in doubt."""
    health.add_check(app, "jobs", _late)
    health.add_check(app, "clock", doubt)
