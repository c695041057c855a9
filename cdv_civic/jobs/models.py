"""The table of leases."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model


class JobLease(Model):
    """Who does a job, and until when the others leave it alone."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    #: A random name of the run.
    holder: Mapped[str]
    started_at: Mapped[datetime]
    #: Free from then on; a process that died in the middle thus blocks nobody for long.
    expires_at: Mapped[datetime]
