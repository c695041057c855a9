"""Consultations that are prolonged, and texts of theirs that two people correct."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade():
    op.create_table(
        "consultation_prolongation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("closes_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paper_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("due_after", sa.Date(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("closes_after >= closes_before", name=op.f("ck_consultation_prolongation_longer")),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["account.id"],
            name=op.f("fk_consultation_prolongation_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_prolongation_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["localized_text.id"], name=op.f("fk_consultation_prolongation_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_prolongation")),
        sa.UniqueConstraint("reason_id", name=op.f("uq_consultation_prolongation_reason_id")),
    )
    op.create_index(
        "ix_consultation_prolongation_order", "consultation_prolongation", ["consultation_id", "id"]
    )
    op.create_index(op.f("ix_consultation_prolongation_by_id"), "consultation_prolongation", ["by_id"])
    op.create_table(
        "consultation_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "owner_kind IN ('consultation', 'consultation_step', 'consultation_question',"
            " 'consultation_option')",
            name=op.f("ck_consultation_correction_owner_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'refused')", name=op.f("ck_consultation_correction_state")
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("ck_consultation_correction_two_people")),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)",
            name=op.f("ck_consultation_correction_decided_at_a_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_correction_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["account.id"],
            name=op.f("fk_consultation_correction_decided_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["account.id"],
            name=op.f("fk_consultation_correction_proposed_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["localized_text.id"], name=op.f("fk_consultation_correction_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_correction")),
        sa.UniqueConstraint("reason_id", name=op.f("uq_consultation_correction_reason_id")),
    )
    op.create_index(
        "ix_consultation_correction_order", "consultation_correction", ["consultation_id", "state", "id"]
    )
    op.create_index("ix_consultation_correction_waiting", "consultation_correction", ["state", "proposed_by"])
    for column in ("decided_by", "proposed_by"):
        op.create_index(op.f(f"ix_consultation_correction_{column}"), "consultation_correction", [column])


def downgrade():
    for table in ("consultation_correction", "consultation_prolongation"):
        op.drop_table(table)
        # Nothing names them any more.
        op.execute(
            "DELETE FROM translation WHERE text_id IN"
            f" (SELECT id FROM localized_text WHERE owner_kind = '{table}')"
        )
        op.execute(f"DELETE FROM localized_text WHERE owner_kind = '{table}'")
