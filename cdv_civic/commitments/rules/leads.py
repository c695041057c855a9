"""What became of what a contract cites without promising it: a lead, a study, an idea."""

from enum import StrEnum
from typing import Final


class LeadStage(StrEnum):
    """Where such a row stands. Until work has begun it is no more than what the contract calls it."""

    NOT_PROMISED = "not_promised"
    BEGUN = "begun"
    DONE = "done"


_STAGES: Final = {"en_cours": LeadStage.BEGUN, "realise": LeadStage.DONE, "perenne": LeadStage.DONE}


def lead_stage(state: str, *, is_promise: bool) -> LeadStage | None:
    """What is said of a row besides its state; None of a promise, which is what readers expect."""
    return None if is_promise else _STAGES.get(state, LeadStage.NOT_PROMISED)
