"""Seats that were proposed after a draw and wait for the person's yes."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade():
    with op.batch_alter_table("seat") as table:
        table.add_column(sa.Column("pending", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("agreed_on", sa.Date(), nullable=True))
        table.create_check_constraint(
            op.f("ck_seat_pending_holds_nothing"),
            "NOT pending OR (account_id IS NULL AND ended_on IS NULL AND agreed_on IS NULL)",
        )


def downgrade():
    # Who has not said yes would sit, and be named, in the tables of before.
    op.execute(sa.text("DELETE FROM seat WHERE pending"))
    with op.batch_alter_table("seat") as table:
        table.drop_constraint(op.f("ck_seat_pending_holds_nothing"), type_="check")
        table.drop_column("agreed_on")
        table.drop_column("pending")
