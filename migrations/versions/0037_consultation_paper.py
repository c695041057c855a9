"""Sheets of paper: batches with their numbers, sheets that are not counted, first entries, and photos of sheets."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0035"


def upgrade():
    op.create_table(
        "consultation_sheet_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "first = COALESCE(after, 0) + 1", name=op.f("ck_consultation_sheet_batch_follows")
        ),
        sa.CheckConstraint(
            "last >= first AND last - first < 500", name=op.f("ck_consultation_sheet_batch_size")
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id", "after"],
            ["consultation_sheet_batch.consultation_id", "consultation_sheet_batch.last"],
            name="fk_consultation_sheet_batch_after",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_sheet_batch_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["printed_by"],
            ["account.id"],
            name=op.f("fk_consultation_sheet_batch_printed_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_sheet_batch")),
        sa.UniqueConstraint("client_key", name=op.f("uq_consultation_sheet_batch_client_key")),
        sa.UniqueConstraint(
            "consultation_id", "first", name=op.f("uq_consultation_sheet_batch_consultation_id_first")
        ),
        sa.UniqueConstraint(
            "consultation_id", "last", name=op.f("uq_consultation_sheet_batch_consultation_id_last")
        ),
    )
    op.create_index(
        op.f("ix_consultation_sheet_batch_printed_by"), "consultation_sheet_batch", ["printed_by"]
    )

    op.create_table(
        "consultation_sheet_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("sheet_number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_consultation_sheet_entry_place")),
        sa.CheckConstraint("sheet_number >= 1", name=op.f("ck_consultation_sheet_entry_sheet_number")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_sheet_entry_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
            name=op.f("fk_consultation_sheet_entry_entered_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_sheet_entry")),
        sa.UniqueConstraint("client_key", name=op.f("uq_consultation_sheet_entry_client_key")),
        sa.UniqueConstraint(
            "consultation_id", "sheet_number", "entered_by", name="uq_consultation_sheet_entry_person"
        ),
        sa.UniqueConstraint(
            "consultation_id", "sheet_number", "place", name="uq_consultation_sheet_entry_place"
        ),
    )
    op.create_index(
        op.f("ix_consultation_sheet_entry_entered_by"), "consultation_sheet_entry", ["entered_by"]
    )

    op.create_table(
        "consultation_void_sheet",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('vide', 'abimee', 'perdue', 'double', 'retiree')",
            name=op.f("ck_consultation_void_sheet_reason"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_consultation_void_sheet_number")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_void_sheet_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["voided_by"],
            ["account.id"],
            name=op.f("fk_consultation_void_sheet_voided_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "number", name=op.f("pk_consultation_void_sheet")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_consultation_void_sheet_voided_by"), "consultation_void_sheet", ["voided_by"])

    op.create_table(
        "consultation_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("sheet_number", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by"], ["account.id"], name=op.f("fk_consultation_evidence_added_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_evidence_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_consultation_evidence_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_evidence")),
        sa.UniqueConstraint("file_id", name=op.f("uq_consultation_evidence_file_id")),
    )
    op.create_index(op.f("ix_consultation_evidence_added_by"), "consultation_evidence", ["added_by"])
    op.create_index(
        op.f("ix_consultation_evidence_consultation_id"), "consultation_evidence", ["consultation_id"]
    )


def downgrade():
    # What ran before knows no such files: without their rows they go with those that nobody names.
    files = op.get_bind().execute(sa.text("SELECT file_id FROM consultation_evidence")).scalars().all()
    for table in (
        "consultation_evidence",
        "consultation_void_sheet",
        "consultation_sheet_entry",
        "consultation_sheet_batch",
    ):
        op.drop_table(table)
    stored_file = sa.table("stored_file", sa.column("id"))
    op.execute(sa.delete(stored_file).where(stored_file.c.id.in_(files)))
