"""Words of residents at an organisation: whether it reads them here, what it reads, what it answers."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade():
    with op.batch_alter_table("voice") as batch_op:
        batch_op.add_column(
            sa.Column("shares_contact", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("off_site", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("transmitted_words", sa.Text(), nullable=True))
    with op.batch_alter_table("voice_step") as batch_op:
        batch_op.add_column(sa.Column("off_site", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Until now the site told nobody: whoever passed a word on did it by their own means, or not at all.
    op.execute("UPDATE voice SET off_site = (1 = 1) WHERE state = 'transmis'")
    op.execute("UPDATE voice_step SET off_site = (1 = 1) WHERE state = 'transmis'")
    with op.batch_alter_table("voice") as batch_op:
        batch_op.alter_column("shares_contact", existing_type=sa.Boolean(), server_default=None)
        batch_op.alter_column("off_site", existing_type=sa.Boolean(), server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_voice_off_site_to_somebody"), "NOT off_site OR transmitted_to_id IS NOT NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_voice_transmitted_words_to_somebody"),
            "transmitted_words IS NULL OR transmitted_to_id IS NOT NULL",
        )
    with op.batch_alter_table("voice_step") as batch_op:
        batch_op.alter_column("off_site", existing_type=sa.Boolean(), server_default=None)
    op.create_table(
        "voice_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voice_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["voice_id"], ["voice.id"], name=op.f("fk_voice_reply_voice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_voice_reply_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_voice_reply_author_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_reply")),
    )
    for column in ("voice_id", "organisation_id", "author_id"):
        op.create_index(op.f(f"ix_voice_reply_{column}"), "voice_reply", [column])


def downgrade():
    op.drop_table("voice_reply")
    with op.batch_alter_table("voice_step") as batch_op:
        batch_op.drop_column("off_site")
    with op.batch_alter_table("voice") as batch_op:
        batch_op.drop_constraint(op.f("ck_voice_transmitted_words_to_somebody"), type_="check")
        batch_op.drop_constraint(op.f("ck_voice_off_site_to_somebody"), type_="check")
        batch_op.drop_column("transmitted_words")
        batch_op.drop_column("off_site")
        batch_op.drop_column("shares_contact")
