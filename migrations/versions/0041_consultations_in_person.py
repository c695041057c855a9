"""Workshops of consultations, and consent to an answer that a relais writes."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade():
    with op.batch_alter_table("consent") as batch_op:
        batch_op.drop_constraint(op.f("ck_consent_act"), type_="check")
        batch_op.create_check_constraint(op.f("ck_consent_act"), "act IN ('answer', 'words')")
    op.create_table(
        "consultation_workshop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("present >= 1", name=op.f("ck_consultation_workshop_present")),
        sa.CheckConstraint("length(place) <= 200", name=op.f("ck_consultation_workshop_place")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_workshop_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
            name=op.f("fk_consultation_workshop_entered_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_workshop")),
        sa.UniqueConstraint("client_key", name=op.f("uq_consultation_workshop_client_key")),
    )
    for column in ("consultation_id", "entered_by"):
        op.create_index(op.f(f"ix_consultation_workshop_{column}"), "consultation_workshop", [column])
    op.create_table(
        "consultation_workshop_table",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_consultation_workshop_table_number")),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["consultation_answer.id"],
            name=op.f("fk_consultation_workshop_table_answer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["consultation_workshop.id"],
            name=op.f("fk_consultation_workshop_table_workshop_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["stored_file.id"], name=op.f("fk_consultation_workshop_table_sheet_id")
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_consultation_workshop_table")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_consultation_workshop_table_sheet_id")),
        sa.UniqueConstraint(
            "workshop_id", "number", name=op.f("uq_consultation_workshop_table_workshop_id_number")
        ),
    )


def downgrade():
    # What ran before knows no such files: without their rows they go with those that nobody names.
    sheets = sa.text("SELECT sheet_id FROM consultation_workshop_table WHERE sheet_id IS NOT NULL")
    files = op.get_bind().execute(sheets).scalars().all()
    op.drop_table("consultation_workshop_table")
    op.drop_table("consultation_workshop")
    stored_file = sa.table("stored_file", sa.column("id"))
    op.execute(sa.delete(stored_file).where(stored_file.c.id.in_(files)))
    # What ran before knows no such consent: the answers stay, as entered by somebody who was there.
    op.execute(
        "UPDATE consultation_answer SET relayed = false, consent_id = NULL WHERE consent_id IS NOT NULL"
    )
    op.execute("DELETE FROM consent WHERE act = 'answer'")
    with op.batch_alter_table("consent") as batch_op:
        batch_op.drop_constraint(op.f("ck_consent_act"), type_="check")
        batch_op.create_check_constraint(op.f("ck_consent_act"), "act IN ('words')")
