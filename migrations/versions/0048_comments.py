"""Comments on commitments, figures and passages of documents."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade():
    op.create_table(
        "consultation_comment_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=True),
        sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_before", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "embargo_until IS NULL OR title_id IS NOT NULL",
            name=op.f("ck_consultation_comment_step_embargo_of_a_document"),
        ),
        sa.CheckConstraint(
            "NOT sensitive OR read_before", name=op.f("ck_consultation_comment_step_sensitive_is_read_before")
        ),
        sa.ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_comment_step_step",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["title_id"], ["localized_text.id"], name=op.f("fk_consultation_comment_step_title_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_comment_step")),
        sa.UniqueConstraint("step_id", name=op.f("uq_consultation_comment_step_step_id")),
        sa.UniqueConstraint("title_id", name=op.f("uq_consultation_comment_step_title_id")),
    )
    op.create_index(
        "ix_consultation_comment_step_consultation", "consultation_comment_step", ["consultation_id"]
    )
    op.create_table(
        "consultation_commented",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("indicator_id", sa.Integer(), nullable=True),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('engagement', 'chiffre', 'passage')", name=op.f("ck_consultation_commented_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'passage') = (text_id IS NOT NULL)",
            name=op.f("ck_consultation_commented_passage_has_words"),
        ),
        sa.CheckConstraint(
            "(kind = 'passage') = (commitment_id IS NULL)",
            name=op.f("ck_consultation_commented_of_a_commitment"),
        ),
        sa.CheckConstraint(
            "(kind = 'chiffre') = (indicator_id IS NOT NULL)",
            name=op.f("ck_consultation_commented_figure_has_an_indicator"),
        ),
        sa.ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_commented_step",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_consultation_commented_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_consultation_commented_indicator_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["localized_text.id"], name=op.f("fk_consultation_commented_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_commented")),
        sa.UniqueConstraint(
            "id", "consultation_id", name=op.f("uq_consultation_commented_id_consultation_id")
        ),
        sa.UniqueConstraint(
            "step_id", "indicator_id", name=op.f("uq_consultation_commented_step_id_indicator_id")
        ),
        sa.UniqueConstraint("text_id", name=op.f("uq_consultation_commented_text_id")),
    )
    op.create_index(
        "ix_consultation_commented_order",
        "consultation_commented",
        ["consultation_id", "step_id", "position"],
    )
    op.create_index(
        "uq_consultation_commented_commitment",
        "consultation_commented",
        ["step_id", "commitment_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'engagement'"),
        postgresql_where=sa.text("kind = 'engagement'"),
    )
    for name in ("commitment_id", "indicator_id"):
        op.create_index(op.f(f"ix_consultation_commented_{name}"), "consultation_commented", [name])
    op.create_table(
        "consultation_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("same_words", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.Text(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_consultation_comment_words")),
        sa.CheckConstraint(
            "(taken_back_at IS NOT NULL) = (words = '') AND (taken_back_at IS NOT NULL) = (same_words IS NULL)",
            name=op.f("ck_consultation_comment_words_until_taken_back"),
        ),
        sa.ForeignKeyConstraint(
            ["thing_id", "consultation_id"],
            ["consultation_commented.id", "consultation_commented.consultation_id"],
            name="fk_consultation_comment_thing",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["moderated_text.id"], name=op.f("fk_consultation_comment_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_comment")),
        sa.UniqueConstraint(
            "thing_id", "same_words", name=op.f("uq_consultation_comment_thing_id_same_words")
        ),
        sa.UniqueConstraint("case_id", name=op.f("uq_consultation_comment_case_id")),
        sa.UniqueConstraint("client_key", name=op.f("uq_consultation_comment_client_key")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_consultation_comment_receipt_hash")),
    )
    op.create_index(
        "ix_consultation_comment_newest", "consultation_comment", ["consultation_id", "thing_id", "id"]
    )


def downgrade():
    for table in ("consultation_comment", "consultation_commented", "consultation_comment_step"):
        op.drop_table(table)
    # Nothing names them any more.
    owners = "('consultation_comment_step', 'consultation_commented')"
    op.execute(
        "DELETE FROM translation WHERE text_id IN"
        f" (SELECT id FROM localized_text WHERE owner_kind IN {owners})"
    )
    op.execute(f"DELETE FROM localized_text WHERE owner_kind IN {owners}")
    # What ran before cannot say what these are, nor how a step without questions is answered.
    cases = "(SELECT id FROM moderated_text WHERE kind = 'comment')"
    decisions = f"(SELECT id FROM moderation_decision WHERE text_id IN {cases})"
    op.execute(f"DELETE FROM moderation_appeal WHERE decision_id IN {decisions}")
    for table in ("report", "hint", "decision"):
        op.execute(f"DELETE FROM moderation_{table} WHERE text_id IN {cases}")
    op.execute("DELETE FROM moderated_text WHERE kind = 'comment'")
    # Nor what was said of them: the next decision of the same number could not be written.
    said = (
        "(owner_kind = 'moderation_decision' AND owner_id NOT IN (SELECT id FROM moderation_decision))"
        " OR (owner_kind = 'moderation_appeal' AND owner_id NOT IN (SELECT id FROM moderation_appeal))"
    )
    op.execute(f"DELETE FROM translation WHERE text_id IN (SELECT id FROM localized_text WHERE {said})")
    op.execute(f"DELETE FROM localized_text WHERE {said}")
    texts = (
        "(SELECT title_id FROM consultation_step WHERE kind = 'comments' AND title_id IS NOT NULL"
        " UNION SELECT intro_id FROM consultation_step WHERE kind = 'comments' AND intro_id IS NOT NULL)"
    )
    gone = [row[0] for row in op.get_bind().execute(sa.text(f"SELECT * FROM {texts} AS texts")).all()]
    op.execute("DELETE FROM consultation_step WHERE kind = 'comments'")
    for text_id in gone:
        op.execute(sa.text("DELETE FROM translation WHERE text_id = :id").bindparams(id=text_id))
        op.execute(sa.text("DELETE FROM localized_text WHERE id = :id").bindparams(id=text_id))
