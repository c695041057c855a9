"""Texts that an organiser chooses among answers in words, to publish them without a name."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade():
    with op.batch_alter_table("consultation_question") as batch_op:
        batch_op.add_column(sa.Column("may_publish", sa.Boolean(), nullable=False, server_default=sa.false()))
    # The rows that are there have their value: nobody was told that their words may be published.
    with op.batch_alter_table("consultation_question") as batch_op:
        batch_op.alter_column("may_publish", server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_consultation_question_publishes_words"), "NOT may_publish OR kind IN ('short', 'long')"
        )
        batch_op.create_unique_constraint(
            op.f("uq_consultation_question_id_may_publish"), ["id", "may_publish"]
        )
    with op.batch_alter_table("consultation_words") as batch_op:
        batch_op.create_unique_constraint(op.f("uq_consultation_words_id_question_id"), ["id", "question_id"])
    op.create_table(
        "consultation_verbatim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("may_publish", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("chosen_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("may_publish", name=op.f("ck_consultation_verbatim_said_before")),
        sa.ForeignKeyConstraint(
            ["words_id", "question_id"],
            ["consultation_words.id", "consultation_words.question_id"],
            name="fk_consultation_verbatim_words",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "may_publish"],
            ["consultation_question.id", "consultation_question.may_publish"],
            name="fk_consultation_verbatim_question",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["moderated_text.id"], name=op.f("fk_consultation_verbatim_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["chosen_by"],
            ["account.id"],
            name=op.f("fk_consultation_verbatim_chosen_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_verbatim")),
        sa.UniqueConstraint("words_id", name=op.f("uq_consultation_verbatim_words_id")),
        sa.UniqueConstraint("case_id", name=op.f("uq_consultation_verbatim_case_id")),
    )
    op.create_index("ix_consultation_verbatim_question", "consultation_verbatim", ["question_id", "id"])
    op.create_index(op.f("ix_consultation_verbatim_chosen_by"), "consultation_verbatim", ["chosen_by"])


def downgrade():
    op.drop_table("consultation_verbatim")
    # What ran before cannot say what these are.
    cases = "(SELECT id FROM moderated_text WHERE kind = 'verbatim')"
    decisions = f"(SELECT id FROM moderation_decision WHERE text_id IN {cases})"
    op.execute(f"DELETE FROM moderation_appeal WHERE decision_id IN {decisions}")
    for table in ("report", "hint", "decision"):
        op.execute(f"DELETE FROM moderation_{table} WHERE text_id IN {cases}")
    op.execute("DELETE FROM moderated_text WHERE kind = 'verbatim'")
    # Nor what was said of them: the next decision of the same number could not be written.
    said = (
        "(owner_kind = 'moderation_decision' AND owner_id NOT IN (SELECT id FROM moderation_decision))"
        " OR (owner_kind = 'moderation_appeal' AND owner_id NOT IN (SELECT id FROM moderation_appeal))"
    )
    op.execute(f"DELETE FROM translation WHERE text_id IN (SELECT id FROM localized_text WHERE {said})")
    op.execute(f"DELETE FROM localized_text WHERE {said}")
    with op.batch_alter_table("consultation_words") as batch_op:
        batch_op.drop_constraint(op.f("uq_consultation_words_id_question_id"), type_="unique")
    with op.batch_alter_table("consultation_question") as batch_op:
        batch_op.drop_constraint(op.f("uq_consultation_question_id_may_publish"), type_="unique")
        batch_op.drop_constraint(op.f("ck_consultation_question_publishes_words"), type_="check")
        batch_op.drop_column("may_publish")
