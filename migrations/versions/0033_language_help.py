"""Services that help in the languages of the quartiers."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade():
    op.create_table(
        "language_help",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("quartier_id", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("what_id", sa.Integer(), nullable=False),
        sa.Column("spoken", sa.JSON(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("hours_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('interpreter', 'interpreter_by_phone', 'public_writer', 'counter')",
            name=op.f("ck_language_help_kind"),
        ),
        sa.CheckConstraint(
            "commune_id IS NULL OR quartier_id IS NULL", name=op.f("ck_language_help_for_one_place")
        ),
        sa.CheckConstraint(
            "place IS NOT NULL OR phone IS NOT NULL", name=op.f("ck_language_help_can_be_reached")
        ),
        sa.CheckConstraint("length(service) BETWEEN 1 AND 120", name=op.f("ck_language_help_service")),
        sa.CheckConstraint("length(place) <= 200", name=op.f("ck_language_help_place")),
        sa.CheckConstraint("length(phone) <= 25", name=op.f("ck_language_help_phone")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_language_help_contract_id")),
        sa.ForeignKeyConstraint(
            ["commune_id", "contract_id"],
            ["contract_commune.commune_id", "contract_commune.contract_id"],
            name=op.f("fk_language_help_commune_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(["quartier_id"], ["quartier.id"], name=op.f("fk_language_help_quartier_id")),
        sa.ForeignKeyConstraint(["what_id"], ["localized_text.id"], name=op.f("fk_language_help_what_id")),
        sa.ForeignKeyConstraint(["hours_id"], ["localized_text.id"], name=op.f("fk_language_help_hours_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_help")),
        sa.UniqueConstraint("client_key", name=op.f("uq_language_help_client_key")),
        sa.UniqueConstraint("what_id", name=op.f("uq_language_help_what_id")),
        sa.UniqueConstraint("hours_id", name=op.f("uq_language_help_hours_id")),
    )
    for column in ("contract_id", "commune_id", "quartier_id"):
        op.create_index(op.f(f"ix_language_help_{column}"), "language_help", [column])


def downgrade():
    op.drop_table("language_help")
    # Nothing names them any more.
    op.execute(
        "DELETE FROM translation WHERE text_id IN"
        " (SELECT id FROM localized_text WHERE owner_kind = 'language_help')"
    )
    op.execute("DELETE FROM localized_text WHERE owner_kind = 'language_help'")
