"""What a database says of itself: the same questions to the picture a backup takes, and to what a restore brought."""

from collections.abc import Iterable
from dataclasses import dataclass

from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import Migrate
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from cdv_civic.core.audit import trail
from cdv_civic.core.db import Model
from cdv_civic.core.secrets import KeyMissing
from cdv_civic.core.site_identity import site_id


@dataclass(frozen=True)
class Facts:
    """A database at one moment."""

    site: str
    revision: str
    rows: dict[str, int]
    #: (kind, key) of each stored file.
    files: list[tuple[str, str]]
    audit_entries: int
    #: None: of an older version, whose trail this one does not read.
    audit_whole: bool | None


def revision_of(session: Session) -> str:
    """The last migration that a database has seen."""
    revision: str = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return revision


def counted(session: Session, tables: Iterable[str]) -> dict[str, int]:
    """How many rows these tables have; those that are not there are left out."""
    there = set(inspect(session.connection()).get_table_names())
    return {
        name: session.execute(select(func.count()).select_from(text(f'"{name}"'))).scalar_one()
        for name in sorted(tables)
        if name in there
    }


def stored_files(session: Session) -> list[tuple[str, str]]:
    """(kind, key) of each file that a row names, whatever the version of the tables."""
    rows = session.execute(text("SELECT kind, key FROM stored_file ORDER BY id"))
    return [(row.kind, row.key) for row in rows]


def known_revisions() -> ScriptDirectory:
    """The migrations of this version."""
    migrate: Migrate = current_app.extensions["migrate"].migrate
    # Flask-Migrate's own class of settings, which Alembic's types do not know.
    return ScriptDirectory.from_config(migrate.get_config())  # type: ignore[arg-type]


def facts_of(session: Session) -> Facts:
    """All of it; the chain of the audit trail where the tables are those of this version."""
    revision = revision_of(session)
    rows = counted(session, [table.name for table in Model.metadata.sorted_tables])
    whole = None
    if revision == known_revisions().get_current_head():
        try:
            whole = trail.verify(session)[1] is None
        except KeyMissing:
            whole = False
    return Facts(
        site=site_id(session),
        revision=revision,
        rows=rows,
        files=stored_files(session),
        audit_entries=rows[trail.AuditEntry.__tablename__],
        audit_whole=whole,
    )
