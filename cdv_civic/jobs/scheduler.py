"""The scheduler of one process."""

from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from cdv_civic.core.config import Settings
from cdv_civic.jobs.table import JOBS, run

#: The longest wait between two looks at whether a job is due: the period itself is kept by the lease.
LONGEST_WAIT = timedelta(minutes=5)


def start(app: Flask) -> BackgroundScheduler | None:
    """Try each job from now on in threads of this process; None where the setting JOBS turns it off.

    Call it after the process was forked: threads do not follow into a child.
    """
    settings: Settings = app.extensions["settings"]
    if not settings.jobs:
        return None
    scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1})
    for job in JOBS:
        wait = min(job.period, LONGEST_WAIT).total_seconds()
        scheduler.add_job(
            run,
            "interval",
            seconds=wait,
            jitter=min(2.0, wait / 4),  # processes started together do not look together
            misfire_grace_time=60,
            id=job.name,
            args=(app, job),
        )
    scheduler.start()
    return scheduler
