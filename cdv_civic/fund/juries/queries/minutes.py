"""The minutes of a meeting: sides and counts, never the name of a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from cdv_civic.core.db import db, rows_of
from cdv_civic.fund.juries.queries.meetings import AgendaItem, ShownMeeting, agenda_of
from cdv_civic.fund.juries.queries.sitting import shown_mean
from cdv_civic.fund.models.choosing import JuryItem, JuryMark, JuryMeeting, JuryMember, JuryPresence
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.rules.juries import JuryOutcome, JurySide


@dataclass(frozen=True)
class SideThere:
    """Members of one side who were there."""

    side: str
    members: int
    #: Whom they speak for; of residents nobody.
    represents: Sequence[str]


@dataclass(frozen=True)
class DecidedItem:
    """What came of a project."""

    item: AgendaItem
    mean: Fraction | None


@dataclass(frozen=True)
class Minutes:
    """The minutes of a closed meeting."""

    meeting: ShownMeeting
    sides: Sequence[SideThere]
    items: Sequence[DecidedItem]

    @property
    def there(self) -> int:
        """How many members were there."""
        return sum(each.members for each in self.sides)

    @property
    def selected(self) -> int:
        """How many projects were selected."""
        return sum(each.item.outcome == JuryOutcome.SELECTED.value for each in self.items)

    @property
    def granted_cents(self) -> int:
        """What they get in all."""
        return sum(each.item.amount_cents or 0 for each in self.items)


def public_meeting(slug: str, round_slug: str, meeting_id: int) -> int | None:
    """The fund of a meeting whose minutes everybody reads, at the address of its round; None: there is none such.

    1 statement.
    """
    return rows_of(
        select(JuryMeeting.fund_id)
        .join(FundRound, FundRound.id == JuryMeeting.round_id)
        .join(Fund, Fund.id == JuryMeeting.fund_id)
        .where(
            JuryMeeting.id == meeting_id,
            JuryMeeting.minutes_at.is_not(None),
            FundRound.slug == round_slug,
            FundRound.published_at.is_not(None),
            Fund.slug == slug,
            Fund.published_at.is_not(None),
            Fund.withdrawn_at.is_(None),
        )
    ).scalar()


def minutes_of(meeting: ShownMeeting, language: str) -> Minutes:
    """The minutes of a meeting; 3 statements."""
    items = agenda_of(meeting, None, language)
    marks: dict[int, list[int]] = {}
    for item_id, mark in db.session.execute(
        select(JuryMark.item_id, JuryMark.mark)
        .join(JuryItem, JuryItem.id == JuryMark.item_id)
        .where(JuryItem.meeting_id == meeting.id)
    ):
        marks.setdefault(item_id, []).append(mark)
    return Minutes(
        meeting,
        _sides(meeting.id),
        [DecidedItem(item, shown_mean(marks.get(item.id, []))) for item in items],
    )


def _sides(meeting_id: int) -> list[SideThere]:
    found: dict[str, list[Any]] = {}
    for row in db.session.execute(
        select(JuryMember.side, JuryMember.represents)
        .join(JuryPresence, JuryPresence.member_id == JuryMember.id)
        .where(JuryPresence.meeting_id == meeting_id)
    ):
        found.setdefault(row.side, []).append(row.represents)
    return [
        SideThere(
            side.value,
            len(found[side.value]),
            sorted({each for each in found[side.value] if each}) if side is not JurySide.RESIDENT else (),
        )
        for side in JurySide
        if side.value in found
    ]
