"""States and attempts of messages; leases that are renewed, fenced, and tell how their runs ended."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"

STATES = "'waiting', 'claimed', 'sending', 'sent', 'unknown', 'failed', 'held'"
CHECKS = {
    "ck_notice_state": f"state IN ({STATES})",
    "ck_notice_sent": "(state = 'sent') = (sent_at IS NOT NULL)",
    "ck_notice_failed": "state <> 'failed' OR failed_at IS NOT NULL",
    "ck_notice_ended_unsent": "failed_at IS NULL OR state IN ('failed', 'unknown')",
    "ck_notice_attempt": "state NOT IN ('claimed', 'sending')"
    " OR (attempt_id IS NOT NULL AND claimed_at IS NOT NULL)",
}
LEASE_CHECKS = {"ck_job_lease_token": "token > 0", "ck_job_lease_failures": "failures >= 0"}


def upgrade():
    with op.batch_alter_table("notice") as batch_op:
        batch_op.add_column(sa.Column("state", sa.Text(), nullable=False, server_default="waiting"))
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("attempt_id", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("sender", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("unknown_attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("blocked_since", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE notice SET state = 'sent' WHERE sent_at IS NOT NULL")
    op.execute("UPDATE notice SET state = 'failed' WHERE failed_at IS NOT NULL")
    with op.batch_alter_table("notice") as batch_op:
        for column in ("state", "urgent", "unknown_attempts"):
            batch_op.alter_column(column, server_default=None)
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(op.f(name), condition)

    with op.batch_alter_table("job_lease") as batch_op:
        batch_op.add_column(sa.Column("token", sa.BigInteger(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("last_error", sa.Text(), nullable=True))
        batch_op.drop_column("holder")
    # One job for all messages has become one for each sender.
    op.execute("DELETE FROM job_lease WHERE name = 'deliver'")
    # Each job may be done twice: all of them are due.
    op.execute("UPDATE job_lease SET due_at = started_at")
    with op.batch_alter_table("job_lease") as batch_op:
        for column in ("token", "failures"):
            batch_op.alter_column(column, server_default=None)
        batch_op.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        for name, condition in LEASE_CHECKS.items():
            batch_op.create_check_constraint(op.f(name), condition)


def downgrade():
    with op.batch_alter_table("job_lease") as batch_op:
        for name in LEASE_CHECKS:
            batch_op.drop_constraint(op.f(name), type_="check")
        for column in ("last_error", "failures", "finished_at", "due_at", "token"):
            batch_op.drop_column(column)
        batch_op.add_column(sa.Column("holder", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("job_lease") as batch_op:
        batch_op.alter_column("holder", server_default=None)
    # The version before knows no held message: it would send them.
    op.execute(
        "UPDATE notice SET failed_at = created_at, state = 'failed', last_error = 'NotReleased'"
        " WHERE state = 'held' AND failed_at IS NULL"
    )
    # Nor one that may have left, and would send it again.
    op.execute(
        "UPDATE notice SET failed_at = created_at, state = 'unknown'"
        " WHERE state IN ('sending', 'unknown') AND failed_at IS NULL"
    )
    with op.batch_alter_table("notice") as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(name), type_="check")
        for column in (
            "blocked_since",
            "unknown_attempts",
            "claimed_at",
            "sender",
            "attempt_id",
            "urgent",
            "state",
        ):
            batch_op.drop_column(column)
