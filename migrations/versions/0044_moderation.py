"""Moderation: the case of each text, decisions and their reasons, reports, appeals, charters and hints."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade():
    op.create_table(
        "hint_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("folded <> ''", name=op.f("ck_hint_pattern_folded")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_hint_pattern_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_hint_pattern_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hint_pattern")),
        sa.UniqueConstraint(
            "contract_id", "lang", "folded", name=op.f("uq_hint_pattern_contract_id_lang_folded")
        ),
    )
    op.create_index(op.f("ix_hint_pattern_created_by"), "hint_pattern", ["created_by"])

    op.create_table(
        "charter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("read_before", sa.Boolean(), nullable=False),
        sa.Column("read_within_hours", sa.Integer(), nullable=False),
        sa.Column("appeals_body_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("appeals_body_id <> body_id", name=op.f("ck_charter_appeals_elsewhere")),
        sa.CheckConstraint("read_within_hours >= 1", name=op.f("ck_charter_read_within_hours")),
        sa.ForeignKeyConstraint(
            ["appeals_body_id"], ["body.id"], name=op.f("fk_charter_appeals_body_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_charter_body_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_charter_contract_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter")),
        sa.UniqueConstraint("body_id", name=op.f("uq_charter_body_id")),
    )
    op.create_index(op.f("ix_charter_appeals_body_id"), "charter", ["appeals_body_id"])
    op.create_index(op.f("ix_charter_contract_id"), "charter", ["contract_id"])
    op.create_index(
        "ix_charter_of_staff",
        "charter",
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("body_id IS NULL"),
        postgresql_where=sa.text("body_id IS NULL"),
    )

    op.create_table(
        "moderated_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_words", sa.Text(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'regroupe') = (merged_into_id IS NOT NULL)",
            name=op.f("ck_moderated_text_merged_into_another"),
        ),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_moderated_text_kind")),
        sa.CheckConstraint(
            "state <> 'publie' OR published_at IS NOT NULL", name=op.f("ck_moderated_text_published_once")
        ),
        sa.CheckConstraint(
            "state IN ('en_attente', 'publie', 'a_reformuler', 'masque', 'regroupe', 'repris')",
            name=op.f("ck_moderated_text_state"),
        ),
        sa.CheckConstraint(
            "body_id IS NULL OR commune_id IS NULL", name=op.f("ck_moderated_text_one_moderator")
        ),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_moderated_text_not_into_itself")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_moderated_text_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_moderated_text_body_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_moderated_text_commune_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_moderated_text_contract_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["moderated_text.id"], name=op.f("fk_moderated_text_merged_into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderated_text")),
        sa.UniqueConstraint("id", "kind", name=op.f("uq_moderated_text_id_kind")),
    )
    op.create_index(op.f("ix_moderated_text_author_id"), "moderated_text", ["author_id"])
    op.create_index("ix_moderated_text_body", "moderated_text", ["body_id", "state", "due_at"])
    op.create_index(op.f("ix_moderated_text_commune_id"), "moderated_text", ["commune_id"])
    op.create_index("ix_moderated_text_contract", "moderated_text", ["contract_id", "state", "due_at"])
    op.create_index(op.f("ix_moderated_text_merged_into_id"), "moderated_text", ["merged_into_id"])

    op.create_table(
        "charter_principle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charter_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["charter_id"], ["charter.id"], name=op.f("fk_charter_principle_charter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["localized_text.id"], name=op.f("fk_charter_principle_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_principle")),
        sa.UniqueConstraint("id", "charter_id", name=op.f("uq_charter_principle_id_charter_id")),
        sa.UniqueConstraint("text_id", name=op.f("uq_charter_principle_text_id")),
    )
    op.create_index("ix_charter_principle_order", "charter_principle", ["charter_id", "position"])

    op.create_table(
        "moderation_hint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.Integer(), nullable=False),
        sa.Column("pattern_id", sa.Integer(), nullable=True),
        sa.Column("other_text_id", sa.Integer(), nullable=True),
        sa.Column("false_alarm", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'mot_signale') = (pattern_id IS NOT NULL)", name=op.f("ck_moderation_hint_of_a_pattern")
        ),
        sa.CheckConstraint(
            "(kind = 'presque_pareil') = (other_text_id IS NOT NULL)",
            name=op.f("ck_moderation_hint_near_another"),
        ),
        sa.CheckConstraint(
            "kind IN ('telephone', 'e_mail', 'nom', 'plaque', 'numero_de_rue', 'mot_signale', 'presque_pareil')",
            name=op.f("ck_moderation_hint_kind"),
        ),
        sa.CheckConstraint("starts_at >= 0 AND ends_at >= starts_at", name=op.f("ck_moderation_hint_place")),
        sa.ForeignKeyConstraint(
            ["other_text_id"],
            ["moderated_text.id"],
            name=op.f("fk_moderation_hint_other_text_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["pattern_id"], ["hint_pattern.id"], name=op.f("fk_moderation_hint_pattern_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["moderated_text.id"], name=op.f("fk_moderation_hint_text_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_hint")),
    )
    op.create_index(op.f("ix_moderation_hint_other_text_id"), "moderation_hint", ["other_text_id"])
    op.create_index(op.f("ix_moderation_hint_pattern_id"), "moderation_hint", ["pattern_id"])
    op.create_index("ix_moderation_hint_text", "moderation_hint", ["text_id", "starts_at"])

    op.create_table(
        "moderation_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("hinted", sa.Boolean(), nullable=False),
        sa.Column("principle_id", sa.Integer(), nullable=True),
        sa.Column("law", sa.Text(), nullable=True),
        sa.Column("points_to_help", sa.Boolean(), nullable=False),
        sa.Column("facts_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_for", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "act IN ('publier', 'garder', 'reformuler', 'masquer', 'masquer_en_partie', 'regrouper', 'remontrer')",
            name=op.f("ck_moderation_decision_act"),
        ),
        sa.CheckConstraint(
            "act NOT IN ('reformuler', 'masquer', 'masquer_en_partie') OR ((principle_id IS NOT NULL OR law IS NOT NULL) AND facts_id IS NOT NULL)",
            name=op.f("ck_moderation_decision_restricted_with_reasons"),
        ),
        sa.CheckConstraint(
            "law IN ('injure', 'diffamation', 'haine', 'menace', 'vie_privee', 'donnees_personnelles', 'presomption_innocence', 'terrorisme', 'enfants', 'fraude', 'droit_auteur')",
            name=op.f("ck_moderation_decision_law"),
        ),
        sa.CheckConstraint(
            "source IN ('regard', 'signalement', 'recours')", name=op.f("ck_moderation_decision_source")
        ),
        sa.CheckConstraint(
            "principle_id IS NULL OR law IS NULL", name=op.f("ck_moderation_decision_one_ground")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["account.id"],
            name=op.f("fk_moderation_decision_decided_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["facts_id"], ["localized_text.id"], name=op.f("fk_moderation_decision_facts_id")
        ),
        sa.ForeignKeyConstraint(
            ["principle_id"], ["charter_principle.id"], name=op.f("fk_moderation_decision_principle_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["moderated_text.id"],
            name=op.f("fk_moderation_decision_text_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_decision")),
        sa.UniqueConstraint("facts_id", name=op.f("uq_moderation_decision_facts_id")),
        sa.UniqueConstraint("id", "decided_by", name=op.f("uq_moderation_decision_id_decided_by")),
    )
    op.create_index(op.f("ix_moderation_decision_decided_at"), "moderation_decision", ["decided_at"])
    op.create_index(op.f("ix_moderation_decision_decided_by"), "moderation_decision", ["decided_by"])
    op.create_index(op.f("ix_moderation_decision_principle_id"), "moderation_decision", ["principle_id"])
    op.create_index("ix_moderation_decision_text", "moderation_decision", ["text_id", "id"])

    op.create_table(
        "moderation_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("contact_kind", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "contact_kind IN ('email', 'phone')", name=op.f("ck_moderation_report_contact_kind")
        ),
        sa.CheckConstraint(
            "reason IN ('danger', 'haine', 'injure', 'noms', 'vie_privee', 'enfants', 'faux', 'publicite', 'charte', 'autre')",
            name=op.f("ck_moderation_report_reason"),
        ),
        sa.CheckConstraint(
            "(contact IS NULL) = (contact_kind IS NULL)", name=op.f("ck_moderation_report_contact_of_a_kind")
        ),
        sa.CheckConstraint(
            "(decision_id IS NULL) = (decided_at IS NULL)", name=op.f("ck_moderation_report_decided_once")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["moderation_decision.id"], name=op.f("fk_moderation_report_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["account.id"],
            name=op.f("fk_moderation_report_reporter_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["moderated_text.id"], name=op.f("fk_moderation_report_text_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_report")),
        sa.UniqueConstraint("client_key", name=op.f("uq_moderation_report_client_key")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_moderation_report_receipt_hash")),
        sa.UniqueConstraint("text_id", "reporter_id", name=op.f("uq_moderation_report_text_id_reporter_id")),
    )
    op.create_index(op.f("ix_moderation_report_decision_id"), "moderation_report", ["decision_id"])
    op.create_index("ix_moderation_report_open", "moderation_report", ["decided_at", "text_id"])
    op.create_index(op.f("ix_moderation_report_reporter_id"), "moderation_report", ["reporter_id"])
    op.create_index(op.f("ix_moderation_report_text_id"), "moderation_report", ["text_id"])

    op.create_table(
        "moderation_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("contested_by", sa.Integer(), nullable=True),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("to_body_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_for", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(side = 'signalement') = (report_id IS NOT NULL)",
            name=op.f("ck_moderation_appeal_reporters_by_their_report"),
        ),
        sa.CheckConstraint(
            "outcome IN ('maintenue', 'annulee', 'annulee_en_partie')",
            name=op.f("ck_moderation_appeal_outcome"),
        ),
        sa.CheckConstraint("side IN ('auteur', 'signalement')", name=op.f("ck_moderation_appeal_side")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (answer_id IS NULL)",
            name=op.f("ck_moderation_appeal_decided_in_words"),
        ),
        sa.CheckConstraint("decided_by <> contested_by", name=op.f("ck_moderation_appeal_another_person")),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["localized_text.id"], name=op.f("fk_moderation_appeal_answer_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_moderation_appeal_decided_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id", "contested_by"],
            ["moderation_decision.id", "moderation_decision.decided_by"],
            name="fk_moderation_appeal_contested",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["moderation_decision.id"],
            name=op.f("fk_moderation_appeal_decision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["moderation_report.id"],
            name=op.f("fk_moderation_appeal_report_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_body_id"], ["body.id"], name=op.f("fk_moderation_appeal_to_body_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_appeal")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_moderation_appeal_answer_id")),
        sa.UniqueConstraint("client_key", name=op.f("uq_moderation_appeal_client_key")),
        sa.UniqueConstraint("report_id", name=op.f("uq_moderation_appeal_report_id")),
    )
    op.create_index(op.f("ix_moderation_appeal_contested_by"), "moderation_appeal", ["contested_by"])
    op.create_index(op.f("ix_moderation_appeal_decided_by"), "moderation_appeal", ["decided_by"])
    op.create_index("ix_moderation_appeal_decision", "moderation_appeal", ["decision_id"])
    op.create_index(
        "ix_moderation_appeal_of_author",
        "moderation_appeal",
        ["decision_id"],
        unique=True,
        sqlite_where=sa.text("side = 'auteur'"),
        postgresql_where=sa.text("side = 'auteur'"),
    )
    op.create_index("ix_moderation_appeal_open", "moderation_appeal", ["to_body_id", "decided_at"])


def downgrade():
    for table in (
        "moderation_appeal",
        "moderation_report",
        "moderation_decision",
        "moderation_hint",
        "charter_principle",
        "moderated_text",
        "charter",
        "hint_pattern",
    ):
        op.drop_table(table)
    # Nothing names them any more.
    owners = "('charter_principle', 'moderation_decision', 'moderation_appeal')"
    op.execute(
        "DELETE FROM translation WHERE text_id IN"
        f" (SELECT id FROM localized_text WHERE owner_kind IN {owners})"
    )
    op.execute(f"DELETE FROM localized_text WHERE owner_kind IN {owners}")
