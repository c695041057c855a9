"""Sentences as questions of consultations, and those that residents add."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

_KINDS = "'single', 'multiple', 'scale', 'number', 'short', 'long', 'pictures', 'rank', 'points', 'pick'"


def _allow(kinds):
    with op.batch_alter_table("consultation_question") as batch_op:
        batch_op.drop_constraint(op.f("ck_consultation_question_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_consultation_question_kind"), f"kind IN ({kinds})")


def upgrade():
    with op.batch_alter_table("consultation_step") as batch_op:
        for name in ("takes_sentences", "opinion_groups"):
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    # The rows that are there have their value: who adds one says so from here on.
    with op.batch_alter_table("consultation_step") as batch_op:
        for name in ("takes_sentences", "opinion_groups"):
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("consultation_question") as batch_op:
        batch_op.add_column(sa.Column("asked_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True))
    _allow(f"{_KINDS}, 'statement'")
    op.create_table(
        "consultation_sentence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("length(words) <= 140", name=op.f("ck_consultation_sentence_words")),
        sa.ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_sentence_step",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["moderated_text.id"], name=op.f("fk_consultation_sentence_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["consultation_question.id"],
            name=op.f("fk_consultation_sentence_question_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_sentence")),
        sa.UniqueConstraint("case_id", name=op.f("uq_consultation_sentence_case_id")),
        sa.UniqueConstraint("question_id", name=op.f("uq_consultation_sentence_question_id")),
        sa.UniqueConstraint("client_key", name=op.f("uq_consultation_sentence_client_key")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_consultation_sentence_receipt_hash")),
    )
    op.create_index("ix_consultation_sentence_step", "consultation_sentence", ["consultation_id", "step_id"])


def _forget_steps_of_statements():
    """Take away what ran before cannot say: steps of statements, with what was answered there."""
    steps = "(SELECT id FROM consultation_step WHERE kind = 'statements')"
    asked = f"(SELECT id FROM consultation_question WHERE kind = 'statement' OR step_id IN {steps})"
    offered = f"(SELECT id FROM consultation_option WHERE question_id IN {asked})"
    for table in ("choice", "number", "words"):
        op.execute(f"DELETE FROM consultation_{table} WHERE question_id IN {asked}")
    op.execute(f"DELETE FROM consultation_coding WHERE option_id IN {offered}")
    op.execute(f"DELETE FROM consultation_condition WHERE question_id IN {asked} OR option_id IN {offered}")
    op.execute(
        f"DELETE FROM consultation_cross WHERE row_question_id IN {asked} OR column_question_id IN {asked}"
    )
    op.execute(f"DELETE FROM consultation_recording WHERE question_id IN {asked}")
    texts = (
        f"(owner_kind = 'consultation_step' AND owner_id IN {steps})"
        f" OR (owner_kind = 'consultation_question' AND owner_id IN {asked})"
        f" OR (owner_kind = 'consultation_option' AND owner_id IN {offered})"
    )
    gone = [row[0] for row in op.get_bind().execute(sa.text(f"SELECT id FROM localized_text WHERE {texts}"))]
    op.execute(f"DELETE FROM consultation_option WHERE question_id IN {asked}")
    op.execute(f"DELETE FROM consultation_question WHERE kind = 'statement' OR step_id IN {steps}")
    op.execute("DELETE FROM consultation_step WHERE kind = 'statements'")
    for text_id in gone:
        op.execute(f"DELETE FROM translation WHERE text_id = {int(text_id)}")
        op.execute(f"DELETE FROM localized_text WHERE id = {int(text_id)}")


def downgrade():
    op.drop_table("consultation_sentence")
    # What ran before cannot say what these are.
    cases = "(SELECT id FROM moderated_text WHERE kind IN ('statement'))"
    decisions = f"(SELECT id FROM moderation_decision WHERE text_id IN {cases})"
    op.execute(f"DELETE FROM moderation_appeal WHERE decision_id IN {decisions}")
    for table in ("report", "hint", "decision"):
        op.execute(f"DELETE FROM moderation_{table} WHERE text_id IN {cases}")
    op.execute("DELETE FROM moderated_text WHERE kind IN ('statement')")
    # Nor what was said of them: the next decision of the same number could not be written.
    said = (
        "(owner_kind = 'moderation_decision' AND owner_id NOT IN (SELECT id FROM moderation_decision))"
        " OR (owner_kind = 'moderation_appeal' AND owner_id NOT IN (SELECT id FROM moderation_appeal))"
    )
    op.execute(f"DELETE FROM translation WHERE text_id IN (SELECT id FROM localized_text WHERE {said})")
    op.execute(f"DELETE FROM localized_text WHERE {said}")
    _forget_steps_of_statements()
    _allow(_KINDS)
    with op.batch_alter_table("consultation_question") as batch_op:
        batch_op.drop_column("hidden_at")
        batch_op.drop_column("asked_from")
    with op.batch_alter_table("consultation_step") as batch_op:
        batch_op.drop_column("opinion_groups")
        batch_op.drop_column("takes_sentences")
