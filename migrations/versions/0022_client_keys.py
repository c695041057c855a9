"""The key of the form that made a meeting, a draw or a seat is called client_key, as in all other tables."""

from alembic import op

revision = "0022"
down_revision = "0021"

TABLES = ("meeting", "draw", "seat")


def upgrade():
    _rename("uid", "client_key")


def downgrade():
    _rename("client_key", "uid")


def _rename(old, new):
    for table in TABLES:
        # Not in the batch: one that renames a column drops the new constraints on it.
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"uq_{table}_{old}"), type_="unique")
            batch.create_unique_constraint(op.f(f"uq_{table}_{new}"), [new])
