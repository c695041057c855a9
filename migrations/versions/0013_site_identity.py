"""An identifier that tells this site's database from an empty or another one."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade():
    table = op.create_table(
        "site_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_site_identity_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_identity")),
    )
    op.bulk_insert(table, [{"id": 1, "site_id": str(uuid.uuid4())}])


def downgrade():
    op.drop_table("site_identity")
