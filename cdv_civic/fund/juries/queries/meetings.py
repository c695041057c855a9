"""One meeting of a commission: its agenda, who is there and linked to what, the money that is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.fund.juries.queries.funds import is_waiting
from cdv_civic.fund.linked import carried_by, links_of_projects
from cdv_civic.fund.models.choosing import (
    JuryItem,
    JuryMark,
    JuryMeeting,
    JuryMember,
    JuryPresence,
    ProjectOpinion,
)
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.project_reading import carrier_words
from cdv_civic.fund.rules.fund_rules import FundRules, from_data
from cdv_civic.fund.rules.juries import (
    JuryLink,
    JuryMethod,
    PendingGrant,
    left_pending,
    mean_mark,
    members_aside,
    taking_part,
)
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.territory.models import Quartier


@dataclass(frozen=True)
class ShownMeeting:
    """A meeting, as all its pages know it."""

    id: int
    fund_id: int
    fund_slug: str
    fund: Words
    #: Where else to ask, as the fund says it with each refusal.
    elsewhere_id: int | None
    contract_id: int
    commune_id: int | None
    owner_id: int | None
    round_id: int
    round_slug: str
    round: Words
    rules: FundRules
    opinion_asked: bool
    personal: bool
    year: int
    starts_at: datetime
    place: str
    method: str
    quorum: int | None
    closed: bool
    published: bool
    version: int

    @property
    def day(self) -> date:
        """The day on which it is held, where the territory lives."""
        return self.starts_at.astimezone(clock.zone()).date()

    @property
    def by_marks(self) -> bool:
        """Whether members mark projects."""
        return self.method == JuryMethod.MARKS.value


def meeting_at(meeting_id: int, language: str) -> ShownMeeting | None:
    """A meeting; 1 statement."""
    fund, title = (
        Localized("fund_name", Fund.name_id, language),
        Localized("round_title", FundRound.title_id, language),
    )
    statement: Any = (
        select(
            JuryMeeting,
            Fund.slug.label("fund_slug"),
            Fund.elsewhere_id,
            Fund.contract_id,
            Fund.commune_id,
            Fund.owner_id,
            FundRound.slug.label("round_slug"),
            FundRound.rules,
            FundRound.opinion_asked,
            FundRound.personal,
            FundRound.year,
            *fund.columns,
            *title.columns,
        )
        .join(FundRound, FundRound.id == JuryMeeting.round_id)
        .join(Fund, Fund.id == JuryMeeting.fund_id)
        .where(JuryMeeting.id == meeting_id)
    )
    found = db.session.execute(
        title.join(fund.join(statement)), execution_options={"populate_existing": True}
    ).first()
    if found is None:
        return None
    row: JuryMeeting = found[0]
    return ShownMeeting(
        row.id,
        row.fund_id,
        found.fund_slug,
        fund.words(found),
        found.elsewhere_id,
        found.contract_id,
        found.commune_id,
        found.owner_id,
        row.round_id,
        found.round_slug,
        title.words(found),
        from_data(found.rules),
        found.opinion_asked,
        found.personal,
        found.year,
        row.starts_at,
        row.place,
        row.method,
        row.quorum,
        row.closed_at is not None,
        row.minutes_at is not None,
        row.version,
    )


@dataclass(frozen=True)
class AgendaItem:
    """A project on an agenda."""

    id: int
    project_id: int
    number: int
    title: str
    lang: str | None
    carrier: Any
    asked_cents: int
    project_envelope_id: int | None
    #: Whether it still waits for a choice.
    waits: bool
    #: Whether an opinion that the rules ask for is there, or none is asked.
    judged: bool
    #: Whether the reader carries it.
    carried: bool
    heard: bool
    yes: int | None
    no: int | None
    taking_part: int | None
    aside: int | None
    outcome: str | None
    amount_cents: int | None
    envelope_id: int | None
    reason_id: int | None
    reason: Words | None
    elsewhere_id: int | None
    version: int


def agenda_of(meeting: ShownMeeting, account_id: int | None, language: str) -> list[AgendaItem]:
    """The projects of a meeting, in the order in which they are heard; 1 statement."""
    reason = Localized("reason", JuryItem.reason_id, language)
    judged = select(ProjectOpinion.id).where(ProjectOpinion.project_id == FundProject.id).exists()
    statement: Any = (
        select(
            JuryItem,
            FundProject.number,
            FundProject.title,
            FundProject.lang,
            FundProject.carrier_name,
            FundProject.signed,
            FundProject.carrier_kind,
            FundProject.asked_cents,
            FundProject.envelope_id.label("project_envelope_id"),
            FundProject.state,
            judged.label("judged"),
            carried_by(account_id).label("carried"),
            *reason.columns,
        )
        .join(FundProject, FundProject.id == JuryItem.project_id)
        .where(JuryItem.meeting_id == meeting.id)
        .order_by(JuryItem.position)
    )
    rows = db.session.execute(
        reason.join(statement, optional=True), execution_options={"populate_existing": True}
    )
    return [_item(row, reason, meeting) for row in rows]


def _item(row: Any, reason: Localized, meeting: ShownMeeting) -> AgendaItem:
    item: JuryItem = row[0]
    return AgendaItem(
        item.id,
        item.project_id,
        row.number,
        row.title,
        row.lang,
        carrier_words(row),
        row.asked_cents,
        row.project_envelope_id,
        row.state == ProjectState.IN_CHOICE.value,
        bool(row.judged) or not meeting.opinion_asked,
        bool(row.carried),
        item.heard,
        item.yes,
        item.no,
        item.taking_part,
        item.aside,
        item.outcome,
        item.amount_cents,
        item.envelope_id,
        item.reason_id,
        reason.words_or_none(row),
        item.elsewhere_id,
        item.version,
    )


@dataclass(frozen=True)
class SeatedMember:
    """A member of the commission, at one meeting."""

    id: int
    name: str
    side: str
    represents: str
    account_id: int | None
    present: bool


@dataclass(frozen=True)
class EnvelopeLeft:
    """An envelope of the round's year, with what would be left once the meeting is closed."""

    id: int
    scope: str
    quartier: str | None
    cents: int
    left_cents: int
    left_pending_cents: int


