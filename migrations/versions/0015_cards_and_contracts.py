"""Serial numbers that follow from nothing, who closed a card, and the contract that a message is about."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

#: The answer to what somebody said to a body is the one letter of before that can be refused; its address is that of
#: the word it answers. Where all words of the address were said in one contract, the letter is that contract's.
CONTRACT_OF_ANSWERS = """
UPDATE notice SET contract_id = (
    SELECT MIN(body.contract_id) FROM voice JOIN body ON body.id = voice.body_id
    WHERE voice.contact_kind = 'email' AND lower(voice.contact) = notice.recipient
)
WHERE kind = 'email' AND recipient IS NOT NULL AND unsubscribe_url IS NOT NULL AND (
    SELECT COUNT(DISTINCT body.contract_id) FROM voice JOIN body ON body.id = voice.body_id
    WHERE voice.contact_kind = 'email' AND lower(voice.contact) = notice.recipient
) = 1
"""


def upgrade():
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("contract_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_notice_contract_id"), "contract", ["contract_id"], ["id"])
        batch.create_index(op.f("ix_notice_contract_id"), ["contract_id"])
    op.execute(CONTRACT_OF_ANSWERS)
    op.add_column("card_batch", sa.Column("closed_role", sa.Text(), nullable=True))
    op.add_column("card", sa.Column("serial", sa.Text(), nullable=True))
    # Cards that are printed keep the number that stands on them: the batch and the place in it.
    padded = (
        "lpad(CAST(position AS TEXT), 3, '0')"
        if op.get_bind().dialect.name == "postgresql"
        else "printf('%03d', position)"
    )
    op.execute(f"UPDATE card SET serial = CAST(batch_id AS TEXT) || '-' || {padded}")
    with op.batch_alter_table("card") as batch:
        batch.alter_column("serial", existing_type=sa.Text(), nullable=False)
        batch.add_column(sa.Column("revoked_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("revoked_role", sa.Text(), nullable=True))
        batch.add_column(sa.Column("asked_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_unique_constraint(op.f("uq_card_serial"), ["serial"])
        batch.create_foreign_key(
            op.f("fk_card_revoked_by"), "account", ["revoked_by"], ["id"], ondelete="SET NULL"
        )
        batch.create_foreign_key(
            op.f("fk_card_asked_by"), "account", ["asked_by"], ["id"], ondelete="SET NULL"
        )
        batch.create_check_constraint(
            op.f("ck_card_revoked_by"), "revoked_by IS NULL OR revoked_at IS NOT NULL"
        )
        batch.create_index("ix_card_closings", ["revoked_by", "revoked_at"])


def downgrade():
    with op.batch_alter_table("card") as batch:
        batch.drop_index("ix_card_closings")
        batch.drop_constraint(op.f("ck_card_revoked_by"), type_="check")
        batch.drop_constraint(op.f("fk_card_asked_by"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_card_revoked_by"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_card_serial"), type_="unique")
        batch.drop_column("asked_at")
        batch.drop_column("asked_by")
        batch.drop_column("revoked_role")
        batch.drop_column("revoked_by")
        batch.drop_column("serial")
    op.drop_column("card_batch", "closed_role")
    with op.batch_alter_table("notice") as batch:
        batch.drop_index(op.f("ix_notice_contract_id"))
        batch.drop_constraint(op.f("fk_notice_contract_id"), type_="foreignkey")
        batch.drop_column("contract_id")
