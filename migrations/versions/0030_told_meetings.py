"""When followers of a meeting were last given something to hear of it, apart from when a word of it changed."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade():
    with op.batch_alter_table("meeting") as batch:
        batch.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE meeting SET told_at = changed_at")
    with op.batch_alter_table("meeting") as batch:
        batch.alter_column("told_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def downgrade():
    with op.batch_alter_table("meeting") as batch:
        batch.drop_column("told_at")
