"""Personal cards: batches, cards, and the sheets that are about to be printed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

NOT_REVOKED = sa.text("revoked_at IS NULL")


def upgrade():
    op.create_table(
        "card_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quartier_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("handed_out_by", sa.Text(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("replacement", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity BETWEEN 1 AND 500", name=op.f("ck_card_batch_quantity")),
        sa.CheckConstraint("length(purpose) <= 200", name=op.f("ck_card_batch_purpose")),
        sa.CheckConstraint("length(handed_out_by) <= 80", name=op.f("ck_card_batch_handed_out_by")),
        sa.ForeignKeyConstraint(["quartier_id"], ["quartier.id"], name=op.f("fk_card_batch_quartier_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_card_batch_body_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_card_batch_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_batch")),
    )
    op.create_index(op.f("ix_card_batch_quartier_id"), "card_batch", ["quartier_id"])
    op.create_index(op.f("ix_card_batch_body_id"), "card_batch", ["body_id"])
    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("first_used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "revoked_reason IN ('lost', 'seen', 'damaged', 'erased')", name=op.f("ck_card_revoked_reason")
        ),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name=op.f("ck_card_revoked")),
        sa.ForeignKeyConstraint(["batch_id"], ["card_batch.id"], name=op.f("fk_card_batch_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_card_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["replaced_by"], ["card.id"], name=op.f("fk_card_replaced_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_card_batch_id_position")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_card_code_hash")),
        sa.UniqueConstraint("replaced_by", name=op.f("uq_card_replaced_by")),
    )
    op.create_index(op.f("ix_card_account_id"), "card", ["account_id"])
    op.create_index(
        "uq_card_of_account",
        "card",
        ["account_id"],
        unique=True,
        sqlite_where=NOT_REVOKED,
        postgresql_where=NOT_REVOKED,
    )
    op.create_table(
        "card_sheet",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("erase_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["card_batch.id"], name=op.f("fk_card_sheet_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_card_sheet")),
    )
    op.create_index(op.f("ix_card_sheet_erase_at"), "card_sheet", ["erase_at"])


def downgrade():
    for table in ("card_sheet", "card", "card_batch"):
        op.drop_table(table)