@dataclass(frozen=True)
class MeetingBook:
    """All that the secretary's page of a meeting shows."""

    meeting: ShownMeeting
    items: Sequence[AgendaItem]
    members: Sequence[SeatedMember]
    links: frozenset[JuryLink]
    #: Marks by item and member: what is shown of them is `mean` and `marked`.
    marks: Mapping[int, Mapping[int, int]]
    envelopes: Sequence[EnvelopeLeft]
    #: Whose page it is: of projects that they are linked to, they see no marks.
    reader: int | None

    @property
    def present(self) -> frozenset[int]:
        """Ids of the members who are there."""
        return frozenset(each.id for each in self.members if each.present)

    def taking_part(self, item: AgendaItem) -> int:
        """How many members take part in the decision on a project, as things stand."""
        return len(taking_part(self.present, self.links, item.project_id))

    def aside(self, item: AgendaItem) -> Sequence[tuple[SeatedMember, str]]:
        """Members who stand aside for a project, with the kind of their link."""
        kinds = {each.member: each.kind.value for each in self.links if each.project == item.project_id}
        return [(each, kinds[each.id]) for each in self.members if each.id in kinds]

    def is_aside(self, item: AgendaItem) -> bool:
        """Whether the reader is linked to a project: they see nothing of its marks, and do not enter its decision."""
        aside = members_aside(self.links, item.project_id)
        own = {
            each.id for each in self.members if each.account_id is not None and each.account_id == self.reader
        }
        return item.carried or bool(aside & own)

    def mean(self, item: AgendaItem) -> Fraction | None:
        """The mean of the marks of those who take part; None where there is none, or the reader is linked to it."""
        if self.is_aside(item):
            return None
        return mean_mark(self.marks.get(item.id, {}), self._counted(item))

    def marked(self, item: AgendaItem) -> int:
        """How many of those who take part have marked a project."""
        return len(self._counted(item) & self.marks.get(item.id, {}).keys())

    def _counted(self, item: AgendaItem) -> frozenset[int]:
        """Those whose marks count; once the meeting is closed, only these marks are left."""
        if self.meeting.closed:
            return frozenset(self.marks.get(item.id, {}))
        return taking_part(self.present, self.links, item.project_id)


def envelopes_left(meeting: ShownMeeting, items: Sequence[AgendaItem]) -> list[EnvelopeLeft]:
    """The envelopes that a meeting spends, with what its decisions so far would leave; 1 statement."""
    rows = db.session.execute(
        select(FundEnvelope, Quartier.name)
        .outerjoin(Quartier, Quartier.id == FundEnvelope.quartier_id)
        .where(FundEnvelope.fund_id == meeting.fund_id, FundEnvelope.year == meeting.year)
        .order_by(FundEnvelope.scope, Quartier.name, FundEnvelope.id),
        execution_options={"populate_existing": True},
    ).all()
    left = {row.id: row.cents - row.reserved_cents for row, _name in rows}
    pending = [
        PendingGrant(item.id, item.envelope_id, item.amount_cents)
        for item in items
        if item.envelope_id is not None and item.amount_cents is not None and not meeting.closed
    ]
    after = left_pending(left, pending)
    return [
        EnvelopeLeft(row.id, row.scope, name, row.cents, left[row.id], after[row.id]) for row, name in rows
    ]


def book_of(meeting: ShownMeeting, account_id: int | None, language: str) -> MeetingBook:
    """A meeting for its secretary; 6 statements."""
    items = agenda_of(meeting, account_id, language)
    present = select(JuryPresence.member_id).where(JuryPresence.meeting_id == meeting.id)
    members = db.session.execute(
        select(
            JuryMember.id,
            JuryMember.name,
            JuryMember.side,
            JuryMember.represents,
            JuryMember.account_id,
            JuryMember.id.in_(present).label("present"),
        )
        .where(
            JuryMember.fund_id == meeting.fund_id,
            JuryMember.left_on.is_(None) | JuryMember.id.in_(present),
        )
        .order_by(JuryMember.side, JuryMember.name, JuryMember.id)
    )
    marks: dict[int, dict[int, int]] = {}
    rows = db.session.execute(
        select(JuryMark.item_id, JuryMark.member_id, JuryMark.mark)
        .join(JuryItem, JuryItem.id == JuryMark.item_id)
        .where(JuryItem.meeting_id == meeting.id)
    )
    for item_id, member_id, mark in rows:
        marks.setdefault(item_id, {})[member_id] = mark
    return MeetingBook(
        meeting,
        items,
        [SeatedMember(*row) for row in members],
        links_of_projects(
            db.session(), meeting.fund_id, FundProject.id.in_([item.project_id for item in items])
        ),
        marks,
        envelopes_left(meeting, items),
        account_id,
    )


def waiting_for(meeting: ShownMeeting) -> int:
    """How many projects of the round wait for a choice, and are on no open agenda; 1 statement."""
    return db.session.execute(
        select(func.count())
        .select_from(FundProject)
        .where(FundProject.round_id == meeting.round_id, is_waiting())
    ).scalar_one()
