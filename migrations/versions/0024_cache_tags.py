"""Pages are kept by what they show: the one number of all publications becomes that of the tag `site`."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade():
    op.create_table(
        "cache_tag",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_cache_tag_counts_up")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_cache_tag")),
    )
    op.execute("INSERT INTO cache_tag (name, number) SELECT 'site', number FROM publication")
    op.drop_table("publication")


def downgrade():
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_publication_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )
    # Whatever was published under a tag was published: the number goes on from all of them.
    op.execute("INSERT INTO publication (id, number) SELECT 1, coalesce(sum(number), 0) FROM cache_tag")
    op.drop_table("cache_tag")
