"""The scheduler of one process."""

import logging
import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from cdv_civic.core.settings import Settings
from cdv_civic.jobs.table import JOBS, run

#: The longest wait between two looks at whether a job is due: the period itself is kept by the lease.
LONGEST_WAIT: Final = timedelta(minutes=1)
#: Threads for the jobs that work; each of those that wait for other machines has one more.
THREADS: Final = 3
#: Processes started together do not all look at once.
_FIRST_LOOK_SECONDS: Final = 5.0
#: It would warn every five seconds that a sender still waits for a server's answer, which is what it is there for.
_LOG: Final = logging.getLogger("cdv_civic.jobs.apscheduler")
_LOG.setLevel(logging.ERROR)


class Scheduler:
    """Tries each job from now on, in a bounded number of threads of this process."""

    def __init__(self, app: Flask) -> None:
        self._ends = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            logger=_LOG,
            executors={
                "default": ThreadPoolExecutor(THREADS),
                "waiting": ThreadPoolExecutor(sum(job.waits for job in JOBS)),
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60},
        )
        # Real time, whatever a test holds `core.clock` at: it is when a thread wakes up.
        started = datetime.now(UTC)
        for job in JOBS:
            wait = min(job.period, LONGEST_WAIT).total_seconds()
            first = random.uniform(0, min(_FIRST_LOOK_SECONDS, wait))  # noqa: S311  (nobody gains by guessing it)
            self._scheduler.add_job(
                run,
                "interval",
                seconds=wait,
                jitter=min(2.0, wait / 4),  # processes started together do not look together
                next_run_time=started + timedelta(seconds=first),
                executor="waiting" if job.waits else "default",
                id=job.name,
                args=(app, job),
                kwargs={"ends": self._ends},
            )
        self._scheduler.start()

    def shutdown(self, *, wait: bool) -> None:
        """Begin no job any more, and no further step of one that goes on; `wait` for the present steps to end."""
        self._ends.set()
        self._scheduler.shutdown(wait=wait)


def start(app: Flask) -> Scheduler | None:
    """The scheduler of this process, at work; None where the setting JOBS turns it off.

    Call it after the process was forked: threads do not follow into a child.
    """
    settings: Settings = app.extensions["settings"]
    return Scheduler(app) if settings.jobs else None
