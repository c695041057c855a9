"""How often each person wants a mail about their work, the days it was counted; an index of messages given up."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

FAILED = sa.text("failed_at IS NOT NULL")


def upgrade():
    op.create_table(
        "work_reminder",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period IN ('daily', 'weekly', 'never')", name=op.f("ck_work_reminder_period")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_work_reminder_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_work_reminder")),
    )
    op.create_table(
        "work_digest",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_work_digest_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_work_digest")),
    )
    op.create_index(op.f("ix_work_digest_day"), "work_digest", ["day"])
    op.create_index(
        "ix_notice_failed_at", "notice", ["failed_at"], sqlite_where=FAILED, postgresql_where=FAILED
    )


def downgrade():
    op.drop_index("ix_notice_failed_at", "notice")
    op.drop_table("work_digest")
    op.drop_table("work_reminder")
