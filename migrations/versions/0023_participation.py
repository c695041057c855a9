"""When the form of a body is open; groups among the channels; links between things that have to do with each other."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

THINGS = "'engagement', 'parole', 'publication', 'consultation', 'projet', 'constat'"
BEFORE = "'en_ligne', 'permanence', 'rue', 'telephone', 'porte_a_porte', 'domicile', 'marche', 'ecole', 'reunion', 'papier'"
CHANNELS = (
    "'en_ligne', 'papier', 'telephone', 'rue', 'reunion', 'groupe', 'permanence', 'porte_a_porte', 'domicile',"
    " 'marche', 'ecole'"
)


def upgrade():
    # Written out: SQLite takes a CHECK with a new column, and would make the whole table anew for one beside it.
    timestamp = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    op.execute(f"ALTER TABLE voice_settings ADD COLUMN opens_at {timestamp}")
    op.execute(
        f"ALTER TABLE voice_settings ADD COLUMN closes_at {timestamp}"
        " CONSTRAINT ck_voice_settings_closes_after_it_opens CHECK (closes_at > opens_at)"
    )
    _channels(CHANNELS)
    op.create_table(
        "participation_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_kind", sa.Text(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_kind", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"from_kind IN ({THINGS})", name=op.f("ck_participation_link_from_kind")),
        sa.CheckConstraint(f"to_kind IN ({THINGS})", name=op.f("ck_participation_link_to_kind")),
        sa.CheckConstraint(
            "kind IN ('porte_sur', 'repond_a', 'a_donne')", name=op.f("ck_participation_link_kind")
        ),
        sa.CheckConstraint(
            "from_kind <> to_kind OR from_id <> to_id", name=op.f("ck_participation_link_not_itself")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_participation_link_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation_link")),
        sa.UniqueConstraint(
            "from_kind",
            "from_id",
            "to_kind",
            "to_id",
            "kind",
            name=op.f("uq_participation_link_from_kind_from_id_to_kind_to_id_kind"),
        ),
    )
    op.create_index("ix_participation_link_to", "participation_link", ["to_kind", "to_id"])
    op.create_index(op.f("ix_participation_link_created_by"), "participation_link", ["created_by"])


def downgrade():
    op.drop_table("participation_link")
    # The version before knows no groups; they met.
    op.execute("UPDATE voice SET channel = 'reunion' WHERE channel = 'groupe'")
    _channels(BEFORE)
    # SQLite takes a CHECK away with its own column, and only then the column that it names.
    op.execute("ALTER TABLE voice_settings DROP COLUMN closes_at")
    op.execute("ALTER TABLE voice_settings DROP COLUMN opens_at")


def _channels(codes):
    with op.batch_alter_table("voice") as batch:
        batch.drop_constraint(op.f("ck_voice_channel"), type_="check")
        batch.create_check_constraint(op.f("ck_voice_channel"), f"channel IN ({codes})")
