"""What somebody has begun to write, kept with their account."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade():
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("form_kind", sa.Text(), nullable=False),
        sa.Column("owner_key", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(CAST(fields AS TEXT)) <= 65536", name=op.f("ck_draft_bounded")),
        sa.CheckConstraint("length(owner_key) BETWEEN 1 AND 100", name=op.f("ck_draft_owner_key")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_draft_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "account_id", "form_kind", "owner_key", name=op.f("uq_draft_account_id_form_kind_owner_key")
        ),
    )
    op.create_index("ix_draft_form_kind_owner_key", "draft", ["form_kind", "owner_key"])
    op.create_index(op.f("ix_draft_saved_at"), "draft", ["saved_at"])


def downgrade():
    op.drop_table("draft")
