"""The form of a group of ideas makes one group, however often it is sent."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade():
    with op.batch_alter_table("idea_group") as batch_op:
        batch_op.add_column(sa.Column("client_key", sa.Text(), nullable=True))
    # No form that is open has the name of a group that is there.
    op.execute("UPDATE idea_group SET client_key = 'idea-group-' || id")
    with op.batch_alter_table("idea_group") as batch_op:
        batch_op.alter_column("client_key", existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_idea_group_client_key"), ["client_key"])


def downgrade():
    with op.batch_alter_table("idea_group") as batch_op:
        batch_op.drop_constraint(op.f("uq_idea_group_client_key"), type_="unique")
        batch_op.drop_column("client_key")
