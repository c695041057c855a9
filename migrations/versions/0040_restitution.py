"""The answer to a consultation, its points, and how many feel heard by it."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

FATES = "'retenu', 'en_partie', 'deja_prevu', 'non_retenu', 'a_letude'"


def upgrade():
    op.create_table(
        "restitution",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("said_id", sa.Integer(), nullable=True),
        sa.Column("next_id", sa.Integer(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("signed_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_up_to", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "next_on IS NULL OR next_id IS NOT NULL", name=op.f("ck_restitution_next_step_in_words")
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR (said_id IS NOT NULL AND next_id IS NOT NULL AND signed_id IS NOT NULL)",
            name=op.f("ck_restitution_published_complete"),
        ),
        sa.CheckConstraint(
            "corrected_at IS NULL OR published_at IS NOT NULL",
            name=op.f("ck_restitution_corrected_once_published"),
        ),
        sa.CheckConstraint(
            "told_at IS NULL OR published_at IS NOT NULL", name=op.f("ck_restitution_told_once_published")
        ),
        sa.CheckConstraint("told_up_to >= 0", name=op.f("ck_restitution_told_up_to")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_restitution_version")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_restitution_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["said_id"], ["localized_text.id"], name=op.f("fk_restitution_said_id")),
        sa.ForeignKeyConstraint(["next_id"], ["localized_text.id"], name=op.f("fk_restitution_next_id")),
        sa.ForeignKeyConstraint(["signed_id"], ["localized_text.id"], name=op.f("fk_restitution_signed_id")),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_restitution")),
        sa.UniqueConstraint("said_id", name=op.f("uq_restitution_said_id")),
        sa.UniqueConstraint("next_id", name=op.f("uq_restitution_next_id")),
        sa.UniqueConstraint("signed_id", name=op.f("uq_restitution_signed_id")),
    )
    op.create_table(
        "restitution_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("said_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"fate IN ({FATES})", name=op.f("ck_restitution_point_fate")),
        sa.CheckConstraint(
            "fate = 'retenu' OR reason_id IS NOT NULL",
            name=op.f("ck_restitution_point_not_done_with_a_reason"),
        ),
        sa.CheckConstraint("answers >= 1", name=op.f("ck_restitution_point_answers")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["restitution.consultation_id"],
            name=op.f("fk_restitution_point_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["said_id"], ["localized_text.id"], name=op.f("fk_restitution_point_said_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["localized_text.id"], name=op.f("fk_restitution_point_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restitution_point")),
        sa.UniqueConstraint("said_id", name=op.f("uq_restitution_point_said_id")),
        sa.UniqueConstraint("reason_id", name=op.f("uq_restitution_point_reason_id")),
    )
    op.create_index("ix_restitution_point_order", "restitution_point", ["consultation_id", "position"])
    op.create_table(
        "restitution_heard",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("taps", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer IN ('oui', 'en_partie', 'non')", name=op.f("ck_restitution_heard_answer")),
        sa.CheckConstraint("taps >= 1", name=op.f("ck_restitution_heard_taps")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["restitution.consultation_id"],
            name=op.f("fk_restitution_heard_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "day", "answer", name=op.f("pk_restitution_heard")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "restitution_reminder",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days_before >= 0", name=op.f("ck_restitution_reminder_days_before")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_restitution_reminder_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "consultation_id", "due_on", "days_before", name=op.f("pk_restitution_reminder")
        ),
        sqlite_with_rowid=False,
    )


def downgrade():
    for table in ("restitution_reminder", "restitution_heard", "restitution_point", "restitution"):
        op.drop_table(table)
    # Nothing names them any more.
    op.execute(
        "DELETE FROM translation WHERE text_id IN (SELECT id FROM localized_text"
        " WHERE owner_kind IN ('restitution', 'restitution_point'))"
    )
    op.execute("DELETE FROM localized_text WHERE owner_kind IN ('restitution', 'restitution_point')")
