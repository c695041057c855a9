"""How the jobs do: what a health page reads."""

from sqlalchemy import select

from cdv_civic.core.database_clock import database_now
from cdv_civic.core.db import db
from cdv_civic.jobs.models import JobLease
from cdv_civic.jobs.rules import Beat
from cdv_civic.jobs.table import JOBS


def last_beats() -> list[Beat]:
    """How each job of the table does, in its order; one statement. `rules.late` says which is late."""
    statement = select(JobLease, JobLease.expires_at > database_now())
    found = db.session.execute(statement.execution_options(populate_existing=True))
    rows = {row.name: (row, running) for row, running in found}
    beats = []
    for job in JOBS:
        row, running = rows.get(job.name, (None, False))
        if row is None:
            beats.append(Beat(job.name, job.period, job.on_demand))
            continue
        beats.append(
            Beat(
                job.name,
                job.period,
                job.on_demand,
                started_at=row.started_at,
                finished_at=row.finished_at,
                failures=max(row.failures - running, 0),
                last_error=row.last_error,
                running=running,
            )
        )
    return beats
