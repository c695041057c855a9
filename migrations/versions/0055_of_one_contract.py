"""What is commented, and what was born of a choice among groups of ideas, is of the contract of its consultation."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"

#: Table -> the key of before, and the one that names the contract too: its column, its table.
_KEYS = {
    "consultation_commented": ("commitment_id", "commitment", "CASCADE"),
    "consultation_idea_axis": ("axis_id", "axis", None),
}


def upgrade():
    for table in ("axis", "commitment"):
        op.create_index(f"ix_{table}_of_contract", table, ["id", "contract_id"], unique=True)
    for table, (column, to, goes_with_it) in _KEYS.items():
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("contract_id", sa.Integer(), nullable=True))
        op.execute(
            f"UPDATE {table} SET contract_id ="
            f" (SELECT contract_id FROM consultation WHERE consultation.id = {table}.consultation_id)"
        )
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("contract_id", existing_type=sa.Integer(), nullable=False)
            batch_op.drop_constraint(op.f(f"fk_{table}_{column}"), type_="foreignkey")
            batch_op.create_foreign_key(
                f"fk_{table}_{to}", to, [column, "contract_id"], ["id", "contract_id"]
            )
            batch_op.create_foreign_key(
                f"fk_{table}_consultation",
                "consultation",
                ["consultation_id", "contract_id"],
                ["id", "contract_id"],
                ondelete=goes_with_it,
            )


def downgrade():
    for table, (column, to, _goes_with_it) in _KEYS.items():
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(f"fk_{table}_consultation", type_="foreignkey")
            batch_op.drop_constraint(f"fk_{table}_{to}", type_="foreignkey")
            batch_op.drop_column("contract_id")
            batch_op.create_foreign_key(op.f(f"fk_{table}_{column}"), to, [column], ["id"])
    for table in ("commitment", "axis"):
        op.drop_index(f"ix_{table}_of_contract", table)
