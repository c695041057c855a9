"""What can be commented, when and by whom; and how a document is cut into passages.

Pure: plain values in and out.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cdv_civic.consultations.rules.calendar import ANSWER, ConsultationCalendar, ConsultationStage
from cdv_civic.consultations.rules.questions import QuestionKind

#: A step of comments asks no question: what it takes lies in its own tables.
TAKES: Final[tuple[QuestionKind, ...]] = ()
LONGEST_COMMENT: Final = 1_000
SHORTEST_COMMENT: Final = 3
#: Of a step: passages, and commitments and figures.
MOST_PASSAGES: Final = 60
MOST_OTHERS: Final = 20
LONGEST_PASSAGE: Final = 3_000
LONGEST_DOCUMENT: Final = 60_000
LONGEST_TITLE: Final = 200
#: No embargo ends later than so many days from when it is set.
MOST_EMBARGO_DAYS: Final = 366
#: A line that is longer is no heading.
_LONGEST_HEADING: Final = 120
_SENTENCE_ENDS: Final = (".", ";", ",", "!", "?", "…")
_HEADING: Final = re.compile(
    r"#{1,6}\s|(?:article|titre|chapitre|section|annexe|partie)\s+(?:\d+|[ivxlc]+|premier|[a-z])\b"
    r"|(?:\d{1,2}|[IVX]{1,5})(?:\.\d{1,2})*[.)]\s",
    re.IGNORECASE,
)


class SubjectKind(StrEnum):
    """What is commented."""

    COMMITMENT = "engagement"
    FIGURE = "chiffre"
    PASSAGE = "passage"


SUBJECT_KINDS: Final = tuple(kind.value for kind in SubjectKind)


class CommentShortcoming(StrEnum):
    """What a step lacks before it can be asked."""

    NOTHING = "nothing"
    #: Something that was chosen is not public any more.
    GONE = "gone"
    #: Nobody but insiders could comment before it closes.
    EMBARGO_BEYOND_CLOSING = "embargo_beyond_closing"


def shortcomings(
    things: int, gone: int, embargo_until: datetime | None, closes_at: datetime | None
) -> list[CommentShortcoming]:
    """What a step of so many things lacks, of which so many are `gone`."""
    found = []
    if not things:
        found.append(CommentShortcoming.NOTHING)
    if gone:
        found.append(CommentShortcoming.GONE)
    if embargo_until is not None and closes_at is not None and embargo_until >= closes_at:
        found.append(CommentShortcoming.EMBARGO_BEYOND_CLOSING)
    return found


def under_embargo(embargo_until: datetime | None, at: datetime) -> bool:
    """Whether insiders alone read something at a moment; the moment of the end is everybody’s."""
    return embargo_until is not None and at < embargo_until


def latest_embargo(now: datetime) -> datetime:
    """The last moment that an embargo which is set now may end at."""
    return now + timedelta(days=MOST_EMBARGO_DAYS)


def may_read(
    calendar: ConsultationCalendar, embargo_until: datetime | None, at: datetime, *, insider: bool
) -> bool:
    """Whether somebody reads what a step asks to comment, and what others said of it."""
    stage = calendar.stage_at(at)
    if stage in (ConsultationStage.DRAFT, ConsultationStage.WITHDRAWN):
        return False
    return insider or not under_embargo(embargo_until, at)


def may_comment(
    calendar: ConsultationCalendar, embargo_until: datetime | None, at: datetime, *, insider: bool
) -> bool:
    """Whether comments come in at a moment: while the consultation is open; under embargo from insiders alone, and
    from them before it opens too, for an embargo mostly ends as it does.
    """
    if not may_read(calendar, embargo_until, at, insider=insider):
        return False
    if calendar.allows(ANSWER, at):
        return True
    return under_embargo(embargo_until, at) and calendar.stage_at(at) is ConsultationStage.COMING


def passages(text: str) -> list[str]:
    """The passages of a document: cut at empty lines and before headings; a heading stays with what it is over.

    Lines are ended by LF.
    """
    found: list[str] = []
    heading: list[str] = []
    for block in _blocks(text):
        heading.append(block)
        if not _only_heading(block):
            found.append("\n".join(heading))
            heading = []
    if heading:
        found.append("\n".join(heading))
    return found


def _blocks(text: str) -> Iterator[str]:
    """What stands between empty lines; a numbered heading begins a block too."""
    lines: list[str] = []
    for line in (each.strip() for each in text.split("\n")):
        if lines and (not line or _numbered_heading(line)):
            yield "\n".join(lines)
            lines = []
        if line:
            lines.append(line)
    if lines:
        yield "\n".join(lines)


def _short(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and not line.endswith(_SENTENCE_ENDS)


def _numbered_heading(line: str) -> bool:
    return _short(line) and _HEADING.match(line) is not None


def _only_heading(block: str) -> bool:
    """Whether a block is one short line that ends no sentence: what follows belongs to it."""
    return "\n" not in block and _short(block)
