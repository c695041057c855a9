"""Reminders of the dates of a consultation, for whoever moves them."""

from typing import Final

from sqlalchemy.orm import Session

from cdv_civic.notices.follows.reminders import withdraw_reminders

#: What can be followed, as `notices.follows` names it; the names of dates and of mails begin with it.
CONSULTATION: Final = "consultation"


def withdraw_reminders_of(session: Session, consultation_id: int) -> None:
    """Keep reminders of a consultation whose calendar is moved, or that is withdrawn or answered, from leaving."""
    withdraw_reminders(session, f"{CONSULTATION}:{consultation_id}")
