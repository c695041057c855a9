"""What a member of a commission sees of its meetings: their own marks, and the means once all is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.fund.juries.queries.meetings import AgendaItem, ShownMeeting, agenda_of
from cdv_civic.fund.linked import links_of_projects
from cdv_civic.fund.models.choosing import JuryItem, JuryMark, JuryMeeting, JuryMember, JuryPresence
from cdv_civic.fund.models.funds import Fund
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.juries import LEAST_MARKS_SHOWN, JuryLink, projects_hidden

#: Meetings in the list of a member, the newest first.
MOST_SITTINGS: Final = 20


@dataclass(frozen=True)
class JurySitting:
    """A meeting in the list of a member."""

    meeting_id: int
    fund: Words
    starts_at: datetime
    place: str
    closed: bool


def sits(account_id: int) -> ColumnElement[bool]:
    """The condition that an account sits in a commission."""
    return (
        select(JuryMember.id)
        .where(JuryMember.account_id == account_id, JuryMember.left_on.is_(None))
        .exists()
    )


def sittings_of(account_id: int, language: str) -> list[JurySitting]:
    """The meetings of the commissions in which an account sits; 1 statement."""
    fund = Localized("fund_name", Fund.name_id, language)
    statement: Any = (
        select(JuryMeeting.id, JuryMeeting.starts_at, JuryMeeting.place, JuryMeeting.closed_at, *fund.columns)
        .join(JuryMember, JuryMember.fund_id == JuryMeeting.fund_id)
        .join(Fund, Fund.id == JuryMeeting.fund_id)
        .where(JuryMember.account_id == account_id, JuryMember.left_on.is_(None))
        .order_by(JuryMeeting.closed_at.is_not(None), JuryMeeting.starts_at.desc(), JuryMeeting.id.desc())
        .limit(MOST_SITTINGS)
    )
    return [
        JurySitting(row.id, fund.words(row), row.starts_at, row.place, row.closed_at is not None)
        for row in db.session.execute(fund.join(statement))
    ]


@dataclass(frozen=True)
class SeenItem:
    """A project on the agenda, as a member sees it."""

    item: AgendaItem
    #: How the member is linked to it; None: not at all. Then they see no mark of it, not even once it is decided.
    link: JuryLink | None
    #: Their own mark.
    mark: int | None
    #: The mean, once the meeting is closed, where enough marks were given.
    mean: Fraction | None


@dataclass(frozen=True)
class OwnSitting:
    """A meeting as one member sees it."""

    member_id: int
    present: bool
    items: Sequence[SeenItem]

    @property
    def to_mark(self) -> int:
        """Projects that the member has not marked yet."""
        return sum(each.link is None and each.mark is None and each.item.waits for each in self.items)


def own_sitting(meeting: ShownMeeting, account_id: int, language: str) -> OwnSitting | None:
    """A meeting for one of the members of its commission; None for anybody else. 6 statements at most."""
    member_id = db.session.execute(
        select(JuryMember.id).where(
            JuryMember.fund_id == meeting.fund_id,
            JuryMember.account_id == account_id,
            JuryMember.left_on.is_(None),
        )
    ).scalar()
    if member_id is None:
        return None
    present = db.session.execute(
        select(JuryPresence.member_id).where(
            JuryPresence.meeting_id == meeting.id, JuryPresence.member_id == member_id
        )
    ).first()
    items = agenda_of(meeting, account_id, language)
    links = links_of_projects(
        db.session(), meeting.fund_id, FundProject.id.in_([item.project_id for item in items])
    )
    hidden = projects_hidden(links, member_id)
    own = {each.project: each for each in links if each.member == member_id}
    seen = [item.id for item in items if item.project_id not in hidden]
    marks: dict[int, dict[int, int]] = {}
    # Before the meeting is closed, marks of others are not even read.
    asked = (
        (JuryMark.item_id.in_(seen),)
        if meeting.closed
        else (JuryMark.item_id.in_(seen), JuryMark.member_id == member_id)
    )
    for item_id, of_member, mark in db.session.execute(
        select(JuryMark.item_id, JuryMark.member_id, JuryMark.mark)
        .join(JuryItem, JuryItem.id == JuryMark.item_id)
        .where(*asked)
    ):
        marks.setdefault(item_id, {})[of_member] = mark
    return OwnSitting(
        member_id,
        present is not None,
        [
            SeenItem(
                item,
                own.get(item.project_id),
                marks.get(item.id, {}).get(member_id),
                shown_mean(marks.get(item.id, {}).values()) if meeting.closed else None,
            )
            for item in items
        ],
    )


def shown_mean(marks: Any) -> Fraction | None:
    """The mean of the marks of a closed meeting; None where so few were given that it tells what somebody thought."""
    given = list(marks)
    return Fraction(sum(given), len(given)) if len(given) >= LEAST_MARKS_SHOWN else None
