"""When texts of answers may be chosen to be published."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from cdv_civic.consultations.rules.calendar import ConsultationCalendar

#: Texts that one act chooses at most: a page of them.
MOST_AT_ONCE: Final = 50
#: Of one question: a choice is read, a list of everything is not.
MOST_OF_A_QUESTION: Final = 60


class WhyNotChoose(StrEnum):
    """What keeps texts from being chosen."""

    #: Whoever wrote them was not told.
    NOT_SAID = "not_said"
    #: Answers still come in.
    NOT_ENDED = "not_ended"
    WITHDRAWN = "withdrawn"


def why_not_choose(
    calendar: ConsultationCalendar, now: datetime, *, said_before: bool
) -> WhyNotChoose | None:
    """What keeps texts of a consultation from being chosen; None: nothing does. `said_before`: see `WhyNotChoose`."""
    if not said_before:
        return WhyNotChoose.NOT_SAID
    if calendar.withdrawn_at is not None:
        return WhyNotChoose.WITHDRAWN
    ends_at = calendar.ends_at
    if calendar.published_at is None or ends_at is None or now < ends_at:
        return WhyNotChoose.NOT_ENDED
    return None
