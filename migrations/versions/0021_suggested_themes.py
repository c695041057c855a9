"""The theme that an import suggested for an axis or a commitment, beside the one that stands."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

TABLES = ("axis", "commitment")
THEMES = "'emancipation', 'ecologie', 'tranquillite', 'emploi', 'sante', 'habitat'"


def upgrade():
    for table in TABLES:
        # As text, for SQLite would make a table anew to add a named check.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN suggested_theme TEXT"
            f" CONSTRAINT ck_{table}_suggested_theme CHECK (suggested_theme IN ({THEMES}))"
        )
    connection = op.get_bind()
    chosen = _chosen(connection)
    for name in TABLES:
        table = sa.table(name, sa.column("id"), sa.column("theme"), sa.column("suggested_theme"))
        connection.execute(sa.update(table).values(suggested_theme=table.c.theme))
        standing = dict(connection.execute(sa.select(table.c.id, table.c.theme)).all())
        for id_, choices in chosen[name].items():
            if id_ in standing:
                suggested = _before_staff(standing[id_], choices)
                connection.execute(
                    sa.update(table).where(table.c.id == id_).values(suggested_theme=suggested)
                )


def _chosen(connection):
    """What staff changed, newest first: {table: {id: [(theme before, theme after), ...]}}."""
    entry = sa.table(
        "audit_entry",
        sa.column("id", sa.Integer()),
        sa.column("action", sa.Text()),
        sa.column("object_id", sa.Integer()),
        sa.column("before", sa.JSON()),
        sa.column("after", sa.JSON()),
    )
    found = {name: {} for name in TABLES}
    rows = connection.execute(
        sa.select(entry.c.action, entry.c.object_id, entry.c.before, entry.c.after)
        .where(entry.c.action.in_(("axis.edit", "commitment.edit")))
        .order_by(entry.c.id.desc())
    )
    for action, object_id, before, after in rows:
        if "theme" not in (after or {}):
            continue
        pair = ((before or {}).get("theme"), after["theme"])
        if action == "axis.edit":
            found["axis"].setdefault(object_id, []).append(pair)
            for commitment in after.get("commitments", ()):
                found["commitment"].setdefault(commitment, []).append(pair)
        else:
            found["commitment"].setdefault(object_id, []).append(pair)
    return found


def _before_staff(theme, choices):
    """The theme that stood before the choices that led to this one: what the last import wrote."""
    for before, after in choices:
        if after != theme:
            break
        theme = before
    return theme


def downgrade():
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN suggested_theme")
