"""Roles for scopes, one row for each open session, and accounts of residents."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ROLES = ("member", "moderator", "relais", "holder", "translator", "state", "staff", "administrator")
KINDS = {
    "contract": "contract_id",
    "commune": "commune_id",
    "quartier": "quartier_id",
    "body": "body_id",
    "organisation": "organisation_id",
    "language": "language",
}
WAYS = ("password", "email", "sms", "card", "oidc")
NO_END = sa.text("ends_at IS NULL")


def listed(column, values):
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade():
    with op.batch_alter_table("account") as batch_op:
        batch_op.alter_column("email", existing_type=sa.Text(), nullable=True)
        batch_op.add_column(sa.Column("phone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("last_seen_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_column("session_number")
        batch_op.create_unique_constraint(op.f("uq_account_phone"), ["phone"])
    with op.batch_alter_table("account") as batch_op:
        batch_op.alter_column("minor", existing_type=sa.Boolean(), server_default=None)
    op.create_table(
        "account_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.CheckConstraint(listed("way", WAYS), name=op.f("ck_account_session_way")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_session_token_hash")),
    )
    op.create_index(op.f("ix_account_session_account_id"), "account_session", ["account_id"])
    op.create_index(op.f("ix_account_session_seen_at"), "account_session", ["seen_at"])
    op.create_table(
        "resident_quartier",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("quartier_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_resident_quartier_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["quartier_id"], ["quartier.id"], name=op.f("fk_resident_quartier_quartier_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "quartier_id", name=op.f("pk_resident_quartier")),
    )
    op.create_index(op.f("ix_resident_quartier_quartier_id"), "resident_quartier", ["quartier_id"])

    # Names of indexes are shared by all tables of PostgreSQL: the old table goes before the new one comes.
    held = old_grants()
    op.drop_table("role_grant")
    table = op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("quartier_id", sa.Integer(), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("scope_key", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(listed("role", ROLES), name=op.f("ck_role_grant_role")),
        sa.CheckConstraint(listed("scope_kind", ("site", *KINDS)), name=op.f("ck_role_grant_scope_kind")),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_role_grant_ends_after_it_starts")
        ),
        *(
            sa.CheckConstraint(
                f"(scope_kind = '{kind}') = ({column} IS NOT NULL)", name=op.f(f"ck_role_grant_scope_{kind}")
            )
            for kind, column in KINDS.items()
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id"), ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{kind}.id"], name=op.f(f"fk_role_grant_{column}"))
            for kind, column in KINDS.items()
            if kind != "language"
        ),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_role_grant_granted_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_role_grant_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_account_id"), "role_grant", ["account_id"])
    op.create_index(
        "uq_role_grant_open",
        "role_grant",
        ["account_id", "role", "scope_key"],
        unique=True,
        sqlite_where=NO_END,
        postgresql_where=NO_END,
    )
    if held:
        op.bulk_insert(
            table,
            [
                {
                    "account_id": row.account_id,
                    "role": row.role,
                    "scope_kind": "contract" if row.contract_id else "site",
                    "contract_id": row.contract_id,
                    "scope_key": f"contract:{row.contract_id}" if row.contract_id else "site",
                    "starts_at": row.granted_at,
                    "granted_at": row.granted_at,
                    "granted_by": row.granted_by,
                }
                for row in held
            ],
        )


def old_grants():
    old = sa.table(
        "role_grant",
        sa.column("id", sa.Integer()),
        sa.column("account_id", sa.Integer()),
        sa.column("role", sa.Text()),
        sa.column("contract_id", sa.Integer()),
        sa.column("granted_at", sa.DateTime(timezone=True)),
        sa.column("granted_by", sa.Integer()),
    )
    return op.get_bind().execute(sa.select(old).order_by(old.c.id)).all()


def downgrade():
    # Roles that the older version does not know, and accounts without an address, cannot be kept.
    bind = op.get_bind()
    new = sa.table(
        "role_grant",
        *(
            sa.column(name, kind)
            for name, kind in (
                ("id", sa.Integer()),
                ("account_id", sa.Integer()),
                ("role", sa.Text()),
                ("scope_kind", sa.Text()),
                ("contract_id", sa.Integer()),
                ("granted_at", sa.DateTime(timezone=True)),
                ("granted_by", sa.Integer()),
                ("ends_at", sa.DateTime(timezone=True)),
            )
        ),
    )
    held = bind.execute(
        sa.select(new).where(
            new.c.role.in_(("staff", "administrator")),
            new.c.scope_kind.in_(("site", "contract")),
            new.c.ends_at.is_(None),
        )
    ).all()
    op.drop_table("role_grant")
    op.drop_table("resident_quartier")
    op.drop_table("account_session")
    op.execute("DELETE FROM account WHERE email IS NULL")
    with op.batch_alter_table("account") as batch_op:
        batch_op.drop_constraint(op.f("uq_account_phone"), type_="unique")
        batch_op.alter_column("email", existing_type=sa.Text(), nullable=False)
        for name in ("phone", "minor", "last_seen_on", "warned_at", "erased_at"):
            batch_op.drop_column(name)
        batch_op.add_column(sa.Column("session_number", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("account") as batch_op:
        batch_op.alter_column("session_number", existing_type=sa.Integer(), server_default=None)
    table = op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("role IN ('staff', 'administrator')", name=op.f("ck_role_grant_role")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_role_grant_contract_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_role_grant_granted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    for name, columns, where in (
        ("uq_role_grant_contract", ["account_id", "role", "contract_id"], "contract_id IS NOT NULL"),
        ("uq_role_grant_site", ["account_id", "role"], "contract_id IS NULL"),
    ):
        op.create_index(
            name,
            "role_grant",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    if held:
        op.bulk_insert(
            table,
            [
                {
                    name: getattr(row, name)
                    for name in ("account_id", "role", "contract_id", "granted_at", "granted_by")
                }
                for row in held
            ],
        )
