"""Each text knows what it belongs to and counts its versions; each translation, whose it is and what it renders."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

#: Each column that points to a text: table, column, the column of the owner's id, and how its contract is found.
_OWN = "{table}.contract_id"
_OF_BODY = "(SELECT body.contract_id FROM body WHERE body.id = {table}.body_id)"
_OF_MEETING = (
    "(SELECT body.contract_id FROM body JOIN meeting ON meeting.body_id = body.id"
    " WHERE meeting.id = {table}.meeting_id)"
)
_OF_PUBLICATION = (
    "(SELECT body.contract_id FROM body JOIN body_publication ON body_publication.body_id = body.id"
    " WHERE body_publication.id = {table}.publication_id)"
)
_OF_COMMITMENT = "(SELECT commitment.contract_id FROM commitment WHERE commitment.id = {table}.commitment_id)"
_OF_PROGRESS = (
    "(SELECT commitment.contract_id FROM commitment JOIN progress ON progress.commitment_id = commitment.id"
    " WHERE progress.id = {table}.progress_id)"
)
_OF_VOICE = (
    "(SELECT body.contract_id FROM body JOIN voice ON voice.body_id = body.id"
    " WHERE voice.id = {table}.voice_id)"
)
OWNERS = (
    ("contract", "title_id", "id", "{table}.id"),
    ("axis", "title_id", "id", _OWN),
    ("commitment", "title_id", "id", _OWN),
    ("indicator", "name_id", "id", _OWN),
    ("progress", "sentence_id", "id", _OF_COMMITMENT),
    ("progress", "detail_id", "id", _OF_COMMITMENT),
    ("evidence", "caption_id", "id", _OF_PROGRESS),
    ("glossary_entry", "explanation_id", "id", "NULL"),
    ("body_life", "contact_id", "body_id", _OF_BODY),
    ("body_life", "joining_id", "body_id", _OF_BODY),
    ("meeting", "title_id", "id", _OF_BODY),
    ("meeting", "sentence_id", "id", _OF_BODY),
    ("meeting", "cancelled_reason_id", "id", _OF_BODY),
    ("meeting_exception", "reason_id", "meeting_id", _OF_MEETING),
    ("body_publication", "title_id", "id", _OF_BODY),
    ("body_publication", "summary_id", "id", _OF_BODY),
    ("body_publication", "withdrawn_reason_id", "id", _OF_BODY),
    ("body_decision", "sentence_id", "id", _OF_PUBLICATION),
    ("body_publication_file", "caption_id", "id", _OF_PUBLICATION),
    ("voice_settings", "readers_id", "body_id", _OF_BODY),
    ("voice_step", "sentence_id", "id", _OF_VOICE),
)
#: An answer is the sentence of the step that ended the word.
BORROWED = (("voice", "answer_id"),)
_BATCH = 500

text_table = sa.table(
    "localized_text",
    sa.column("id", sa.Integer()),
    sa.column("version", sa.Integer()),
    sa.column("changed_at", sa.DateTime(timezone=True)),
    sa.column("owner_kind", sa.Text()),
    sa.column("owner_id", sa.Integer()),
    sa.column("field", sa.Text()),
    sa.column("contract_id", sa.Integer()),
)


def upgrade():
    with op.batch_alter_table("localized_text") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("owner_kind", sa.Text(), nullable=True))
        batch.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("field", sa.Text(), nullable=True))
        batch.add_column(sa.Column("contract_id", sa.Integer(), nullable=True))
    connection = op.get_bind()
    # Nobody wrote down when a text changed: this is the day from which it is known.
    connection.execute(sa.update(text_table).values(version=1, changed_at=datetime.now(UTC)))
    for table, column, owner, contract in OWNERS:
        _own(connection, table, column, owner, contract.format(table=table))
    # What nothing names any more; SQLite's foreign keys are off while it migrates.
    op.execute(
        "DELETE FROM translation WHERE text_id IN (SELECT id FROM localized_text WHERE owner_kind IS NULL)"
    )
    op.execute("DELETE FROM localized_text WHERE owner_kind IS NULL")
    with op.batch_alter_table("localized_text") as batch:
        for name, kind in (
            ("version", sa.Integer()),
            ("changed_at", sa.DateTime(timezone=True)),
            ("owner_kind", sa.Text()),
            ("owner_id", sa.Integer()),
            ("field", sa.Text()),
        ):
            batch.alter_column(name, existing_type=kind, nullable=False)
        batch.create_check_constraint(op.f("ck_localized_text_version"), "version > 0")
        batch.create_check_constraint(op.f("ck_localized_text_owned"), "owner_kind <> '' AND field <> ''")
        batch.create_unique_constraint(
            op.f("uq_localized_text_owner_kind_owner_id_field"), ["owner_kind", "owner_id", "field"]
        )
    op.create_index("ix_localized_text_oldest", "localized_text", ["contract_id", "changed_at", "id"])
    _upgrade_translations()


def _own(connection, table, column, owner, contract):
    """Say of each text that a column points to whose it is."""
    field = f"'{column.removesuffix('_id')}'"
    if table == "meeting_exception":
        field += f" || ' ' || CAST({table}.day AS TEXT)"
    found = connection.execute(
        sa.text(
            f"SELECT {table}.{column} AS text_id, {table}.{owner} AS owner, {field} AS field,"
            f" {contract} AS contract FROM {table} WHERE {table}.{column} IS NOT NULL ORDER BY 1, 2"
        )
    ).all()
    # Where two name one text, it is the first one's.
    owners = {}
    for row in found:
        owner_of_it = {"owner": row.owner, "name": row.field, "contract": row.contract}
        owners.setdefault(row.text_id, {"text_id": row.text_id, **owner_of_it})
    statement = (
        sa.update(text_table)
        .where(text_table.c.id == sa.bindparam("text_id"))
        .values(
            owner_kind=table,
            owner_id=sa.bindparam("owner"),
            field=sa.bindparam("name"),
            contract_id=sa.bindparam("contract"),
        )
    )
    rows = list(owners.values())
    for start in range(0, len(rows), _BATCH):
        connection.execute(statement, rows[start : start + _BATCH])


def _upgrade_translations():
    with op.batch_alter_table("translation", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.add_column(sa.Column("renders_version", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("author_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("reviewer_id", sa.Integer(), nullable=True))
        batch.drop_constraint(op.f("ck_translation_state"), type_="check")
    op.execute("UPDATE translation SET renders_version = CASE state WHEN 'stale' THEN 0 ELSE 1 END")
    op.execute("UPDATE translation SET state = 'reviewed' WHERE state = 'stale'")
    op.execute("UPDATE translation SET reviewed_at = changed_at WHERE state = 'reviewed'")
    with op.batch_alter_table("translation", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.alter_column("renders_version", existing_type=sa.Integer(), nullable=False)
        batch.create_check_constraint(op.f("ck_translation_state"), "state IN ('draft', 'reviewed')")
        batch.create_check_constraint(
            op.f("ck_translation_reviewed_at_a_moment"), "(state = 'reviewed') = (reviewed_at IS NOT NULL)"
        )
        batch.create_check_constraint(
            op.f("ck_translation_reviewed_by_somebody"), "reviewer_id IS NULL OR state = 'reviewed'"
        )
        batch.create_check_constraint(op.f("ck_translation_renders_version"), "renders_version >= 0")
        for column in ("author_id", "reviewer_id"):
            batch.create_foreign_key(
                op.f(f"fk_translation_{column}"), "account", [column], ["id"], ondelete="SET NULL"
            )
    for column in ("author_id", "reviewer_id"):
        op.create_index(op.f(f"ix_translation_{column}"), "translation", [column])


def downgrade():
    for column in ("author_id", "reviewer_id"):
        op.drop_index(op.f(f"ix_translation_{column}"), "translation")
    with op.batch_alter_table("translation", table_kwargs={"sqlite_with_rowid": False}) as batch:
        for name in ("state", "reviewed_at_a_moment", "reviewed_by_somebody", "renders_version"):
            batch.drop_constraint(op.f(f"ck_translation_{name}"), type_="check")
        for column in ("author_id", "reviewer_id"):
            batch.drop_constraint(op.f(f"fk_translation_{column}"), type_="foreignkey")
    op.execute(
        "UPDATE translation SET state = 'stale' WHERE state = 'reviewed' AND renders_version <"
        " (SELECT version FROM localized_text WHERE localized_text.id = translation.text_id)"
    )
    with op.batch_alter_table("translation", table_kwargs={"sqlite_with_rowid": False}) as batch:
        for column in ("renders_version", "author_id", "reviewed_at", "reviewer_id"):
            batch.drop_column(column)
        batch.create_check_constraint(op.f("ck_translation_state"), "state IN ('draft', 'reviewed', 'stale')")
    op.drop_index("ix_localized_text_oldest", "localized_text")
    with op.batch_alter_table("localized_text") as batch:
        batch.drop_constraint(op.f("uq_localized_text_owner_kind_owner_id_field"), type_="unique")
        for name in ("version", "owned"):
            batch.drop_constraint(op.f(f"ck_localized_text_{name}"), type_="check")
        for column in ("version", "changed_at", "owner_kind", "owner_id", "field", "contract_id"):
            batch.drop_column(column)
