"""Boxes of consultations ask of people what these ask: an account, and an age."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade():
    with op.batch_alter_table("idea_box") as batch_op:
        batch_op.add_column(
            sa.Column("account_asked", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("least_age", sa.Integer(), nullable=False, server_default="0"))
    of_its_consultation = (
        "FROM consultation JOIN consultation_idea_step"
        " ON consultation_idea_step.consultation_id = consultation.id"
        " WHERE consultation_idea_step.box_id = idea_box.id"
    )
    op.execute(
        f"UPDATE idea_box SET account_asked = (SELECT coalesce(proof, 'aucune') <> 'aucune' {of_its_consultation}),"
        f" least_age = (SELECT coalesce(age_to_answer, 0) {of_its_consultation})"
        " WHERE by_consultation AND id IN (SELECT box_id FROM consultation_idea_step)"
    )
    # The rows that are there have their values: who adds one says them from here on.
    with op.batch_alter_table("idea_box") as batch_op:
        batch_op.alter_column("account_asked", server_default=None)
        batch_op.alter_column("least_age", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_idea_box_asked_by_its_consultation"),
            "by_consultation OR (NOT account_asked AND least_age = 0)",
        )
        batch_op.create_check_constraint(op.f("ck_idea_box_least_age"), "least_age >= 0")


def downgrade():
    with op.batch_alter_table("idea_box") as batch_op:
        batch_op.drop_constraint(op.f("ck_idea_box_asked_by_its_consultation"), type_="check")
        batch_op.drop_constraint(op.f("ck_idea_box_least_age"), type_="check")
        batch_op.drop_column("least_age")
        batch_op.drop_column("account_asked")
