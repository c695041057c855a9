"""Translations of the interface that replace those that the site came with."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade():
    op.create_table(
        "catalogue_revision",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("language", name=op.f("pk_catalogue_revision")),
    )
    op.create_table(
        "catalogue_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source_hash", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("plural", sa.Text(), nullable=True),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["language"],
            ["catalogue_revision.language"],
            name=op.f("fk_catalogue_override_language"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["account.id"],
            name=op.f("fk_catalogue_override_author_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_override")),
        sa.UniqueConstraint(
            "language", "source_hash", name=op.f("uq_catalogue_override_language_source_hash")
        ),
    )


def downgrade():
    op.drop_table("catalogue_override")
    op.drop_table("catalogue_revision")
