"""Consultations: what is asked, of whom, until when, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade():
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=True),
        sa.Column("power", sa.Text(), nullable=True),
        sa.Column("negotiable_id", sa.Integer(), nullable=True),
        sa.Column("settled_id", sa.Integer(), nullable=True),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column("readers_id", sa.Integer(), nullable=True),
        sa.Column("ties_id", sa.Integer(), nullable=True),
        sa.Column("audience_id", sa.Integer(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paper_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("age_to_answer", sa.Integer(), nullable=True),
        sa.Column("age_for_name", sa.Integer(), nullable=True),
        sa.Column("age_for_photo", sa.Integer(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("one_question_a_screen", sa.Boolean(), nullable=False),
        sa.Column("entered_twice", sa.Boolean(), nullable=False),
        sa.Column("open_rows", sa.Boolean(), nullable=False),
        sa.Column("wave_of_id", sa.Integer(), nullable=True),
        sa.Column("wave", sa.Text(), nullable=True),
        sa.Column("reaches_nobody", sa.Boolean(), nullable=True),
        sa.Column("client_key", sa.Text(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason_id", sa.Integer(), nullable=True),
        sa.Column("unlinked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "power IN ('informer', 'consulter', 'co_decider')", name=op.f("ck_consultation_power")
        ),
        sa.CheckConstraint(
            "proof IN ('aucune', 'message', 'carte', 'franceconnect')", name=op.f("ck_consultation_proof")
        ),
        sa.CheckConstraint(
            "(counted_at IS NULL) = (counted IS NULL)", name=op.f("ck_consultation_counted_at_a_moment")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason_id IS NULL)",
            name=op.f("ck_consultation_withdrawn_with_a_reason"),
        ),
        sa.CheckConstraint("age_for_name >= age_to_answer", name=op.f("ck_consultation_age_for_name")),
        sa.CheckConstraint("age_for_photo >= age_to_answer", name=op.f("ck_consultation_age_for_photo")),
        sa.CheckConstraint("age_to_answer >= 0", name=op.f("ck_consultation_age_to_answer")),
        sa.CheckConstraint(
            "answered_at IS NULL OR frozen_at IS NOT NULL", name=op.f("ck_consultation_answered_once_frozen")
        ),
        sa.CheckConstraint(
            "archived_at IS NULL OR answered_at IS NOT NULL",
            name=op.f("ck_consultation_archived_once_answered"),
        ),
        sa.CheckConstraint(
            "body_id IS NULL OR commune_id IS NULL", name=op.f("ck_consultation_one_organiser")
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_consultation_closes_after_it_opens")),
        sa.CheckConstraint(
            "frozen_at IS NULL OR published_at IS NOT NULL",
            name=op.f("ck_consultation_frozen_once_published"),
        ),
        sa.CheckConstraint("paper_until >= closes_at", name=op.f("ck_consultation_paper_after_it_closes")),
        sa.CheckConstraint(
            "published_at IS NULL OR (power IS NOT NULL AND proof IS NOT NULL AND opens_at IS NOT NULL AND closes_at IS NOT NULL AND answer_due_on IS NOT NULL AND age_to_answer IS NOT NULL AND age_for_name IS NOT NULL AND age_for_photo IS NOT NULL AND negotiable_id IS NOT NULL AND settled_id IS NOT NULL AND decider_id IS NOT NULL AND readers_id IS NOT NULL)",
            name=op.f("ck_consultation_published_complete"),
        ),
        sa.CheckConstraint(
            "wave_of_id IS NULL OR wave IS NOT NULL", name=op.f("ck_consultation_wave_with_a_name")
        ),
        sa.ForeignKeyConstraint(["ties_id"], ["localized_text.id"], name=op.f("fk_consultation_ties_id")),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["localized_text.id"], name=op.f("fk_consultation_audience_id")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_consultation_body_id")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_consultation_commune_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_consultation_contract_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_consultation_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["localized_text.id"], name=op.f("fk_consultation_decider_id")
        ),
        sa.ForeignKeyConstraint(
            ["negotiable_id"], ["localized_text.id"], name=op.f("fk_consultation_negotiable_id")
        ),
        sa.ForeignKeyConstraint(
            ["purpose_id"], ["localized_text.id"], name=op.f("fk_consultation_purpose_id")
        ),
        sa.ForeignKeyConstraint(
            ["readers_id"], ["localized_text.id"], name=op.f("fk_consultation_readers_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_id"], ["localized_text.id"], name=op.f("fk_consultation_settled_id")
        ),
        sa.ForeignKeyConstraint(["title_id"], ["localized_text.id"], name=op.f("fk_consultation_title_id")),
        sa.ForeignKeyConstraint(["wave_of_id"], ["consultation.id"], name=op.f("fk_consultation_wave_of_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_reason_id"], ["localized_text.id"], name=op.f("fk_consultation_withdrawn_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("audience_id", name=op.f("uq_consultation_audience_id")),
        sa.UniqueConstraint("client_key", name=op.f("uq_consultation_client_key")),
        sa.UniqueConstraint("decider_id", name=op.f("uq_consultation_decider_id")),
        sa.UniqueConstraint("negotiable_id", name=op.f("uq_consultation_negotiable_id")),
        sa.UniqueConstraint("purpose_id", name=op.f("uq_consultation_purpose_id")),
        sa.UniqueConstraint("readers_id", name=op.f("uq_consultation_readers_id")),
        sa.UniqueConstraint("settled_id", name=op.f("uq_consultation_settled_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_consultation_slug")),
        sa.UniqueConstraint("ties_id", name=op.f("uq_consultation_ties_id")),
        sa.UniqueConstraint("title_id", name=op.f("uq_consultation_title_id")),
        sa.UniqueConstraint("withdrawn_reason_id", name=op.f("uq_consultation_withdrawn_reason_id")),
    )
    op.create_index(op.f("ix_consultation_body_id"), "consultation", ["body_id"])
    op.create_index(op.f("ix_consultation_commune_id"), "consultation", ["commune_id"])
    op.create_index(op.f("ix_consultation_created_by"), "consultation", ["created_by"])
    op.create_index("ix_consultation_open", "consultation", ["contract_id", "published_at", "closes_at"])
    op.create_index(op.f("ix_consultation_wave_of_id"), "consultation", ["wave_of_id"])

    op.create_table(
        "consultation_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("quartier_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("person_hash", sa.Text(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("relayed", sa.Boolean(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("sheet_number", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(speaker = 'person') = (people IS NULL)", name=op.f("ck_consultation_answer_groups_have_a_size")
        ),
        sa.CheckConstraint(
            "channel IN ('en_ligne', 'papier', 'telephone', 'rue', 'reunion', 'groupe', 'permanence', 'porte_a_porte', 'domicile', 'marche', 'ecole')",
            name=op.f("ck_consultation_answer_channel"),
        ),
        sa.CheckConstraint(
            "evidence IN ('aucune', 'message', 'carte', 'franceconnect', 'temoin')",
            name=op.f("ck_consultation_answer_evidence"),
        ),
        sa.CheckConstraint(
            "speaker IN ('person', 'group', 'table')", name=op.f("ck_consultation_answer_speaker")
        ),
        sa.CheckConstraint("people >= 1", name=op.f("ck_consultation_answer_people")),
        sa.CheckConstraint(
            "relayed = (consent_id IS NOT NULL)", name=op.f("ck_consultation_answer_relayed_with_consent")
        ),
        sa.CheckConstraint("sheet_number >= 1", name=op.f("ck_consultation_answer_sheet_number")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_consultation_answer_account_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name=op.f("fk_consultation_answer_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_answer_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["account.id"],
            name=op.f("fk_consultation_answer_entered_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["quartier_id"], ["quartier.id"], name=op.f("fk_consultation_answer_quartier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_answer")),
        sa.UniqueConstraint("client_key", name=op.f("uq_consultation_answer_client_key")),
        sa.UniqueConstraint("consent_id", name=op.f("uq_consultation_answer_consent_id")),
        sa.UniqueConstraint(
            "consultation_id", "account_id", name=op.f("uq_consultation_answer_consultation_id_account_id")
        ),
        sa.UniqueConstraint(
            "consultation_id", "person_hash", name=op.f("uq_consultation_answer_consultation_id_person_hash")
        ),
        sa.UniqueConstraint(
            "consultation_id",
            "sheet_number",
            name=op.f("uq_consultation_answer_consultation_id_sheet_number"),
        ),
        sa.UniqueConstraint("id", "consultation_id", name=op.f("uq_consultation_answer_id_consultation_id")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_consultation_answer_receipt_hash")),
    )
    op.create_index(op.f("ix_consultation_answer_account_id"), "consultation_answer", ["account_id"])
    op.create_index(
        "ix_consultation_answer_counts",
        "consultation_answer",
        ["consultation_id", "speaker", "channel", "evidence", "people"],
    )
    op.create_index(op.f("ix_consultation_answer_entered_by"), "consultation_answer", ["entered_by"])
    op.create_index(op.f("ix_consultation_answer_quartier_id"), "consultation_answer", ["quartier_id"])

    op.create_table(
        "consultation_public",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('en_ligne', 'papier', 'telephone', 'rue', 'reunion', 'groupe', 'permanence', 'porte_a_porte', 'domicile', 'marche', 'ecole')",
            name=op.f("ck_consultation_public_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_public_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["name_id"], ["localized_text.id"], name=op.f("fk_consultation_public_name_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_public")),
        sa.UniqueConstraint("name_id", name=op.f("uq_consultation_public_name_id")),
    )
    op.create_index("ix_consultation_public_order", "consultation_public", ["consultation_id", "position"])

    op.create_table(
        "consultation_quartier",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("quartier_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_quartier_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quartier_id"],
            ["quartier.id"],
            name=op.f("fk_consultation_quartier_quartier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "quartier_id", name=op.f("pk_consultation_quartier")),
    )
    op.create_index(op.f("ix_consultation_quartier_quartier_id"), "consultation_quartier", ["quartier_id"])

    op.create_table(
        "consultation_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=True),
        sa.Column("intro_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_consultation_step_kind")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_consultation_step_consultation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["intro_id"], ["localized_text.id"], name=op.f("fk_consultation_step_intro_id")
        ),
        sa.ForeignKeyConstraint(
            ["title_id"], ["localized_text.id"], name=op.f("fk_consultation_step_title_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_step")),
        sa.UniqueConstraint("id", "consultation_id", name=op.f("uq_consultation_step_id_consultation_id")),
        sa.UniqueConstraint("intro_id", name=op.f("uq_consultation_step_intro_id")),
        sa.UniqueConstraint("title_id", name=op.f("uq_consultation_step_title_id")),
    )
    op.create_index("ix_consultation_step_order", "consultation_step", ["consultation_id", "position"])

    op.create_table(
        "consultation_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("hint_id", sa.Integer(), nullable=True),
        sa.Column("easy_id", sa.Integer(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("lowest", sa.Integer(), nullable=True),
        sa.Column("highest", sa.Integer(), nullable=True),
        sa.Column("classes", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('single', 'multiple', 'scale', 'number', 'short', 'long', 'pictures', 'rank', 'points', 'pick')",
            name=op.f("ck_consultation_question_kind"),
        ),
        sa.CheckConstraint("highest > lowest", name=op.f("ck_consultation_question_highest")),
        sa.CheckConstraint("least >= 0", name=op.f("ck_consultation_question_least")),
        sa.CheckConstraint(
            "most >= 1 AND (least IS NULL OR most >= least)", name=op.f("ck_consultation_question_most")
        ),
        sa.ForeignKeyConstraint(
            ["easy_id"], ["localized_text.id"], name=op.f("fk_consultation_question_easy_id")
        ),
        sa.ForeignKeyConstraint(
            ["hint_id"], ["localized_text.id"], name=op.f("fk_consultation_question_hint_id")
        ),
        sa.ForeignKeyConstraint(
            ["step_id", "consultation_id"],
            ["consultation_step.id", "consultation_step.consultation_id"],
            name="fk_consultation_question_step",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["localized_text.id"], name=op.f("fk_consultation_question_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_question")),
        sa.UniqueConstraint("easy_id", name=op.f("uq_consultation_question_easy_id")),
        sa.UniqueConstraint("hint_id", name=op.f("uq_consultation_question_hint_id")),
        sa.UniqueConstraint(
            "id", "consultation_id", name=op.f("uq_consultation_question_id_consultation_id")
        ),
        sa.UniqueConstraint("text_id", name=op.f("uq_consultation_question_text_id")),
    )
    op.create_index(
        "ix_consultation_question_order", "consultation_question", ["consultation_id", "step_id", "position"]
    )

    op.create_table(
        "consultation_cross",
        sa.Column("row_question_id", sa.Integer(), nullable=False),
        sa.Column("column_question_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "row_question_id <> column_question_id", name=op.f("ck_consultation_cross_two_questions")
        ),
        sa.ForeignKeyConstraint(
            ["column_question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_cross_column",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["row_question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_cross_row",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("row_question_id", name=op.f("pk_consultation_cross")),
        sa.UniqueConstraint("column_question_id", name=op.f("uq_consultation_cross_column_question_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_consultation_cross_consultation_id"), "consultation_cross", ["consultation_id"])

    op.create_table(
        "consultation_number",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id", "consultation_id"],
            ["consultation_answer.id", "consultation_answer.consultation_id"],
            name="fk_consultation_number_answer",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_number_question",
        ),
        sa.PrimaryKeyConstraint("answer_id", "question_id", name=op.f("pk_consultation_number")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_consultation_number_counts", "consultation_number", ["consultation_id", "question_id", "value"]
    )

    op.create_table(
        "consultation_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("picture_words_id", sa.Integer(), nullable=True),
        sa.Column("axis_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("came_up_in", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(picture_id IS NULL) = (picture_words_id IS NULL)",
            name=op.f("ck_consultation_option_picture_in_words"),
        ),
        sa.CheckConstraint(
            "axis_id IS NULL OR commitment_id IS NULL", name=op.f("ck_consultation_option_of_one_thing")
        ),
        sa.ForeignKeyConstraint(["axis_id"], ["axis.id"], name=op.f("fk_consultation_option_axis_id")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_consultation_option_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["stored_file.id"], name=op.f("fk_consultation_option_picture_id")
        ),
        sa.ForeignKeyConstraint(
            ["picture_words_id"], ["localized_text.id"], name=op.f("fk_consultation_option_picture_words_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["consultation_question.id"],
            name=op.f("fk_consultation_option_question_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["localized_text.id"], name=op.f("fk_consultation_option_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_option")),
        sa.UniqueConstraint("id", "question_id", name=op.f("uq_consultation_option_id_question_id")),
        sa.UniqueConstraint("picture_id", name=op.f("uq_consultation_option_picture_id")),
        sa.UniqueConstraint("picture_words_id", name=op.f("uq_consultation_option_picture_words_id")),
        sa.UniqueConstraint("text_id", name=op.f("uq_consultation_option_text_id")),
    )
    op.create_index(op.f("ix_consultation_option_axis_id"), "consultation_option", ["axis_id"])
    op.create_index(op.f("ix_consultation_option_commitment_id"), "consultation_option", ["commitment_id"])
    op.create_index("ix_consultation_option_order", "consultation_option", ["question_id", "position"])

    op.create_table(
        "consultation_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id", "consultation_id"],
            ["consultation_answer.id", "consultation_answer.consultation_id"],
            name="fk_consultation_words_answer",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_words_question",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_words")),
        sa.UniqueConstraint(
            "answer_id", "question_id", name=op.f("uq_consultation_words_answer_id_question_id")
        ),
    )
    op.create_index(
        "ix_consultation_words_question", "consultation_words", ["consultation_id", "question_id", "id"]
    )

    op.create_table(
        "consultation_choice",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_consultation_choice_number")),
        sa.ForeignKeyConstraint(
            ["answer_id", "consultation_id"],
            ["consultation_answer.id", "consultation_answer.consultation_id"],
            name="fk_consultation_choice_answer",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["option_id", "question_id"],
            ["consultation_option.id", "consultation_option.question_id"],
            name="fk_consultation_choice_option",
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "consultation_id"],
            ["consultation_question.id", "consultation_question.consultation_id"],
            name="fk_consultation_choice_question",
        ),
        sa.PrimaryKeyConstraint("answer_id", "option_id", name=op.f("pk_consultation_choice")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_consultation_choice_counts",
        "consultation_choice",
        ["consultation_id", "question_id", "option_id", "number"],
    )
    op.create_index("ix_consultation_choice_option", "consultation_choice", ["option_id", "question_id"])

    op.create_table(
        "consultation_coding",
        sa.Column("words_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("coded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["coded_by"], ["account.id"], name=op.f("fk_consultation_coding_coded_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["option_id"], ["consultation_option.id"], name=op.f("fk_consultation_coding_option_id")
        ),
        sa.ForeignKeyConstraint(
            ["words_id"],
            ["consultation_words.id"],
            name=op.f("fk_consultation_coding_words_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("words_id", "option_id", name=op.f("pk_consultation_coding")),
    )
    op.create_index(op.f("ix_consultation_coding_coded_by"), "consultation_coding", ["coded_by"])
    op.create_index(op.f("ix_consultation_coding_option_id"), "consultation_coding", ["option_id"])

    op.create_table(
        "consultation_condition",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["option_id"], ["consultation_option.id"], name=op.f("fk_consultation_condition_option_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["consultation_question.id"],
            name=op.f("fk_consultation_condition_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_consultation_condition")),
    )
    op.create_index(op.f("ix_consultation_condition_option_id"), "consultation_condition", ["option_id"])


def downgrade():
    for table in (
        "consultation_condition",
        "consultation_coding",
        "consultation_choice",
        "consultation_words",
        "consultation_option",
        "consultation_number",
        "consultation_cross",
        "consultation_question",
        "consultation_step",
        "consultation_quartier",
        "consultation_public",
        "consultation_answer",
        "consultation",
    ):
        op.drop_table(table)
    # Nothing names them any more.
    owners = "owner_kind = 'consultation' OR owner_kind LIKE 'consultation\\_%' ESCAPE '\\'"
    op.execute(f"DELETE FROM translation WHERE text_id IN (SELECT id FROM localized_text WHERE {owners})")
    op.execute(f"DELETE FROM localized_text WHERE {owners}")
