"""The migration that sealed the audit trail keeps every entry, seals it, and can be taken back."""

import hashlib
import json
import signal
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from cdv_civic.core.audit.check import check
from cdv_civic.core.audit.counter import Counter
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db
from cdv_civic.core.settings import keys
from cdv_civic.core.site_identity import site_id
from tests.conftest import PostgresServer, Site
from tests.core.audit.test_trail import record
from tests.faults.processes import process

BEFORE = "0013"
AFTER = "0017"
AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
WRITE = sa.text(
    "INSERT INTO audit_entry (at, actor_id, actor_label, action, object_kind, object_id, scope, before, after,"
    " previous_hash, hash) VALUES (:at, :actor, 'Ville', 'commitment.edit', 'commitment', :number, 'val', :before,"
    " 'null', :previous, :hash)"
)


def load(how_many: int) -> list[str]:
    """Entries as they were written before; their hashes."""
    previous, hashes = "0" * 64, []
    with db.engine.begin() as connection:
        for number in range(1, how_many + 1):
            before = {"titre": "été", "n": number}
            content = [
                AT.isoformat(timespec="microseconds"),
                7,
                "Ville",
                "commitment.edit",
                "commitment",
                number,
                "val",
                before,
                None,
                previous,
            ]
            canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            found = hashlib.sha256(canonical.encode()).hexdigest()
            connection.execute(
                WRITE,
                {
                    "number": number,
                    "at": AT if connection.dialect.name == "postgresql" else AT.isoformat(" ")[:-6],
                    "actor": 7,
                    "before": json.dumps(before),
                    "previous": previous,
                    "hash": found,
                },
            )
            hashes.append(found)
            previous = found
    return hashes


def hashes_of() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.execute(sa.text("SELECT hash FROM audit_entry ORDER BY id")).scalars())


def test_entries_of_before_are_sealed_and_counted(tmp_path: Path, postgres: PostgresServer | None) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        downgrade(revision=BEFORE)
        hashes = load(1203)
        assert not keys().exists("audit")
        upgrade(revision=AFTER)
        session = db.session()
        assert hashes_of() == hashes
        assert (check(session).count, check(session).problems) == (1203, [])
        counter = Counter(keys().folder, site_id(session))
        counted = counter.read()
        assert counted is not None
        assert (counted.entry, counted.hash) == (1203, hashes[-1])
        record(2)
        assert check(session).problems == []

        db.session.remove()
        downgrade(revision=BEFORE)
        assert [column["name"] for column in sa.inspect(db.engine).get_columns("audit_entry")].count(
            "seal"
        ) == 0
        assert hashes_of()[:1203] == hashes
        upgrade(revision=AFTER)
        assert check(db.session()).problems == []
        db.session.rollback()
        with db.engine.begin() as attacker:
            attacker.execute(sa.delete(AuditEntry).where(sa.text("id > 1200")))
        assert "shorter" in check(db.session()).problems[0]
        db.session.remove()
        db.engine.dispose()


#: A migration that is killed once the trail is sealed and counted.
KILLED_AFTER_THE_SEALS = """
import os, signal
from flask_migrate import upgrade
from sqlalchemy import event
from app import app
from cdv_civic.core.db import db

def die(_connection, _cursor, statement, *_rest):
    if "CREATE TABLE ledger_entry" in statement:
        os.kill(os.getpid(), signal.SIGKILL)

with app.app_context():
    event.listen(db.engine, "before_cursor_execute", die)
    upgrade()
"""


def test_a_migration_that_was_killed_leaves_one_counter_once_it_is_run_again(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    folder = site.settings.keys_dir
    others = "audit-00000000-0000-4000-8000-000000000000.count"
    with site.app.app_context():
        downgrade(revision="0012")
        hashes = load(3)
        db.session.remove()
        db.engine.dispose()
        folder.mkdir(exist_ok=True)
        (folder / others).write_text("3 " + "a" * 64 + "\n")
        with process(site, KILLED_AFTER_THE_SEALS) as migrating:
            assert migrating.wait(60) == -signal.SIGKILL
        (stray,) = {each.name for each in folder.glob("audit-*.count")} - {others}
        assert (folder / stray).read_text() == f"3 {hashes[-1]}\n"
        upgrade()
        own = Counter(folder, site_id(db.session()))
        assert {each.name for each in folder.glob("audit-*.count")} == {own.path.name, others}
        assert check(db.session()).problems == []
        db.session.remove()
        db.engine.dispose()


def test_a_site_without_an_entry_gets_its_key_with_the_first_one(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        assert not keys().exists("audit")
        record(1)
        assert check(db.session()).problems == []
        db.session.remove()
        db.engine.dispose()
