"""A part of a title is hidden as one of the words is, and a photo alone; a decision says which parts it hides."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"

_PARTS = ("hides_title", "hides_words", "hides_photo")


def upgrade():
    with op.batch_alter_table("moderated_text") as batch_op:
        batch_op.add_column(sa.Column("shown_title", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("photo_hidden", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("moderated_text") as batch_op:
        batch_op.alter_column("photo_hidden", server_default=None)
    with op.batch_alter_table("moderation_decision") as batch_op:
        for name in _PARTS:
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    # Until now a part was one of the words.
    op.execute("UPDATE moderation_decision SET hides_words = true WHERE act = 'masquer_en_partie'")
    with op.batch_alter_table("moderation_decision") as batch_op:
        for name in _PARTS:
            batch_op.alter_column(name, server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_moderation_decision_says_which_part"),
            "(act = 'masquer_en_partie') = (hides_title OR hides_words OR hides_photo)",
        )


def downgrade():
    # What ran before shows titles whole and photos always: such texts wait to be read again.
    op.execute(
        "UPDATE moderated_text SET state = 'en_attente', version = version + 1"
        " WHERE state = 'publie' AND (shown_title IS NOT NULL OR photo_hidden)"
    )
    with op.batch_alter_table("moderation_decision") as batch_op:
        batch_op.drop_constraint(op.f("ck_moderation_decision_says_which_part"), type_="check")
        for name in _PARTS:
            batch_op.drop_column(name)
    with op.batch_alter_table("moderated_text") as batch_op:
        batch_op.drop_column("photo_hidden")
        batch_op.drop_column("shown_title")
