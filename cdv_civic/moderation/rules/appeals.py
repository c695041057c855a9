"""Reports by anybody, and appeals against decisions: who may, until when, and what comes of them."""

from datetime import date
from enum import StrEnum
from typing import Final

from cdv_civic.moderation.rules.decisions import RESTRICTIONS, ModerationAct


class ReportReason(StrEnum):
    """Why somebody reports a text."""

    DANGER = "danger"
    HATRED = "haine"
    INSULT = "injure"
    NAMES = "noms"
    PRIVACY = "vie_privee"
    CHILDREN = "enfants"
    FALSE = "faux"
    SPAM = "publicite"
    CHARTER = "charte"
    OTHER = "autre"


class AppealSide(StrEnum):
    """Who contests a decision."""

    AUTHOR = "auteur"
    REPORTER = "signalement"


class AppealOutcome(StrEnum):
    """What an appeal leads to."""

    UPHELD = "maintenue"
    REVERSED = "annulee"
    IN_PART = "annulee_en_partie"


REPORT_REASONS: Final = tuple(reason.value for reason in ReportReason)
SIDES: Final = tuple(side.value for side in AppealSide)
OUTCOMES: Final = tuple(outcome.value for outcome in AppealOutcome)
APPEAL_MONTHS: Final = 6
LONGEST_REPORT: Final = 2000
LONGEST_APPEAL: Final = 4000
LONGEST_ANSWER: Final = 4000


def appeal_until(decided_on: date) -> date:
    """The last day on which a decision can be contested: six months after, or the last day of that month.

    >>> appeal_until(date(2026, 8, 31))
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(decided_on.year * 12 + decided_on.month - 1 + APPEAL_MONTHS, 12)
    for day in range(decided_on.day, 0, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def may_contest(side: AppealSide, act: ModerationAct, decided_on: date, today: date) -> bool:
    """Whether a decision is open to an appeal: authors contest what restricts their text, reporters what leaves one."""
    restricts = act in RESTRICTIONS
    return (restricts if side is AppealSide.AUTHOR else not restricts) and today <= appeal_until(decided_on)
