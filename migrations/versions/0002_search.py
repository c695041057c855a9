"""The index of full-text search: FTS5 on SQLite, GIN on PostgreSQL; and the publication row."""

from alembic import op

revision = "0002"
down_revision = "0001"

SQLITE = (
    "CREATE VIRTUAL TABLE commitment_search_fts USING fts5("
    "document, content='commitment_search', content_rowid='commitment_id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER commitment_search_added AFTER INSERT ON commitment_search BEGIN "
    "INSERT INTO commitment_search_fts(rowid, document) VALUES (new.commitment_id, new.document); END",
    "CREATE TRIGGER commitment_search_removed AFTER DELETE ON commitment_search BEGIN "
    "INSERT INTO commitment_search_fts(commitment_search_fts, rowid, document) "
    "VALUES ('delete', old.commitment_id, old.document); END",
    "CREATE TRIGGER commitment_search_changed AFTER UPDATE ON commitment_search BEGIN "
    "INSERT INTO commitment_search_fts(commitment_search_fts, rowid, document) "
    "VALUES ('delete', old.commitment_id, old.document); "
    "INSERT INTO commitment_search_fts(rowid, document) VALUES (new.commitment_id, new.document); END",
)


def upgrade():
    op.execute("INSERT INTO publication (id, number) VALUES (1, 0)")
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    else:
        op.execute(
            "CREATE INDEX ix_commitment_search_document ON commitment_search "
            "USING gin (to_tsvector('simple', document))"
        )


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER commitment_search_{name}")
        op.execute("DROP TABLE commitment_search_fts")
    else:
        op.execute("DROP INDEX ix_commitment_search_document")
    op.execute("DELETE FROM publication")
