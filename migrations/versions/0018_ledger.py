"""What a restore must not undo, until it is in the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

UNWRITTEN = sa.text("written_at IS NULL")


def upgrade():
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("born", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_entry_key")),
    )
    op.create_index(
        "ix_ledger_entry_unwritten",
        "ledger_entry",
        ["id"],
        sqlite_where=UNWRITTEN,
        postgresql_where=UNWRITTEN,
    )


def downgrade():
    op.drop_table("ledger_entry")
