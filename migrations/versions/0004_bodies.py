"""The life of the bodies: their state, how to reach and join them, their meetings and permanences."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_table(
        "body_life",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("joining_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('actif', 'a_relancer', 'en_sommeil')", name=op.f("ck_body_life_state")),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_body_life_body_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["localized_text.id"], name=op.f("fk_body_life_contact_id")),
        sa.ForeignKeyConstraint(["joining_id"], ["localized_text.id"], name=op.f("fk_body_life_joining_id")),
        sa.PrimaryKeyConstraint("body_id", name=op.f("pk_body_life")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_body_life_contact_id")),
        sa.UniqueConstraint("joining_id", name=op.f("uq_body_life_joining_id")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("sentence_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("recurrence", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("childcare", sa.Boolean(), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("spoken", sa.JSON(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason_id", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('meeting', 'permanence')", name=op.f("ck_meeting_kind")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_ends_after_it_starts")),
        sa.CheckConstraint(
            "second_ends_at > second_starts_at", name=op.f("ck_meeting_second_ends_after_it_starts")
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_reason_id IS NULL)",
            name=op.f("ck_meeting_cancelled_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_meeting_body_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["title_id"], ["localized_text.id"], name=op.f("fk_meeting_title_id")),
        sa.ForeignKeyConstraint(["sentence_id"], ["localized_text.id"], name=op.f("fk_meeting_sentence_id")),
        sa.ForeignKeyConstraint(
            ["cancelled_reason_id"], ["localized_text.id"], name=op.f("fk_meeting_cancelled_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
        sa.UniqueConstraint("title_id", name=op.f("uq_meeting_title_id")),
        sa.UniqueConstraint("sentence_id", name=op.f("uq_meeting_sentence_id")),
        sa.UniqueConstraint("cancelled_reason_id", name=op.f("uq_meeting_cancelled_reason_id")),
    )
    op.create_index(op.f("ix_meeting_body_id"), "meeting", ["body_id"])


def downgrade():
    op.drop_table("meeting")
    op.drop_table("body_life")
