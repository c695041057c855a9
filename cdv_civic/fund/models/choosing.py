"""Who advises and who chooses: opinions of bodies, and commissions with their members, meetings and marks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Cents, Model
from cdv_civic.fund.rules.juries import MOST_MARK, JuryLinkKind, JuryMethod, JuryOutcome, JurySide
from cdv_civic.fund.rules.opinions import OpinionStance
from cdv_civic.territory.models import one_of


class ProjectOpinion(Model):
    """The reasoned opinion of a body on a project; everybody reads it with the decision."""

    __tablename__ = "fund_project_opinion"
    __table_args__ = (
        one_of("stance", OpinionStance),
        CheckConstraint("version > 0", name="version"),
        UniqueConstraint("project_id", "body_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("fund_project.id", ondelete="CASCADE"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    stance: Mapped[str]
    reasons_id: Mapped[int] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    #: The day on which the body said it.
    given_on: Mapped[date]
    #: Members who were there and took no part, being linked to the project: a number, no names.
    aside: Mapped[int] = mapped_column(default=0)
    entered_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    client_key: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]


class JuryMember(Model):
    """Somebody who sits in the commission of a fund."""

    __tablename__ = "fund_jury_member"
    __table_args__ = (
        one_of("side", JurySide),
        CheckConstraint("left_on >= since_on", name="left_after_coming"),
        UniqueConstraint("id", "fund_id"),
        # One seat for an account in a commission.
        Index(
            "ix_fund_jury_member_account",
            "fund_id",
            "account_id",
            unique=True,
            sqlite_where=text("left_on IS NULL AND account_id IS NOT NULL"),
            postgresql_where=text("left_on IS NULL AND account_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    #: For the desk and the commission; minutes count members by side. Empty once the person was forgotten.
    name: Mapped[str]
    side: Mapped[str]
    #: Whom they speak for, as read by everybody: a service, an association; empty for residents.
    represents: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    #: The body that sent them: where it carries a project, they take no part.
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    since_on: Mapped[date]
    left_on: Mapped[date | None]
    client_key: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]


class JuryMeeting(Model):
    """A meeting of a commission, on projects of one round."""

    __tablename__ = "fund_jury_meeting"
    __table_args__ = (
        one_of("method", JuryMethod),
        CheckConstraint("quorum > 0", name="quorum"),
        CheckConstraint("minutes_at IS NULL OR closed_at IS NOT NULL", name="minutes_once_closed"),
        CheckConstraint("version > 0", name="version"),
        UniqueConstraint("id", "round_id"),
        ForeignKeyConstraint(
            ["round_id", "fund_id"],
            ["fund_round.id", "fund_round.fund_id"],
            name="fk_fund_jury_meeting_round",
        ),
        UniqueConstraint("id", "fund_id"),
        Index("ix_fund_jury_meeting_round", "round_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int]
    round_id: Mapped[int]
    starts_at: Mapped[datetime]
    place: Mapped[str]
    method: Mapped[str]
    #: Members who take part, at least, in each decision; None: no quorum.
    quorum: Mapped[int | None]
    #: When its decisions were entered for good: nothing of it changes any more, nor who was there, nor any mark.
    closed_at: Mapped[datetime | None]
    #: When everybody could read its minutes.
    minutes_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    client_key: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]


class JuryPresence(Model):
    """A member is there."""

    __tablename__ = "fund_jury_presence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["meeting_id", "fund_id"],
            ["fund_jury_meeting.id", "fund_jury_meeting.fund_id"],
            name="fk_fund_jury_presence_meeting",
        ),
        ForeignKeyConstraint(
            ["member_id", "fund_id"],
            ["fund_jury_member.id", "fund_jury_member.fund_id"],
            name="fk_fund_jury_presence_member",
        ),
    )

    meeting_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    fund_id: Mapped[int]


class JuryConflict(Model):
    """A member is linked to a project: they neither see its marks nor take part."""

    __tablename__ = "fund_jury_conflict"
    __table_args__ = (one_of("kind", JuryLinkKind),)

    member_id: Mapped[int] = mapped_column(ForeignKey("fund_jury_member.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("fund_project.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    kind: Mapped[str]
    noted_at: Mapped[datetime]


class JuryItem(Model):
    """A project on the agenda of a meeting, and what came of it."""

    __tablename__ = "fund_jury_item"
    __table_args__ = (
        one_of("outcome", JuryOutcome),
        CheckConstraint(
            "yes >= 0 AND no >= 0 AND taking_part >= 0 AND yes + no <= taking_part", name="hands"
        ),
        CheckConstraint("(outcome IS NULL) = (taking_part IS NULL)", name="counted_with_its_outcome"),
        CheckConstraint("(coalesce(outcome, '') = 'selected') = (amount_cents IS NOT NULL)", name="amount"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        CheckConstraint("(amount_cents IS NULL) = (envelope_id IS NULL)", name="amount_of_an_envelope"),
        UniqueConstraint("meeting_id", "project_id"),
        UniqueConstraint("meeting_id", "position"),
        ForeignKeyConstraint(
            ["meeting_id", "round_id"],
            ["fund_jury_meeting.id", "fund_jury_meeting.round_id"],
            name="fk_fund_jury_item_meeting",
        ),
        ForeignKeyConstraint(
            ["project_id", "round_id"],
            ["fund_project.id", "fund_project.round_id"],
            name="fk_fund_jury_item_project",
            ondelete="CASCADE",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int]
    meeting_id: Mapped[int]
    project_id: Mapped[int] = mapped_column(index=True)
    #: The order in which carriers are heard, from 1.
    position: Mapped[int]
    #: Whether its carrier came and spoke.
    heard: Mapped[bool]
    yes: Mapped[int | None]
    no: Mapped[int | None]
    #: Members who were there and not linked to it, as it was decided; and those who stood aside.
    taking_part: Mapped[int | None]
    aside: Mapped[int | None]
    outcome: Mapped[str | None]
    amount_cents: Mapped[int | None] = mapped_column(Cents)
    #: Where the money is to come from, once the meeting is closed.
    envelope_id: Mapped[int | None] = mapped_column(ForeignKey("fund_envelope.id"), index=True)
    #: Why, in plain words; with a refusal where else to ask.
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    elsewhere_id: Mapped[int | None] = mapped_column(ForeignKey("localized_text.id"), unique=True)
    version: Mapped[int]


class JuryMark(Model):
    """What one member thinks a project is worth, from 0 on. Others see the mean alone, once all is decided."""

    __tablename__ = "fund_jury_mark"
    __table_args__ = (CheckConstraint(f"mark BETWEEN 0 AND {MOST_MARK}", name="mark"),)

    item_id: Mapped[int] = mapped_column(
        ForeignKey("fund_jury_item.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("fund_jury_member.id"), primary_key=True, index=True)
    mark: Mapped[int]
