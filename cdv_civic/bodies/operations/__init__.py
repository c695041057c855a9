"""What staff do for bodies: say how they are, announce what they hold, cancel it."""

from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.bodies.operations.held import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE
from cdv_civic.bodies.operations.meetings import Event, announce_meeting, cancel_meeting, change_meeting

__all__ = [
    "LONGEST_PLACE",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "Event",
    "announce_meeting",
    "cancel_meeting",
    "change_meeting",
    "describe_body",
]
