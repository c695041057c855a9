"""What bodies publish, what was decided of single dates of their meetings, how many people came."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade():
    op.create_table(
        "body_publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("meeting_day", sa.Date(), nullable=True),
        sa.Column("title_id", sa.Integer(), nullable=True),
        sa.Column("summary_id", sa.Integer(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind IN ('ordre_du_jour', 'compte_rendu')) = (meeting_id IS NOT NULL)",
            name=op.f("ck_body_publication_of_a_meeting"),
        ),
        sa.CheckConstraint(
            "kind IN ('ordre_du_jour', 'compte_rendu', 'avis', 'bilan', 'courrier', 'autre')",
            name=op.f("ck_body_publication_kind"),
        ),
        sa.CheckConstraint(
            "(meeting_id IS NULL) = (meeting_day IS NULL)", name=op.f("ck_body_publication_of_a_date")
        ),
        sa.CheckConstraint(
            "(meeting_id IS NULL) = (title_id IS NOT NULL)", name=op.f("ck_body_publication_title_of_its_own")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason_id IS NULL)",
            name=op.f("ck_body_publication_withdrawn_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["body.id"], name=op.f("fk_body_publication_body_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_body_publication_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["localized_text.id"], name=op.f("fk_body_publication_summary_id")
        ),
        sa.ForeignKeyConstraint(
            ["title_id"], ["localized_text.id"], name=op.f("fk_body_publication_title_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_reason_id"],
            ["localized_text.id"],
            name=op.f("fk_body_publication_withdrawn_reason_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_publication")),
        sa.UniqueConstraint("body_id", "client_key", name=op.f("uq_body_publication_body_id_client_key")),
        sa.UniqueConstraint("summary_id", name=op.f("uq_body_publication_summary_id")),
        sa.UniqueConstraint("title_id", name=op.f("uq_body_publication_title_id")),
        sa.UniqueConstraint("withdrawn_reason_id", name=op.f("uq_body_publication_withdrawn_reason_id")),
    )
    op.create_index(op.f("ix_body_publication_meeting_id"), "body_publication", ["meeting_id"])
    op.create_index("ix_body_publication_newest", "body_publication", ["body_id", "said_on", "id"])
    op.create_table(
        "meeting_attendance",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("first_time", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "first_time >= 0 AND first_time <= present",
            name=op.f("ck_meeting_attendance_first_time_among_present"),
        ),
        sa.CheckConstraint("present >= 0", name=op.f("ck_meeting_attendance_present")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_attendance_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", "day", name=op.f("pk_meeting_attendance")),
    )
    op.create_table(
        "meeting_exception",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'moved') = (starts_at IS NOT NULL)", name=op.f("ck_meeting_exception_moved_to_an_hour")
        ),
        sa.CheckConstraint(
            "(state = 'restored') = (reason_id IS NULL)", name=op.f("ck_meeting_exception_with_a_reason")
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'moved', 'restored')", name=op.f("ck_meeting_exception_state")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_exception_ends_after_it_starts")),
        sa.CheckConstraint(
            "second_ends_at > second_starts_at", name=op.f("ck_meeting_exception_second_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_exception_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["localized_text.id"], name=op.f("fk_meeting_exception_reason_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "day", name=op.f("pk_meeting_exception")),
        sa.UniqueConstraint("reason_id", name=op.f("uq_meeting_exception_reason_id")),
    )
    op.create_table(
        "body_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sentence_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("by_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["body_publication.id"],
            name=op.f("fk_body_decision_publication_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sentence_id"], ["localized_text.id"], name=op.f("fk_body_decision_sentence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_decision")),
        sa.UniqueConstraint(
            "publication_id", "position", name=op.f("uq_body_decision_publication_id_position")
        ),
        sa.UniqueConstraint("sentence_id", name=op.f("uq_body_decision_sentence_id")),
    )
    op.create_table(
        "body_publication_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("caption_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["caption_id"], ["localized_text.id"], name=op.f("fk_body_publication_file_caption_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_body_publication_file_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["body_publication.id"],
            name=op.f("fk_body_publication_file_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_publication_file")),
        sa.UniqueConstraint("caption_id", name=op.f("uq_body_publication_file_caption_id")),
        sa.UniqueConstraint("file_id", name=op.f("uq_body_publication_file_file_id")),
        sa.UniqueConstraint(
            "publication_id", "position", name=op.f("uq_body_publication_file_publication_id_position")
        ),
    )


def downgrade():
    op.drop_table("body_publication_file")
    op.drop_table("body_decision")
    op.drop_table("meeting_exception")
    op.drop_table("meeting_attendance")
    op.drop_table("body_publication")
