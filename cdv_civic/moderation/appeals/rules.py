"""What an appeal changes in the text, and before whom it goes."""

from typing import Final

from cdv_civic.moderation.rules.appeals import AppealOutcome, AppealSide
from cdv_civic.moderation.rules.decisions import RESTRICTIONS, ModerationAct, TextState

#: Days in which an appeal is answered.
APPEAL_DUE_DAYS: Final = 30


def goes_to(body_id: int | None, *, others: int, named_body_id: int | None) -> int | None:
    """Whose moderators answer an appeal; None: the staff of the contract.

    `body_id`: whose moderators decided; `others`: how many of them neither decided nor wrote the text. Where there is
    none, it goes to the body that the charter names, else to the staff.
    """
    if body_id is None:
        return None
    return body_id if others > 0 else named_body_id


def side_of(act: ModerationAct) -> AppealSide:
    """Who may contest an act: authors what restricts their text, reporters what leaves it."""
    return AppealSide.AUTHOR if act in RESTRICTIONS else AppealSide.REPORTER


def outcomes_of(act: ModerationAct) -> tuple[AppealOutcome, ...]:
    """What an appeal against an act can lead to: a text stands with another one, or by itself, and not in part."""
    return (
        (AppealOutcome.UPHELD, AppealOutcome.REVERSED) if act is ModerationAct.MERGE else tuple(AppealOutcome)
    )


def remedy(
    act: ModerationAct, outcome: AppealOutcome, state: TextState, *, part_hidden: bool
) -> ModerationAct | None:
    """What is done with a text that stands where the contested act left it; None: nothing.

    `part_hidden`: whether other words are shown instead of its own.
    """
    if outcome is AppealOutcome.UPHELD or outcome not in outcomes_of(act):
        return None
    if side_of(act) is AppealSide.REPORTER:
        if state is not TextState.PUBLISHED:
            return None
        if outcome is AppealOutcome.REVERSED:
            return ModerationAct.HIDE
        return ModerationAct.HIDE_PART
    hidden = state in (TextState.HIDDEN, TextState.REWORDING, TextState.MERGED)
    if not hidden and not (state is TextState.PUBLISHED and part_hidden):
        return None
    if outcome is AppealOutcome.IN_PART:
        return ModerationAct.HIDE_PART
    first_time = state is TextState.REWORDING
    return ModerationAct.PUBLISH if first_time else ModerationAct.SHOW_AGAIN


def needs_ground(act: ModerationAct, outcome: AppealOutcome) -> bool:
    """Whether the answer must name what in the charter or the law is against the text: nothing did before."""
    return side_of(act) is AppealSide.REPORTER and outcome is not AppealOutcome.UPHELD


def needs_part(outcome: AppealOutcome) -> bool:
    """Whether the answer must say which words are shown instead."""
    return outcome is AppealOutcome.IN_PART
