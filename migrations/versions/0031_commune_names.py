"""Postcodes and other names of communes; by which rules each commitment was indexed for search."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade():
    op.add_column("contract_commune", sa.Column("postcodes", sa.JSON(), nullable=True))
    op.add_column("contract_commune", sa.Column("other_names", sa.JSON(), nullable=True))
    # Empty: by those of before. The job "index-anew" indexes these commitments again.
    op.add_column("commitment_search", sa.Column("stems", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_commitment_search_stems"), "commitment_search", ["stems"])


def downgrade():
    op.drop_index(op.f("ix_commitment_search_stems"), "commitment_search")
    op.drop_column("commitment_search", "stems")
    op.drop_column("contract_commune", "other_names")
    op.drop_column("contract_commune", "postcodes")
