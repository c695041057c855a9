"""Counters of attempts that all processes share; roles that wait for an invited person end with the invitation.

Roles of before that wait: those of accounts that nobody has opened, and those that ask for a password where the account
has none and no other service vouches for it. They wait as long as the link that was sent, the others 30 days more.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

#: `policy.PASSWORD_ROLES` on the day of this migration.
BY_PASSWORD = ("moderator", "holder", "state", "staff", "administrator")
WELCOME = timedelta(days=30)

moment = sa.DateTime(timezone=True)
account = sa.table(
    "account",
    sa.column("id", sa.Integer),
    sa.column("password_hash", sa.Text),
    sa.column("last_seen_on", sa.Date),
)
grant = sa.table(
    "role_grant",
    sa.column("id", sa.Integer),
    sa.column("account_id", sa.Integer),
    sa.column("role", sa.Text),
    sa.column("starts_at", moment),
    sa.column("ends_at", moment),
    sa.column("waits_until", moment),
    sa.column("planned_end", moment),
)
link = sa.table(
    "account_link",
    sa.column("account_id", sa.Integer),
    sa.column("purpose", sa.Text),
    sa.column("expires_at", moment),
    sa.column("used_at", moment),
)
identity = sa.table("account_identity", sa.column("account_id", sa.Integer))


def upgrade():
    op.create_table(
        "rate_counter",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.Float(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_counter")),
    )
    op.create_index(op.f("ix_rate_counter_ends_at"), "rate_counter", ["ends_at"])
    # Written out: SQLite takes a CHECK with a new column, and would make the whole table anew for one beside it.
    kind = op.get_bind().dialect.name
    timestamp = "DATETIME" if kind == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    op.execute(
        f"ALTER TABLE role_grant ADD COLUMN waits_until {timestamp} CONSTRAINT ck_role_grant_waiting_ends "
        "CHECK (waits_until IS NULL OR ends_at IS NOT NULL)"
    )
    op.execute(
        f"ALTER TABLE role_grant ADD COLUMN planned_end {timestamp} CONSTRAINT ck_role_grant_planned_while_waiting "
        "CHECK (planned_end IS NULL OR waits_until IS NOT NULL)"
    )
    _let_roles_wait(op.get_bind())


def _let_roles_wait(bind):
    now = datetime.now(UTC)
    rows = bind.execute(
        sa.select(
            grant.c.id,
            grant.c.role,
            grant.c.starts_at,
            grant.c.ends_at,
            sa.select(sa.func.max(link.c.expires_at))
            .where(
                link.c.account_id == grant.c.account_id,
                link.c.purpose == "invitation",
                link.c.used_at.is_(None),
            )
            .scalar_subquery()
            .label("link_ends_at"),
        )
        .join(account, account.c.id == grant.c.account_id)
        .where(
            account.c.password_hash == "",
            sa.or_(grant.c.ends_at.is_(None), grant.c.ends_at > now),
            sa.or_(
                account.c.last_seen_on.is_(None),
                grant.c.role.in_(BY_PASSWORD)
                & ~sa.exists().where(identity.c.account_id == grant.c.account_id),
            ),
        )
    ).all()
    for row in rows:
        starts_at, planned_end, link_ends_at = map(_aware, (row.starts_at, row.ends_at, row.link_ends_at))
        waits_until = now + WELCOME if row.role not in BY_PASSWORD else (link_ends_at or now)
        ends_at = max(starts_at, min(waits_until, planned_end or waits_until))
        bind.execute(
            sa.update(grant)
            .where(grant.c.id == row.id)
            .values(waits_until=waits_until, planned_end=planned_end, ends_at=ends_at)
        )


def _aware(value):
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def downgrade():
    bind = op.get_bind()
    bind.execute(
        sa.update(grant)
        .where(grant.c.waits_until > datetime.now(UTC))
        .values(ends_at=grant.c.planned_end, waits_until=None, planned_end=None)
    )
    # SQLite takes a CHECK away with its own column, and only then the column that it names.
    op.execute("ALTER TABLE role_grant DROP COLUMN planned_end")
    op.execute("ALTER TABLE role_grant DROP COLUMN waits_until")
    op.drop_index(op.f("ix_rate_counter_ends_at"), table_name="rate_counter")
    op.drop_table("rate_counter")
