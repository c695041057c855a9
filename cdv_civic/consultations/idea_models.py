"""Tables that join consultations and boxes of ideas: a step that asks for some, a choice among groups, what it bore."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model


class ConsultationIdeaStep(Model):
    """The box in which a step of ideas takes them: of the same contract, and of one step alone."""

    __tablename__ = "consultation_idea_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_idea_step_step",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["consultation_id", "contract_id"],
            ["consultation.id", "consultation.contract_id"],
            name="fk_consultation_idea_step_consultation",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["box_id", "contract_id"],
            ["idea_box.id", "idea_box.contract_id"],
            name="fk_consultation_idea_step_box",
        ),
        UniqueConstraint("box_id"),
    )

    step_id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(index=True)
    box_id: Mapped[int]
    #: That of both.
    contract_id: Mapped[int]


class ConsultationIdeaChoice(Model):
    """A consultation in which residents choose among the retained groups of a box: one for a box."""

    __tablename__ = "consultation_idea_choice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["consultation_id", "contract_id"],
            ["consultation.id", "consultation.contract_id"],
            name="fk_consultation_idea_choice_consultation",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_idea_choice_question",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["box_id", "contract_id"],
            ["idea_box.id", "idea_box.contract_id"],
            name="fk_consultation_idea_choice_box",
        ),
        UniqueConstraint("box_id"),
        UniqueConstraint("question_id", "box_id"),
    )

    consultation_id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int]
    #: That which offers the groups.
    question_id: Mapped[int]
    #: That of both.
    contract_id: Mapped[int]


class ConsultationIdeaOption(Model):
    """The group that an option of a choice stands for."""

    __tablename__ = "consultation_idea_option"
    __table_args__ = (
        ForeignKeyConstraint(
            ["option_id", "question_id"],
            ["consultation_option.id", "consultation_option.question_id"],
            name="fk_consultation_idea_option_option",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["question_id", "box_id"],
            ["consultation_idea_choice.question_id", "consultation_idea_choice.box_id"],
            name="fk_consultation_idea_option_choice",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["group_id", "box_id"],
            ["idea_group.id", "idea_group.box_id"],
            name="fk_consultation_idea_option_group",
        ),
        UniqueConstraint("group_id"),
        Index("ix_consultation_idea_option_question", "question_id", "box_id"),
    )

    option_id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int]
    group_id: Mapped[int]
    box_id: Mapped[int]


class ConsultationIdeaAxis(Model):
    """A part of the contract that was born of a choice: its root, or one that stands for a group."""

    __tablename__ = "consultation_idea_axis"
    __table_args__ = (
        ForeignKeyConstraint(
            ["group_id", "box_id"],
            ["idea_group.id", "idea_group.box_id"],
            name="fk_consultation_idea_axis_group",
        ),
        ForeignKeyConstraint(
            ["axis_id", "contract_id"],
            ["axis.id", "axis.contract_id"],
            name="fk_consultation_idea_axis_axis",
        ),
        ForeignKeyConstraint(
            ["consultation_id", "contract_id"],
            ["consultation.id", "consultation.contract_id"],
            name="fk_consultation_idea_axis_consultation",
        ),
        CheckConstraint("(group_id IS NULL) = (box_id IS NULL)", name="group_of_a_box"),
        UniqueConstraint("group_id"),
        # Pressed twice, it is one tree.
        Index(
            "ix_consultation_idea_axis_root",
            "consultation_id",
            unique=True,
            sqlite_where=text("group_id IS NULL"),
            postgresql_where=text("group_id IS NULL"),
        ),
        Index("ix_consultation_idea_axis_consultation", "consultation_id", "group_id"),
    )

    axis_id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation_idea_choice.consultation_id"))
    #: None of the root.
    group_id: Mapped[int | None]
    box_id: Mapped[int | None]
    #: That of both.
    contract_id: Mapped[int]
