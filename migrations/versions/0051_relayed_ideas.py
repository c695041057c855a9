"""A relais may write an idea for somebody who agreed; ideas that wait for an answer are found among all."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade():
    with op.batch_alter_table("consent") as batch_op:
        batch_op.drop_constraint(op.f("ck_consent_act"), type_="check")
        batch_op.create_check_constraint(op.f("ck_consent_act"), "act IN ('answer', 'idea', 'words')")
    waits = sa.text("answered_at IS NULL AND taken_back_at IS NULL")
    op.create_index(
        "ix_idea_unanswered", "idea", ["box_id", "received_on"], sqlite_where=waits, postgresql_where=waits
    )


def downgrade():
    op.drop_index("ix_idea_unanswered", table_name="idea")
    # Ideas that were written for somebody stay, as what nobody wrote for another: the older site knows no such consent.
    op.execute("UPDATE idea SET relayed = false, consent_id = NULL WHERE consent_id IS NOT NULL")
    op.execute("DELETE FROM consent WHERE act = 'idea'")
    with op.batch_alter_table("consent") as batch_op:
        batch_op.drop_constraint(op.f("ck_consent_act"), type_="check")
        batch_op.create_check_constraint(op.f("ck_consent_act"), "act IN ('answer', 'words')")
