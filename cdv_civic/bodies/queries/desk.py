"""What the desk reads: a body and a meeting with their texts in all languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from cdv_civic.bodies.models import (
    BodyLife,
    BodyPublication,
    Decision,
    Meeting,
    MeetingException,
    PublicationFile,
    slots_in,
)
from cdv_civic.bodies.queries.events import MeetingFacts, facts_in
from cdv_civic.bodies.rules import RESTORED, Exceptions
from cdv_civic.core.db import db
from cdv_civic.core.localized import LocalizedText, texts_in_all
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.vocabulary import BODY_KINDS, RESIDENTS_BODY_KINDS, CodedTerm


@dataclass(frozen=True)
class DeskBody:
    """A body as staff see it. Texts are by language tag."""

    id: int
    slug: str
    name: str
    kind: CodedTerm
    contract_id: int
    contract: str
    contract_title: str
    active: bool | None
    #: A note of the imported document, for staff only.
    rules: str | None
    state: str | None
    version: int
    contact: Mapping[str, str]
    joining: Mapping[str, str]

    @property
    def residents(self) -> bool:
        """Whether its meetings are public."""
        return self.kind.code in RESIDENTS_BODY_KINDS


@dataclass(frozen=True, kw_only=True)
class DeskMeeting(MeetingFacts):
    """A meeting as staff see it. Texts are by language tag."""

    kind: str
    title: Mapping[str, str]
    sentence: Mapping[str, str]


@dataclass(frozen=True)
class DeskDecision:
    """One thing that was decided. Its sentence is by language tag."""

    sentence: Mapping[str, str]
    who: str | None
    by_day: date | None


@dataclass(frozen=True)
class DeskPublication:
    """A publication as staff see it. Texts are by language tag."""

    id: int
    kind: str
    title: Mapping[str, str]
    summary: Mapping[str, str]
    said_on: date
    meeting_id: int | None
    meeting_day: date | None
    version: int
    withdrawn: bool
    decisions: tuple[DeskDecision, ...]
    #: Those that are shown: id and caption.
    files: tuple[tuple[int, str], ...]


def desk_body(body_id: int) -> DeskBody | None:
    """A body by its id; 3 statements."""
    row = db.session.execute(
        select(
            Body.id,
            Body.slug,
            Body.name,
            Body.kind,
            Body.contract_id,
            Contract.slug.label("contract"),
            Contract.short_title,
            Body.active,
            Body.rules,
            BodyLife.state,
            BodyLife.version,
            BodyLife.contact_id,
            BodyLife.joining_id,
        )
        .join(Contract, Contract.id == Body.contract_id)
        .outerjoin(BodyLife, BodyLife.body_id == Body.id)
        .where(Body.id == body_id)
    ).one_or_none()
    if row is None:
        return None
    contact, joining = texts_in_all(row.contact_id, row.joining_id)
    return DeskBody(
        row.id,
        row.slug,
        row.name,
        BODY_KINDS[row.kind],
        row.contract_id,
        row.contract,
        row.short_title,
        row.active,
        row.rules,
        row.state,
        row.version or 0,
        contact,
        joining,
    )


def desk_meeting(body_id: int, meeting_id: int) -> DeskMeeting | None:
    """A meeting of a body; 3 statements."""
    meeting = db.session.execute(
        select(Meeting).where(Meeting.id == meeting_id, Meeting.body_id == body_id),
        execution_options={"populate_existing": True},
    ).scalar()
    if meeting is None:
        return None
    title, sentence = texts_in_all(meeting.title_id, meeting.sentence_id)
    return DeskMeeting(**facts_in(meeting), kind=meeting.kind, title=title, sentence=sentence)


def exceptions_of(meeting_id: int) -> Exceptions:
    """The dates of a meeting that are cancelled or moved; 1 statement."""
    rows = db.session.execute(
        select(MeetingException).where(
            MeetingException.meeting_id == meeting_id, MeetingException.state != RESTORED
        ),
        execution_options={"populate_existing": True},
    ).scalars()
    return {row.day: slots_in(row) or None for row in rows}


def desk_publication(body_id: int, publication_id: int) -> DeskPublication | None:
    """A publication of a body; 5 statements."""
    row = db.session.execute(
        select(BodyPublication).where(
            BodyPublication.id == publication_id, BodyPublication.body_id == body_id
        ),
        execution_options={"populate_existing": True},
    ).scalar()
    if row is None:
        return None
    decisions = db.session.execute(
        select(Decision.sentence_id, Decision.who, Decision.by_day)
        .where(Decision.publication_id == publication_id)
        .order_by(Decision.position)
    ).all()
    files = db.session.execute(
        select(PublicationFile.id, LocalizedText.original)
        .join(LocalizedText, LocalizedText.id == PublicationFile.caption_id)
        .where(PublicationFile.publication_id == publication_id, PublicationFile.hidden_at.is_(None))
        .order_by(PublicationFile.position)
    ).all()
    title, summary, *sentences = texts_in_all(
        row.title_id, row.summary_id, *(each.sentence_id for each in decisions)
    )
    return DeskPublication(
        row.id,
        row.kind,
        title,
        summary,
        row.said_on,
        row.meeting_id,
        row.meeting_day,
        row.version,
        row.withdrawn_at is not None,
        tuple(
            DeskDecision(sentence, each.who, each.by_day)
            for sentence, each in zip(sentences, decisions, strict=True)
        ),
        tuple((each.id, each.original) for each in files),
    )
