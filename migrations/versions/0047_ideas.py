"""Ideas: boxes, ideas, supports, points for and against, groups and objections."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade():
    op.create_table(
        "idea_box",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answerer_id", sa.Integer(), nullable=True),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_before", sa.Boolean(), nullable=False),
        sa.Column("supports_shown", sa.Text(), nullable=False),
        sa.Column("south", sa.Double(), nullable=True),
        sa.Column("west", sa.Double(), nullable=True),
        sa.Column("north", sa.Double(), nullable=True),
        sa.Column("east", sa.Double(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("choice_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "supports_shown <> 'apres' OR closes_at IS NOT NULL", name=op.f("ck_idea_box_shown_once_closed")
        ),
        sa.CheckConstraint(
            "supports_shown IN ('par_paliers', 'apres')", name=op.f("ck_idea_box_supports_shown")
        ),
        sa.CheckConstraint(
            "(south IS NULL) = (north IS NULL) AND (south IS NULL) = (west IS NULL) AND (south IS NULL) = (east IS NULL)",
            name=op.f("ck_idea_box_whole_area"),
        ),
        sa.CheckConstraint("answer_days > 0", name=op.f("ck_idea_box_answer_days")),
        sa.CheckConstraint(
            "answer_days IS NULL OR answer_due_on IS NULL", name=op.f("ck_idea_box_one_promise")
        ),
        sa.CheckConstraint("body_id IS NULL OR commune_id IS NULL", name=op.f("ck_idea_box_one_keeper")),
        sa.CheckConstraint(
            "choice_opened_at IS NULL OR published_at IS NOT NULL",
            name=op.f("ck_idea_box_choice_once_published"),
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_idea_box_closes_after_it_opens")),
        sa.CheckConstraint(
            "published_at IS NULL OR answerer_id IS NOT NULL", name=op.f("ck_idea_box_published_complete")
        ),
        sa.CheckConstraint("south < north AND west < east", name=op.f("ck_idea_box_area")),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR published_at IS NOT NULL",
            name=op.f("ck_idea_box_withdrawn_once_published"),
        ),
        sa.ForeignKeyConstraint(["answerer_id"], ["localized_text.id"], name=op.f("fk_idea_box_answerer_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_idea_box_body_id")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_idea_box_commune_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_idea_box_contract_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_idea_box_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["localized_text.id"], name=op.f("fk_idea_box_question_id")),
        sa.ForeignKeyConstraint(["title_id"], ["localized_text.id"], name=op.f("fk_idea_box_title_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_box")),
        sa.UniqueConstraint("answerer_id", name=op.f("uq_idea_box_answerer_id")),
        sa.UniqueConstraint("client_key", name=op.f("uq_idea_box_client_key")),
        sa.UniqueConstraint("question_id", name=op.f("uq_idea_box_question_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_idea_box_slug")),
        sa.UniqueConstraint("title_id", name=op.f("uq_idea_box_title_id")),
    )
    op.create_index(op.f("ix_idea_box_body_id"), "idea_box", ["body_id"])
    op.create_index(op.f("ix_idea_box_commune_id"), "idea_box", ["commune_id"])
    op.create_index("ix_idea_box_contract", "idea_box", ["contract_id", "published_at"])
    op.create_index(op.f("ix_idea_box_created_by"), "idea_box", ["created_by"])
    op.create_table(
        "idea",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("same_words", sa.Text(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("quartier_id", sa.Integer(), nullable=True),
        sa.Column("place_kind", sa.Text(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("landmark", sa.Text(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("signed", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("relayed", sa.Boolean(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("contact_kind", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("contact_language", sa.Text(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.Text(), nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(coalesce(place_kind, '') = 'point') = (lat IS NOT NULL) AND (lat IS NULL) = (lon IS NULL)",
            name=op.f("ck_idea_point"),
        ),
        sa.CheckConstraint(
            "(coalesce(place_kind, '') = 'repere') = (landmark IS NOT NULL)", name=op.f("ck_idea_landmark")
        ),
        sa.CheckConstraint(
            "(taken_back_at IS NOT NULL) = (title = '') AND (taken_back_at IS NOT NULL) = (words = '') AND (taken_back_at IS NOT NULL) = (same_words IS NULL)",
            name=op.f("ck_idea_words_until_taken_back"),
        ),
        sa.CheckConstraint(
            "channel IN ('en_ligne', 'papier', 'telephone', 'rue', 'reunion', 'groupe', 'permanence', 'porte_a_porte', 'domicile', 'marche', 'ecole')",
            name=op.f("ck_idea_channel"),
        ),
        sa.CheckConstraint("contact_kind IN ('email', 'phone')", name=op.f("ck_idea_contact_kind")),
        sa.CheckConstraint(
            "place_kind <> 'quartier' OR quartier_id IS NOT NULL", name=op.f("ck_idea_whole_quartier")
        ),
        sa.CheckConstraint("place_kind IN ('point', 'repere', 'quartier')", name=op.f("ck_idea_place_kind")),
        sa.CheckConstraint(
            "theme IN ('habitat', 'ecologie', 'tranquillite', 'emploi', 'sante', 'emancipation', 'autre', 'violences', 'drogues', 'femmes', 'enfants', 'conflit_logement')",
            name=op.f("ck_idea_theme"),
        ),
        sa.CheckConstraint(
            "theme NOT IN ('violences', 'drogues', 'femmes', 'enfants', 'conflit_logement') OR place_kind IS NULL OR place_kind = 'quartier'",
            name=op.f("ck_idea_no_place_where_sensitive"),
        ),
        sa.CheckConstraint(
            "(answer_id IS NULL) = (answered_at IS NULL) AND (answer_id IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_idea_answered_in_words"),
        ),
        sa.CheckConstraint(
            "(contact IS NULL) = (contact_kind IS NULL)", name=op.f("ck_idea_contact_of_a_kind")
        ),
        sa.CheckConstraint("NOT minor OR signed IS NULL", name=op.f("ck_idea_minors_are_not_named")),
        sa.CheckConstraint("relayed = (consent_id IS NOT NULL)", name=op.f("ck_idea_relayed_with_consent")),
        sa.CheckConstraint("supports >= 0", name=op.f("ck_idea_supports")),
        sa.ForeignKeyConstraint(["answer_id"], ["localized_text.id"], name=op.f("fk_idea_answer_id")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_idea_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["box_id"], ["idea_box.id"], name=op.f("fk_idea_box_id")),
        sa.ForeignKeyConstraint(["case_id"], ["moderated_text.id"], name=op.f("fk_idea_case_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_idea_consent_id")),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["account.id"], name=op.f("fk_idea_entered_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["stored_file.id"], name=op.f("fk_idea_photo_id")),
        sa.ForeignKeyConstraint(["quartier_id"], ["quartier.id"], name=op.f("fk_idea_quartier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_idea_answer_id")),
        sa.UniqueConstraint("box_id", "same_words", name=op.f("uq_idea_box_id_same_words")),
        sa.UniqueConstraint("case_id", name=op.f("uq_idea_case_id")),
        sa.UniqueConstraint("client_key", name=op.f("uq_idea_client_key")),
        sa.UniqueConstraint("consent_id", name=op.f("uq_idea_consent_id")),
        sa.UniqueConstraint("id", "box_id", name=op.f("uq_idea_id_box_id")),
        sa.UniqueConstraint("photo_id", name=op.f("uq_idea_photo_id")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_idea_receipt_hash")),
    )
    op.create_index(op.f("ix_idea_author_id"), "idea", ["author_id"])
    op.create_index(op.f("ix_idea_entered_by"), "idea", ["entered_by"])
    op.create_index("ix_idea_newest", "idea", ["box_id", "id"])
    op.create_index(op.f("ix_idea_quartier_id"), "idea", ["quartier_id"])
    op.create_index("ix_idea_supported", "idea", ["box_id", "supports", "id"])
    op.create_table(
        "idea_box_quartier",
        sa.Column("idea_box_id", sa.Integer(), nullable=False),
        sa.Column("quartier_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_box_id"],
            ["idea_box.id"],
            name=op.f("fk_idea_box_quartier_idea_box_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quartier_id"],
            ["quartier.id"],
            name=op.f("fk_idea_box_quartier_quartier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("idea_box_id", "quartier_id", name=op.f("pk_idea_box_quartier")),
    )
    op.create_index(op.f("ix_idea_box_quartier_quartier_id"), "idea_box_quartier", ["quartier_id"])
    op.create_table(
        "idea_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("words_id", sa.Integer(), nullable=True),
        sa.Column("retained", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT retained OR merged_into_id IS NULL", name=op.f("ck_idea_group_retained_stands")
        ),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_idea_group_not_into_itself")),
        sa.ForeignKeyConstraint(["box_id"], ["idea_box.id"], name=op.f("fk_idea_group_box_id")),
        sa.ForeignKeyConstraint(
            ["merged_into_id", "box_id"],
            ["idea_group.id", "idea_group.box_id"],
            name="fk_idea_group_merged_into",
        ),
        sa.ForeignKeyConstraint(["title_id"], ["localized_text.id"], name=op.f("fk_idea_group_title_id")),
        sa.ForeignKeyConstraint(["words_id"], ["localized_text.id"], name=op.f("fk_idea_group_words_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_group")),
        sa.UniqueConstraint("id", "box_id", name=op.f("uq_idea_group_id_box_id")),
        sa.UniqueConstraint("title_id", name=op.f("uq_idea_group_title_id")),
        sa.UniqueConstraint("words_id", name=op.f("uq_idea_group_words_id")),
    )
    op.create_index(op.f("ix_idea_group_merged_into_id"), "idea_group", ["merged_into_id"])
    op.create_index("ix_idea_group_order", "idea_group", ["box_id", "position"])
    op.create_table(
        "idea_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("moved", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answer_id IS NULL) = (answered_at IS NULL) AND (answer_id IS NULL) = (moved IS NULL)",
            name=op.f("ck_idea_objection_answered_in_words"),
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["localized_text.id"], name=op.f("fk_idea_objection_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_idea_objection_answered_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["idea_group.id"], name=op.f("fk_idea_objection_group_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_objection_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_objection")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_idea_objection_answer_id")),
        sa.UniqueConstraint("idea_id", name=op.f("uq_idea_objection_idea_id")),
    )
    op.create_index(op.f("ix_idea_objection_answered_by"), "idea_objection", ["answered_by"])
    op.create_index(op.f("ix_idea_objection_group_id"), "idea_objection", ["group_id"])
    op.create_index("ix_idea_objection_open", "idea_objection", ["answered_at", "idea_id"])
    op.create_table(
        "idea_placing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ended_at >= placed_at", name=op.f("ck_idea_placing_ended_after_it_began")),
        sa.ForeignKeyConstraint(
            ["group_id", "box_id"], ["idea_group.id", "idea_group.box_id"], name="fk_idea_placing_group"
        ),
        sa.ForeignKeyConstraint(
            ["idea_id", "box_id"], ["idea.id", "idea.box_id"], name="fk_idea_placing_idea"
        ),
        sa.ForeignKeyConstraint(
            ["placed_by"], ["account.id"], name=op.f("fk_idea_placing_placed_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_placing")),
    )
    op.create_index("ix_idea_placing_group", "idea_placing", ["group_id", "ended_at"])
    op.create_index(
        "ix_idea_placing_now",
        "idea_placing",
        ["idea_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_idea_placing_placed_by"), "idea_placing", ["placed_by"])
    op.create_table(
        "idea_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("same_words", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("contact_language", sa.Text(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.Text(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(taken_back_at IS NOT NULL) = (words = '') AND (taken_back_at IS NOT NULL) = (same_words IS NULL)",
            name=op.f("ck_idea_point_words_until_taken_back"),
        ),
        sa.CheckConstraint("side IN ('pour', 'contre')", name=op.f("ck_idea_point_side")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_idea_point_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["moderated_text.id"], name=op.f("fk_idea_point_case_id")),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_idea_point_idea_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_point")),
        sa.UniqueConstraint("case_id", name=op.f("uq_idea_point_case_id")),
        sa.UniqueConstraint("client_key", name=op.f("uq_idea_point_client_key")),
        sa.UniqueConstraint("idea_id", "same_words", name=op.f("uq_idea_point_idea_id_same_words")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_idea_point_receipt_hash")),
    )
    op.create_index(op.f("ix_idea_point_author_id"), "idea_point", ["author_id"])
    op.create_index("ix_idea_point_idea", "idea_point", ["idea_id", "side", "id"])
    op.create_table(
        "idea_support",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("browser_hash", sa.Text(), nullable=True),
        sa.Column("supported_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (browser_hash IS NULL)", name=op.f("ck_idea_support_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idea_support_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_idea_support_idea_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_support")),
        sa.UniqueConstraint("idea_id", "account_id", name=op.f("uq_idea_support_idea_id_account_id")),
        sa.UniqueConstraint("idea_id", "browser_hash", name=op.f("uq_idea_support_idea_id_browser_hash")),
    )
    op.create_index(op.f("ix_idea_support_account_id"), "idea_support", ["account_id"])


def downgrade():
    for table in (
        "idea_support",
        "idea_point",
        "idea_placing",
        "idea_objection",
        "idea_group",
        "idea_box_quartier",
        "idea",
        "idea_box",
    ):
        op.drop_table(table)
    # Nothing names them any more.
    owners = "('idea_box', 'idea', 'idea_group', 'idea_objection')"
    op.execute(
        "DELETE FROM translation WHERE text_id IN"
        f" (SELECT id FROM localized_text WHERE owner_kind IN {owners})"
    )
    op.execute(f"DELETE FROM localized_text WHERE owner_kind IN {owners}")
    # What ran before cannot say what these are.
    cases = "(SELECT id FROM moderated_text WHERE kind IN ('idea', 'idea_point'))"
    decisions = f"(SELECT id FROM moderation_decision WHERE text_id IN {cases})"
    op.execute(f"DELETE FROM moderation_appeal WHERE decision_id IN {decisions}")
    for table in ("report", "hint", "decision"):
        op.execute(f"DELETE FROM moderation_{table} WHERE text_id IN {cases}")
    op.execute("DELETE FROM moderated_text WHERE kind IN ('idea', 'idea_point')")
    # Nor what was said of them: the next decision of the same number could not be written.
    said = (
        "(owner_kind = 'moderation_decision' AND owner_id NOT IN (SELECT id FROM moderation_decision))"
        " OR (owner_kind = 'moderation_appeal' AND owner_id NOT IN (SELECT id FROM moderation_appeal))"
    )
    op.execute(f"DELETE FROM translation WHERE text_id IN (SELECT id FROM localized_text WHERE {said})")
    op.execute(f"DELETE FROM localized_text WHERE {said}")
