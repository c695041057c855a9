"""Tables of the mails about one's work: how often each person wants one, and those that were written."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.territory.models import one_of
from cdv_civic.work_list.rules import Period


class WorkReminder(Model):
    """How often a person wants a mail about their work; without a row, as `rules.USUAL_PERIOD` says."""

    __tablename__ = "work_reminder"
    __table_args__ = (one_of("period", [period.value for period in Period]),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    period: Mapped[str]
    chosen_at: Mapped[datetime]


class WorkDigest(Model):
    """One person's work was looked at for the mail of one day: no second mail is written for it."""

    __tablename__ = "work_digest"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    #: As `rules.digest_day` gives it.
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    looked_at: Mapped[datetime]
