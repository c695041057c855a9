"""Recorded voices that read the questions of consultations."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade():
    with op.batch_alter_table("stored_file") as batch_op:
        batch_op.drop_constraint(op.f("ck_stored_file_kind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_stored_file_kind"), "kind IN ('photo', 'pdf', 'mp3', 'm4a')"
        )
    op.create_table(
        "consultation_recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("language <> ''", name=op.f("ck_consultation_recording_language")),
        sa.ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_recording_question",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_consultation_recording_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["account.id"],
            name=op.f("fk_consultation_recording_uploaded_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_recording")),
        sa.UniqueConstraint("client_key", name=op.f("uq_consultation_recording_client_key")),
        sa.UniqueConstraint("file_id", name=op.f("uq_consultation_recording_file_id")),
        sa.UniqueConstraint(
            "question_id", "language", name=op.f("uq_consultation_recording_question_id_language")
        ),
    )
    for column in ("consultation_id", "uploaded_by"):
        op.create_index(op.f(f"ix_consultation_recording_{column}"), "consultation_recording", [column])


def downgrade():
    op.drop_table("consultation_recording")
    # What ran before knows no such files: without their rows they go with those that nobody names.
    op.execute("DELETE FROM stored_file WHERE kind IN ('mp3', 'm4a')")
    with op.batch_alter_table("stored_file") as batch_op:
        batch_op.drop_constraint(op.f("ck_stored_file_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_stored_file_kind"), "kind IN ('photo', 'pdf')")
