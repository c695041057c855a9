"""What residents say to a body, and the consent of those for whom a relais writes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("relais_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("act IN ('words')", name=op.f("ck_consent_act")),
        sa.CheckConstraint("form IN ('spoken', 'signed')", name=op.f("ck_consent_form")),
        sa.ForeignKeyConstraint(
            ["relais_id"], ["account.id"], name=op.f("fk_consent_relais_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent") as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_relais_id"), ["relais_id"])

    op.create_table(
        "voice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("quartier_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("relayed", sa.Boolean(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("contact_kind", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("contact_language", sa.Text(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("author_agrees_public", sa.Boolean(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("transmitted_to_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_words", sa.Text(), nullable=True),
        sa.Column("holds_names", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'transmis' OR transmitted_to_id IS NOT NULL",
            name=op.f("ck_voice_transmitted_to_somebody"),
        ),
        sa.CheckConstraint(
            "(state IN ('repondu', 'sans_suite')) = (answer_id IS NOT NULL)",
            name=op.f("ck_voice_decided_in_words"),
        ),
        sa.CheckConstraint(
            "(state IN ('repondu', 'sans_suite')) = (decided_at IS NOT NULL)",
            name=op.f("ck_voice_decided_once"),
        ),
        sa.CheckConstraint(
            "channel IN ('en_ligne', 'permanence', 'rue', 'telephone', 'porte_a_porte', 'domicile', 'marche', 'ecole', 'reunion', 'papier')",
            name=op.f("ck_voice_channel"),
        ),
        sa.CheckConstraint("contact_kind IN ('email', 'phone')", name=op.f("ck_voice_contact_kind")),
        sa.CheckConstraint("kind IN ('question', 'idee', 'difficulte')", name=op.f("ck_voice_kind")),
        sa.CheckConstraint(
            "state IN ('recu', 'transmis', 'repondu', 'sans_suite')", name=op.f("ck_voice_state")
        ),
        sa.CheckConstraint(
            "theme IN ('habitat', 'ecologie', 'tranquillite', 'emploi', 'sante', 'emancipation', 'autre', 'violences', 'drogues', 'femmes', 'enfants', 'conflit_logement')",
            name=op.f("ck_voice_theme"),
        ),
        sa.CheckConstraint(
            "(contact IS NULL) = (contact_kind IS NULL)", name=op.f("ck_voice_contact_of_a_kind")
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR author_agrees_public", name=op.f("ck_voice_public_if_the_author_agrees")
        ),
        sa.CheckConstraint("relayed = (consent_id IS NOT NULL)", name=op.f("ck_voice_relayed_with_consent")),
        sa.ForeignKeyConstraint(["answer_id"], ["localized_text.id"], name=op.f("fk_voice_answer_id")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_voice_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_voice_body_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_voice_consent_id")),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["account.id"], name=op.f("fk_voice_entered_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["stored_file.id"], name=op.f("fk_voice_photo_id")),
        sa.ForeignKeyConstraint(["quartier_id"], ["quartier.id"], name=op.f("fk_voice_quartier_id")),
        sa.ForeignKeyConstraint(
            ["transmitted_to_id"], ["organisation.id"], name=op.f("fk_voice_transmitted_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sa.UniqueConstraint("client_key", name=op.f("uq_voice_client_key")),
        sa.UniqueConstraint("consent_id", name=op.f("uq_voice_consent_id")),
        sa.UniqueConstraint("photo_id", name=op.f("uq_voice_photo_id")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_voice_receipt_hash")),
    )
    with op.batch_alter_table("voice") as batch_op:
        batch_op.create_index(batch_op.f("ix_voice_author_id"), ["author_id"])
        batch_op.create_index("ix_voice_body_published", ["body_id", "published_at"])
        batch_op.create_index("ix_voice_body_state", ["body_id", "state"])
        batch_op.create_index(batch_op.f("ix_voice_decided_at"), ["decided_at"])
        batch_op.create_index(batch_op.f("ix_voice_entered_by"), ["entered_by"])
        batch_op.create_index(batch_op.f("ix_voice_transmitted_to_id"), ["transmitted_to_id"])

    op.create_table(
        "voice_settings",
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("readers_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("due_days > 0", name=op.f("ck_voice_settings_due_days")),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_voice_settings_body_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["readers_id"], ["localized_text.id"], name=op.f("fk_voice_settings_readers_id")
        ),
        sa.PrimaryKeyConstraint("body_id", name=op.f("pk_voice_settings")),
        sa.UniqueConstraint("readers_id", name=op.f("uq_voice_settings_readers_id")),
    )
    op.create_table(
        "voice_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voice_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("organisation_name", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("sentence_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('recu', 'transmis', 'repondu', 'sans_suite')", name=op.f("ck_voice_step_state")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_voice_step_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_voice_step_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"], ["localized_text.id"], name=op.f("fk_voice_step_sentence_id")
        ),
        sa.ForeignKeyConstraint(
            ["voice_id"], ["voice.id"], name=op.f("fk_voice_step_voice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_step")),
    )
    with op.batch_alter_table("voice_step") as batch_op:
        batch_op.create_index(batch_op.f("ix_voice_step_author_id"), ["author_id"])
        batch_op.create_index(batch_op.f("ix_voice_step_organisation_id"), ["organisation_id"])
        batch_op.create_index(batch_op.f("ix_voice_step_voice_id"), ["voice_id"])


def downgrade():
    op.drop_table("voice_step")
    op.drop_table("voice_settings")
    op.drop_table("voice")
    op.drop_table("consent")
