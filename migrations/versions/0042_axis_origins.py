"""How the parts of contracts were drawn up, as staff say."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade():
    op.create_table(
        "axis_origin",
        sa.Column("axis_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "how IN ('habitants', 'en_partie', 'sans_concertation')", name=op.f("ck_axis_origin_how")
        ),
        sa.CheckConstraint(
            "how IS NOT NULL OR note_id IS NULL", name=op.f("ck_axis_origin_note_of_what_is_said")
        ),
        sa.ForeignKeyConstraint(
            ["axis_id"], ["axis.id"], name=op.f("fk_axis_origin_axis_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["note_id"], ["localized_text.id"], name=op.f("fk_axis_origin_note_id")),
        sa.PrimaryKeyConstraint("axis_id", name=op.f("pk_axis_origin")),
        sa.UniqueConstraint("note_id", name=op.f("uq_axis_origin_note_id")),
    )


def downgrade():
    op.drop_table("axis_origin")
    # Nothing names them any more.
    op.execute(
        "DELETE FROM translation WHERE text_id IN"
        " (SELECT id FROM localized_text WHERE owner_kind = 'axis_origin')"
    )
    op.execute("DELETE FROM localized_text WHERE owner_kind = 'axis_origin'")
