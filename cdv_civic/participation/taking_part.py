"""Whether somebody may take part: what is known of them, held against what is required."""

from cdv_civic.core.errors import DomainError
from cdv_civic.participation.queries import participant
from cdv_civic.participation.rules.eligibility import (
    AgeBand,
    EntryMode,
    Ineligibility,
    Participant,
    Requirement,
    reasons_against,
)
from cdv_civic.participation.wording import WHY_NOT


class MayNotTakePart(DomainError):
    """Somebody may not take part; the sentence says the first of the `reasons`."""

    def __init__(self, reasons: tuple[Ineligibility, ...]) -> None:
        super().__init__(
            WHY_NOT[reasons[0]], field="channel" if reasons[0] is Ineligibility.CHANNEL else None
        )
        self.reasons = reasons


def require_part(
    requirement: Requirement,
    account_id: int | None,
    entry: EntryMode,
    *,
    age: AgeBand | None = None,
    answered_before: bool = False,
) -> None:
    """Raise `MayNotTakePart` unless the holder of an account, or (None) a visitor, may take part.

    Asks the database nothing where nothing is asked of the person, else 1 statement.
    """
    if account_id is not None and requirement.asks_who:
        who = participant(account_id, age=age, answered_before=answered_before)
    else:
        who = Participant(age=age, answered_before=answered_before)
    reasons = reasons_against(requirement, who, entry)
    if reasons:
        raise MayNotTakePart(reasons)
