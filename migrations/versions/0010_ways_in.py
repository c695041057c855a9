"""Text messages, refusals of mails, and codes that residents sign in with."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade():
    with op.batch_alter_table("notice") as batch_op:
        batch_op.add_column(sa.Column("unsubscribe_url", sa.Text(), nullable=True))
        batch_op.drop_constraint(op.f("ck_notice_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_notice_kind"), "kind IN ('email', 'sms')")
    op.create_table(
        "mail_refusal",
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_mail_refusal")),
    )
    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("browser_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("way IN ('email', 'sms')", name=op.f("ck_sign_in_code_way")),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_sign_in_code_tries")),
        sa.CheckConstraint(
            "used_at IS NULL OR address IS NULL", name=op.f("ck_sign_in_code_address_until_used")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_sign_in_code_ref")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_code_token_hash")),
    )
    op.create_index("ix_sign_in_code_asked", "sign_in_code", ["browser_hash", "address_hash"])
    op.create_index(op.f("ix_sign_in_code_expires_at"), "sign_in_code", ["expires_at"])


def downgrade():
    op.drop_table("sign_in_code")
    op.drop_table("mail_refusal")
    op.execute("DELETE FROM notice WHERE kind = 'sms'")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_constraint(op.f("ck_notice_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_notice_kind"), "kind IN ('email')")
        batch_op.drop_column("unsubscribe_url")
