"""What pages read of answers, public and at the desk. Every function says what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, select

from cdv_civic.commitments.models import Commitment
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.public.queries.page import WantedPublic, publics_of
from cdv_civic.consultations.restitution.models import Restitution, RestitutionHeard, RestitutionPoint
from cdv_civic.consultations.restitution.rules import DONE, Fate, Heard, ReplyDraft, ReplyPoint, share_of
from cdv_civic.core import clock
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words, texts_in_all
from cdv_civic.participation.models import ParticipationLink
from cdv_civic.participation.rules.links import LinkKind, ThingKind
from cdv_civic.territory.models import Body, Commune, Contract


@dataclass(frozen=True)
class ShownPoint:
    """One thing that was said, and what becomes of it."""

    said: Words
    #: As its writers counted; pages show a round number.
    answers: int | None
    fate: Fate
    reason: Words | None


@dataclass(frozen=True)
class PublishedReply:
    """An answer as residents read it."""

    consultation_id: int
    slug: str
    contract: str
    title: Words
    organiser: str
    body_slug: str | None
    said: Words
    next_step: Words
    next_on: date | None
    signed: Words
    published_at: datetime
    corrected_at: datetime | None
    #: Until when it was due.
    due_on: date | None
    points: Sequence[ShownPoint]
    publics: Sequence[WantedPublic]

    @property
    def done(self) -> list[ShownPoint]:
        """« Nous faisons »."""
        return [point for point in self.points if point.fate in DONE]

    @property
    def not_done(self) -> list[ShownPoint]:
        """« Nous ne faisons pas, parce que »."""
        return [point for point in self.points if point.fate is Fate.REFUSED]

    @property
    def studied(self) -> list[ShownPoint]:
        """« Nous étudions encore »."""
        return [point for point in self.points if point.fate is Fate.STUDIED]

    @property
    def unreached(self) -> list[WantedPublic]:
        """The people who were not reached."""
        return [public for public in self.publics if public.reached is False]


def reply_of(slug: str, language: str, *, preview: bool = False) -> PublishedReply | None:
    """The answer to a consultation; None where it is not published (but for a `preview`). 3 statements."""
    title = Localized("title", Consultation.title_id, language)
    texts = {
        name: Localized(name, getattr(Restitution, f"{name}_id"), language)
        for name in ("said", "next", "signed")
    }
    columns: tuple[Any, ...] = (
        Consultation.id,
        Consultation.slug,
        Consultation.answer_due_on,
        Contract.slug.label("contract"),
        Contract.territory,
        Body.slug.label("body_slug"),
        Body.name.label("body"),
        Commune.name.label("commune"),
        Restitution.next_on,
        Restitution.published_at,
        Restitution.corrected_at,
        *title.columns,
        *(column for text in texts.values() for column in text.columns),
    )
    statement = (
        select(*columns)
        .join(Restitution, Restitution.consultation_id == Consultation.id)
        .join(Contract, Contract.id == Consultation.contract_id)
        .outerjoin(Body, Body.id == Consultation.body_id)
        .outerjoin(Commune, Commune.id == Consultation.commune_id)
        .where(
            Consultation.slug == slug,
            Consultation.published_at.is_not(None),
            Consultation.withdrawn_at.is_(None),
        )
    )
    if not preview:
        statement = statement.where(Restitution.published_at.is_not(None))
    statement = title.join(statement)
    for text in texts.values():
        statement = text.join(statement, optional=True)
    row = rows_of(statement).one_or_none()
    if row is None:
        return None
    nothing = Words("", language, translated=True)
    return PublishedReply(
        row.id,
        row.slug,
        row.contract,
        title.words(row),
        row.body or row.commune or row.territory,
        row.body_slug,
        texts["said"].words_or_none(row) or nothing,
        texts["next"].words_or_none(row) or nothing,
        row.next_on,
        texts["signed"].words_or_none(row) or nothing,
        row.published_at or clock.now(),
        row.corrected_at,
        row.answer_due_on,
        _points(row.id, language),
        publics_of(row.id, language),
    )


def _points(consultation_id: int, language: str) -> list[ShownPoint]:
    said = Localized("said", RestitutionPoint.said_id, language)
    reason = Localized("reason", RestitutionPoint.reason_id, language)
    statement = (
        select(RestitutionPoint.answers, RestitutionPoint.fate, *said.columns, *reason.columns)
        .where(RestitutionPoint.consultation_id == consultation_id)
        .order_by(RestitutionPoint.position, RestitutionPoint.id)
    )
    return [
        ShownPoint(said.words(row), row.answers, Fate(row.fate), reason.words_or_none(row))
        for row in rows_of(reason.join(said.join(statement), optional=True))
    ]


def heard_counts(consultation_id: int, before: date | None = None) -> dict[Heard, int]:
    """How many feel heard, by what they said; only until a day (excluded), where one is given. 1 statement."""
    statement = (
        select(RestitutionHeard.answer, func.sum(RestitutionHeard.taps))
        .where(RestitutionHeard.consultation_id == consultation_id)
        .group_by(RestitutionHeard.answer)
    )
    if before is not None:
        statement = statement.where(RestitutionHeard.day < before)
    return {Heard(answer): int(taps) for answer, taps in rows_of(statement)}


@dataclass(frozen=True)
class DeskPoint:
    """A point as its form holds it: texts by language."""

    said: Mapping[str, str]
    answers: int | None
    fate: Fate
    reason: Mapping[str, str]


@dataclass(frozen=True)
class DeskReply:
    """An answer at the desk, written or not."""

    consultation_id: int
    slug: str
    contract: str
    contract_id: int
    title: Words
    closes_at: datetime | None
    paper_until: datetime | None
    frozen_at: datetime | None
    answered_at: datetime | None
    due_on: date | None
    #: 0: nothing is written yet.
    version: int = 0
    published_at: datetime | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    next_step: Mapping[str, str] = field(default_factory=dict)
    next_on: date | None = None
    signed: Mapping[str, str] = field(default_factory=dict)
    points: Sequence[DeskPoint] = ()
    publics: Sequence[WantedPublic] = ()
    #: Codes of the commitments that came of it.
    commitments: Sequence[str] = ()

    @property
    def closed(self) -> bool:
        """Whether nothing comes in any more on the site, so that an answer can be written."""
        return self.closes_at is not None and self.closes_at <= clock.now()

    @property
    def draft(self) -> ReplyDraft:
        """The same for the rules."""
        return ReplyDraft(
            bool(self.said),
            bool(self.signed),
            bool(self.next_step),
            self.next_on,
            [ReplyPoint(each.fate, bool(each.said), bool(each.reason), each.answers) for each in self.points],
            {each.id: each.reached for each in self.publics},
        )

    @property
    def percent_retained(self) -> int:
        """How many points of a hundred are retained: what an indicator can be told."""
        return share_of(each.fate for each in self.points).percent


#: The links by which a consultation names what came of it.
_LED_TO: Final = (
    ParticipationLink.from_kind == ThingKind.CONSULTATION.value,
    ParticipationLink.kind == LinkKind.LED_TO.value,
    ParticipationLink.to_kind == ThingKind.COMMITMENT.value,
)


def commitments_led_to(consultation_id: int) -> dict[str, int]:
    """The commitments that came of a consultation, by code; 1 statement."""
    statement = (
        select(Commitment.code, Commitment.id)
        .join(ParticipationLink, ParticipationLink.to_id == Commitment.id)
        .where(*_LED_TO, ParticipationLink.from_id == consultation_id)
        .order_by(ParticipationLink.id)
    )
    return {row.code: row.id for row in db.session.execute(statement)}


def desk_reply(slug: str, language: str) -> DeskReply | None:
    """A published consultation and its answer for the desk; 7 statements."""
    title = Localized("title", Consultation.title_id, language)
    columns: tuple[Any, ...] = (
        Consultation.id,
        Consultation.slug,
        Consultation.contract_id,
        Contract.slug.label("contract"),
        Consultation.closes_at,
        Consultation.paper_until,
        Consultation.frozen_at,
        Consultation.answered_at,
        Consultation.answer_due_on,
        Restitution.version,
        Restitution.said_id,
        Restitution.next_id,
        Restitution.signed_id,
        Restitution.next_on,
        Restitution.published_at,
        *title.columns,
    )
    statement = (
        select(*columns)
        .outerjoin(Restitution, Restitution.consultation_id == Consultation.id)
        .join(Contract, Contract.id == Consultation.contract_id)
        .where(
            Consultation.slug == slug,
            Consultation.published_at.is_not(None),
            Consultation.withdrawn_at.is_(None),
        )
    )
    row = rows_of(title.join(statement)).one_or_none()
    if row is None:
        return None
    points = rows_of(
        select(
            RestitutionPoint.said_id,
            RestitutionPoint.reason_id,
            RestitutionPoint.answers,
            RestitutionPoint.fate,
        )
        .where(RestitutionPoint.consultation_id == row.id)
        .order_by(RestitutionPoint.position, RestitutionPoint.id)
    ).all()
    said, next_step, signed, *of_points = texts_in_all(
        row.said_id,
        row.next_id,
        row.signed_id,
        *(text_id for point in points for text_id in (point.said_id, point.reason_id)),
    )
    return DeskReply(
        row.id,
        row.slug,
        row.contract,
        row.contract_id,
        title.words(row),
        row.closes_at,
        row.paper_until,
        row.frozen_at,
        row.answered_at,
        row.answer_due_on,
        row.version or 0,
        row.published_at,
        said,
        next_step,
        row.next_on,
        signed,
        [
            DeskPoint(of_points[2 * at], point.answers, Fate(point.fate), of_points[2 * at + 1])
            for at, point in enumerate(points)
        ],
        publics_of(row.id, language),
        tuple(commitments_led_to(row.id)),
    )
