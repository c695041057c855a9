"""The day on which whoever said a word last asked where it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade():
    with op.batch_alter_table("voice") as batch:
        batch.add_column(sa.Column("asked_again_on", sa.Date(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_voice_asked_again_after_it_was_said"), "asked_again_on >= received_on"
        )


def downgrade():
    with op.batch_alter_table("voice") as batch:
        batch.drop_constraint(op.f("ck_voice_asked_again_after_it_was_said"), type_="check")
        batch.drop_column("asked_again_on")
