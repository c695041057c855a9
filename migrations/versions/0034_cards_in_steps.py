"""Sheets of cards are sealed for the browser that prints them, so that a job can make the cards.

A sheet lasts an hour at most: one that waits to be printed at this moment opens no more, and the desk says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade():
    with op.batch_alter_table("card_sheet") as table:
        table.add_column(sa.Column("public_key", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("card_sheet") as table:
        table.alter_column(
            "public_key", existing_type=sa.Text(), existing_nullable=False, server_default=None
        )


def downgrade():
    # What ran before knows no batch with cards to come: nobody could print those, nor make the others later.
    op.execute(
        "UPDATE card_batch SET closed_at = CURRENT_TIMESTAMP WHERE closed_at IS NULL AND quantity >"
        " (SELECT count(*) FROM card WHERE card.batch_id = card_batch.id)"
        " AND id IN (SELECT batch_id FROM card_sheet WHERE public_key <> '')"
    )
    with op.batch_alter_table("card_sheet") as table:
        table.drop_column("public_key")
