"""Seats of bodies, and draws of lots that anybody can check."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    op.create_table(
        "college_seats",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("college", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "college IN ('habitants', 'acteurs_locaux')", name=op.f("ck_college_seats_college")
        ),
        sa.CheckConstraint("number >= 0", name=op.f("ck_college_seats_number")),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_college_seats_body_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("body_id", "college", name=op.f("pk_college_seats")),
    )
    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("college", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("substitutes", sa.Integer(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("seed_rule", sa.Text(), nullable=False),
        sa.Column("seed_day", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("seeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("seated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("college IN ('habitants', 'acteurs_locaux')", name=op.f("ck_draw_college")),
        sa.CheckConstraint(
            "published_at IS NULL OR (seed_rule <> '' AND seed_day IS NOT NULL)",
            name=op.f("ck_draw_published_with_a_rule"),
        ),
        sa.CheckConstraint("(seed IS NULL) = (seeded_at IS NULL)", name=op.f("ck_draw_seed_with_its_moment")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_draw_seats")),
        sa.CheckConstraint(
            "seed IS NULL OR published_at IS NOT NULL", name=op.f("ck_draw_published_before_the_seed")
        ),
        sa.CheckConstraint("substitutes >= 0", name=op.f("ck_draw_substitutes")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_draw_body_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("uid", name=op.f("uq_draw_uid")),
    )
    op.create_index(op.f("ix_draw_body_id"), "draw", ["body_id"], unique=False)
    op.create_table(
        "draw_candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=True),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["draw.id"], name=op.f("fk_draw_candidate_draw_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_candidate")),
        sa.UniqueConstraint("draw_id", "label", name=op.f("uq_draw_candidate_draw_id_label")),
        sa.UniqueConstraint("draw_id", "person_key", name=op.f("uq_draw_candidate_draw_id_person_key")),
    )
    op.create_table(
        "draw_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["draw.id"], name=op.f("fk_draw_list_draw_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_list")),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_draw_list_draw_id_number")),
    )
    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("college", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("substitute", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("represents", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("name_public_on", sa.Date(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("role_grant_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("college IN ('habitants', 'acteurs_locaux')", name=op.f("ck_seat_college")),
        sa.CheckConstraint(
            "ending IN ('mandat', 'depart', 'demenagement', 'absence', 'erreur', 'autre')",
            name=op.f("ck_seat_ending"),
        ),
        sa.CheckConstraint("gender IN ('femme', 'homme', 'non_dit')", name=op.f("ck_seat_gender")),
        sa.CheckConstraint("way IN ('tirage', 'volontaire', 'designation')", name=op.f("ck_seat_way")),
        sa.CheckConstraint("(ended_on IS NULL) = (ending IS NULL)", name=op.f("ck_seat_ended_with_a_reason")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_seat_ends_after_it_starts")),
        sa.CheckConstraint("substitute OR rank IS NULL", name=op.f("ck_seat_rank_of_a_substitute")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_seat_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_seat_body_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["role_grant_id"], ["role_grant.id"], name=op.f("fk_seat_role_grant_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("uid", name=op.f("uq_seat_uid")),
    )
    op.create_index(op.f("ix_seat_account_id"), "seat", ["account_id"], unique=False)
    op.create_index(op.f("ix_seat_body_id"), "seat", ["body_id"], unique=False)
    op.create_index(
        "uq_seat_account_open",
        "seat",
        ["body_id", "college", "account_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index(
        "uq_seat_person_open",
        "seat",
        ["body_id", "college", "person_key"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )


def downgrade():
    op.drop_table("seat")
    op.drop_table("draw_list")
    op.drop_table("draw_candidate")
    op.drop_table("draw")
    op.drop_table("college_seats")
