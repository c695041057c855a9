"""What was published of answers to consultations, each version for good."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade():
    op.create_table(
        "consultation_publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(version = 1) = (note IS NULL)", name=op.f("ck_consultation_publication_corrected_with_a_note")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_consultation_publication_version")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_publication_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_publication")),
        sa.UniqueConstraint(
            "consultation_id", "version", name=op.f("uq_consultation_publication_consultation_id_version")
        ),
    )

    op.create_table(
        "consultation_tally",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["consultation_publication.id"],
            name=op.f("fk_consultation_tally_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_consultation_tally")),
    )


def downgrade():
    op.drop_table("consultation_tally")
    op.drop_table("consultation_publication")
