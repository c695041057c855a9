"""What messages are about, refusals by topic, and what accounts follow."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade():
    with op.batch_alter_table("notice") as batch_op:
        batch_op.add_column(sa.Column("topic", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("about", sa.Text(), nullable=True))
        batch_op.create_index(op.f("ix_notice_about"), ["about"])
    op.create_table(
        "notice_refusal",
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", "topic", name=op.f("pk_notice_refusal")),
    )
    # Until now a refusal was one of everything that can be refused.
    op.execute(
        "INSERT INTO notice_refusal (address_hash, topic, refused_at)"
        " SELECT address_hash, 'all', refused_at FROM mail_refusal"
    )
    op.drop_table("mail_refusal")
    op.create_table(
        "follow",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_follow_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", "target_id", name=op.f("pk_follow")),
    )
    op.create_table(
        "news_choice",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'sms', 'none')", name=op.f("ck_news_choice_channel")),
        sa.CheckConstraint("rhythm IN ('daily', 'weekly')", name=op.f("ck_news_choice_rhythm")),
        sa.CheckConstraint(
            "channel <> 'sms' OR rhythm = 'weekly'", name=op.f("ck_news_choice_texts_are_rare")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_news_choice_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_news_choice")),
    )
    op.create_index("ix_news_choice_due", "news_choice", ["channel", "rhythm", "told_until"])
    op.create_table(
        "digest",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.CheckConstraint("told > 0", name=op.f("ck_digest_told")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_digest_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "period", name=op.f("pk_digest")),
    )
    op.create_index(op.f("ix_digest_period"), "digest", ["period"])
    op.create_table(
        "reminder",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_reminder_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_reminder_notice_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("account_id", "about", name=op.f("pk_reminder")),
    )
    op.create_index(op.f("ix_reminder_day"), "reminder", ["day"])
    op.create_index(op.f("ix_reminder_notice_id"), "reminder", ["notice_id"])


def downgrade():
    for table in ("reminder", "digest", "news_choice", "follow"):
        op.drop_table(table)
    op.create_table(
        "mail_refusal",
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_mail_refusal")),
    )
    # The version before knows no topic: whoever refused one gets nothing that can be refused.
    op.execute(
        "INSERT INTO mail_refusal (address_hash, refused_at)"
        " SELECT address_hash, min(refused_at) FROM notice_refusal GROUP BY address_hash"
    )
    op.drop_table("notice_refusal")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_index(op.f("ix_notice_about"))
        batch_op.drop_column("about")
        batch_op.drop_column("topic")
