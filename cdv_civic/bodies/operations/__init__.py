"""What staff do for bodies: say how they are, announce what they hold, count who came, publish what was said."""

from cdv_civic.bodies.operations.dates import cancel_date, enter_attendance, move_date, restore_date
from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.bodies.operations.locking import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE
from cdv_civic.bodies.operations.meetings import Event, announce_meeting, cancel_meeting, change_meeting
from cdv_civic.bodies.operations.publications import (
    NewDecision,
    NewFile,
    Paper,
    change_publication,
    publish,
    withdraw_publication,
)

__all__ = [
    "LONGEST_PLACE",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "Event",
    "NewDecision",
    "NewFile",
    "Paper",
    "announce_meeting",
    "cancel_date",
    "cancel_meeting",
    "change_meeting",
    "change_publication",
    "describe_body",
    "enter_attendance",
    "move_date",
    "publish",
    "restore_date",
    "withdraw_publication",
]
