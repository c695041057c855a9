"""The table of leases."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model


class JobLease(Model):
    """Who does a job, until when the others leave it alone, and how its runs ended. All moments are the database's."""

    __tablename__ = "job_lease"
    __table_args__ = (
        CheckConstraint("token > 0", name="token"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    #: The fencing token: raised by one each time the lease is taken, and never lowered.
    token: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    #: Free from then on, unless it is renewed; a process that died in the middle thus blocks nobody for long.
    expires_at: Mapped[datetime]
    #: Not to be done before; while a run goes on, when to try again should it never end.
    due_at: Mapped[datetime]
    #: When a run last ended well.
    finished_at: Mapped[datetime | None]
    #: Runs begun since one last ended well; the one that goes on is among them.
    failures: Mapped[int]
    #: Kind of the error of the last run that failed, never its words; None after one that ended well.
    last_error: Mapped[str | None]
