"""Somebody has the database, or the machine for a moment: whatever they do to the trail is found."""

import dataclasses
import logging
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from cdv_civic.app import create_app
from cdv_civic.core.audit import trail
from cdv_civic.core.audit.check import check, head
from cdv_civic.core.audit.counter import Counter, Mark
from cdv_civic.core.audit.trail import AuditEntry, NotSealed, restart_counter, seal_of
from cdv_civic.core.db import db, transaction
from cdv_civic.core.settings import ROOT, keys
from cdv_civic.core.site_identity import site_id
from tests.conftest import Site
from tests.core.audit.test_trail import command, record

TABLE: Any = AuditEntry.__table__


def rows() -> list[dict[str, Any]]:
    """The table, as whoever has the database reads it."""
    with db.engine.connect() as attacker:
        return [dict(row) for row in attacker.execute(select(TABLE).order_by(TABLE.c.id)).mappings()]


def put(kept: Sequence[dict[str, Any]]) -> None:
    """Write the table anew, as whoever has the database writes it."""
    db.session.rollback()
    with db.engine.begin() as attacker:
        attacker.execute(delete(TABLE))
        if kept:
            attacker.execute(insert(TABLE), list(kept))


def chained(entries: Sequence[dict[str, Any]], key: bytes | None = None) -> list[dict[str, Any]]:
    """A chain of the attacker's own; its seals are right where they have the key too."""
    made: list[dict[str, Any]] = []
    previous = "0" * 64
    for entry in entries:
        row = {**entry, "previous_hash": previous}
        row["hash"] = previous = trail.digest(AuditEntry(**row))
        row["seal"] = seal_of(key, previous) if key else secrets.token_hex(32)
        made.append(row)
    return made


def counter(session: Session) -> Counter:
    found = Counter(keys().folder, site_id(session))
    session.rollback()
    return found


def verify(app: Flask, *more: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["audit", "verify", *more])
    return result.exit_code, result.output


@pytest.fixture
def entries(app: Flask) -> Iterator[list[dict[str, Any]]]:
    """Six entries, and the key put back afterwards."""
    record(6)
    key = keys().folder / "audit.key"
    kept = key.read_bytes()
    yield rows()
    key.write_bytes(kept)


@pytest.mark.parametrize("gone", [1, 3, 6], ids=["the last", "the last three", "all"])
def test_entries_removed_at_the_end_are_missed(app: Flask, entries: list[dict[str, Any]], gone: int) -> None:
    put(entries[:-gone])
    status, said = verify(app)
    assert status == 1
    assert f"entry {entries[-1]['id']} was there" in said


def test_what_is_written_after_a_cut_does_not_hide_it(
    app: Flask, entries: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    put(entries[:-3])
    record(7)  # the site goes on, past the number that was counted
    status, said = verify(app)
    assert status == 1
    assert "not the one that this machine counted" in said
    assert "run `flask audit verify`" in caplog.text


def test_a_chain_made_anew_without_the_key_is_found(app: Flask, entries: list[dict[str, Any]]) -> None:
    entries[2]["after"] = {"titre": "autre chose"}
    put(chained(entries))
    status, said = verify(app)
    assert (status, "entry 1 (0 whole" in said) == (1, True)


def test_a_tail_made_anew_under_the_old_seals_is_found(app: Flask, entries: list[dict[str, Any]]) -> None:
    seals = [row["seal"] for row in entries]
    entries[3]["actor_id"] = 77
    put([{**row, "seal": seal} for row, seal in zip(chained(entries), seals, strict=True)])
    status, said = verify(app)
    assert (status, "entry 4" in said) == (1, True)


def test_two_entries_that_changed_places_are_found(app: Flask, entries: list[dict[str, Any]]) -> None:
    entries[1]["id"], entries[4]["id"] = entries[4]["id"], entries[1]["id"]
    put(entries)
    status, said = verify(app)
    assert (status, "breaks at entry 2" in said) == (1, True)


def test_an_entry_without_a_seal_is_found(app: Flask, entries: list[dict[str, Any]]) -> None:
    with db.engine.begin() as attacker:
        attacker.execute(update(TABLE).where(TABLE.c.id == 4).values(seal=""))
    assert verify(app)[0] == 1


def test_an_older_database_put_in_place_is_found(
    app: Flask, entries: list[dict[str, Any]], site: Site, tmp_path: Path, database_kind: str
) -> None:
    old = tmp_path / "old.sqlite3"
    if database_kind == "sqlite":
        with closing(sqlite3.connect(site.folder / "test.sqlite3")) as reading:
            reading.execute("VACUUM INTO ?", (str(old),))
    record(4)
    if database_kind == "sqlite":
        db.session.remove()
        db.engine.dispose()
        for end in ("-wal", "-shm"):
            (site.folder / f"test.sqlite3{end}").unlink(missing_ok=True)
        (site.folder / "test.sqlite3").write_bytes(old.read_bytes())
    else:
        put(entries)
    status, said = verify(app)
    assert (status, "shorter than this machine counted" in said) == (1, True)


def test_a_database_made_to_look_new_does_not_hide_the_counter(
    app: Flask, entries: list[dict[str, Any]], session: Session
) -> None:
    """All entries gone and the first act written again: the counter of this site is still there."""
    put([])
    record(1)
    assert verify(app)[0] == 1
    changed = "UPDATE site_identity SET site_id = '%s'"
    kept = site_id(session)
    session.rollback()
    try:
        with db.engine.begin() as attacker:
            attacker.exec_driver_sql(changed % uuid.uuid4())
            attacker.execute(delete(TABLE))
        record(1)
        status, said = verify(app)
        assert (status, "also counts another site" in said) == (0, True)
    finally:
        session.rollback()
        with db.engine.begin() as back:
            back.exec_driver_sql(changed % kept)


def test_a_counter_that_was_deleted_is_missed_and_no_act_makes_a_new_one(
    app: Flask, entries: list[dict[str, Any]], session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    file = counter(session).path
    file.unlink()
    status, said = verify(app)
    assert (status, file.name in said, "missing" in said) == (1, True, True)
    record(1)
    assert not file.exists()
    assert verify(app)[0] == 1
    file.write_text("nothing")
    assert verify(app)[0] == 1


def test_whoever_has_the_key_too_is_found_by_a_head_noted_elsewhere(
    app: Flask, entries: list[dict[str, Any]], session: Session
) -> None:
    noted = head(session)
    session.rollback()
    assert verify(app, "--head", noted.short) == (0, "6 entries, the chain is whole and holds that head\n")
    assert verify(app, "--head", noted.mark.hash.upper())[0] == 0
    record(2)
    assert verify(app, "--head", noted.short)[0] == 0, "it grew since"
    entries[2]["after"] = None
    forged = chained(entries, keys().read("audit"))
    put(forged)
    counter(session).restart(Mark(forged[-1]["id"], forged[-1]["hash"]))
    assert verify(app)[0] == 0
    status, said = verify(app, "--head", noted.short)
    assert (status, "is not part of the chain" in said) == (1, True)
    assert verify(app, "--head", "abc")[0] == 2


def test_the_head_can_be_noted(app: Flask, session: Session) -> None:
    run = app.test_cli_runner().invoke
    assert run(args=["audit", "head"]).exit_code == 1
    record(2)
    now = head(session)
    assert run(args=["audit", "head"]).output == f"entries: 2\nhead: {now.short}\nin full: {now.mark.hash}\n"
    assert now.short.replace("-", "") == now.mark.hash[:16]


def test_a_shorter_chain_is_accepted_as_a_named_act(
    app: Flask, entries: list[dict[str, Any]], session: Session
) -> None:
    accept = ["audit", "accept-shorter", "--reason", "Le disque est mort"]
    run = app.test_cli_runner().invoke
    assert run(args=accept).exit_code == 1, "there is nothing to accept"
    put(entries[:-2])
    assert run(args=accept).exit_code == 0
    entry = session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    assert entry.action == "site.restore"
    assert entry.before == {"entry": entries[-1]["id"], "head": entries[-1]["hash"]}
    assert entry.after == {"reason": "Le disque est mort"}
    assert verify(app)[0] == 0
    record(3)
    assert verify(app)[0] == 0
    put(rows()[:-1])
    assert verify(app)[0] == 1, "it counts again"


def test_a_restore_counts_anew_in_its_own_transaction(
    app: Flask, entries: list[dict[str, Any]], session: Session
) -> None:
    put(entries[:1])
    with transaction() as restoring:
        restart_counter(restoring, "restore")
    assert check(session).problems == []


def test_a_broken_chain_is_not_accepted(app: Flask, entries: list[dict[str, Any]]) -> None:
    put([*entries[:2], *entries[3:5]])
    result = app.test_cli_runner().invoke(args=["audit", "accept-shorter", "--reason", "oubli"])
    assert (result.exit_code, "breaks at entry 4" in result.output) == (1, True)


@pytest.mark.parametrize("loss", ["missing", "another", "not a key"])
def test_without_its_key_nothing_is_written(
    app: Flask, entries: list[dict[str, Any]], session: Session, loss: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = keys().folder / "audit.key"
    file.unlink()
    if loss == "another":
        keys().read_or_make("audit")
    elif loss == "not a key":
        file.write_text("…")
    with caplog.at_level(logging.ERROR), pytest.raises(NotSealed):
        record(1)
    assert "audit trail cannot be written" in caplog.text
    assert session.execute(select(func.count(AuditEntry.id))).scalar() == 6
    assert verify(app)[0] == 1
    assert file.exists() is (loss != "missing"), "no key is made in its place"


def test_a_lost_key_is_replaced_as_a_named_act(
    app: Flask, entries: list[dict[str, Any]], session: Session
) -> None:
    noted = head(session).mark.hash
    session.rollback()
    run = app.test_cli_runner().invoke
    rekey = ["audit", "rekey", "--reason", "Le dossier des clés est perdu"]
    assert run(args=rekey).exit_code == 1, "the key stands"
    (keys().folder / "audit.key").unlink()
    status, said = verify(app)
    assert (status, "flask audit rekey" in said) == (1, True)
    assert run(args=rekey).exit_code == 0
    assert verify(app, "--head", noted)[0] == 0
    entry = session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    assert (entry.action, entry.after) == (
        "audit.rekey",
        {"entries": 6, "whole": True, "reason": "Le dossier des clés est perdu"},
    )
    record(1)
    assert verify(app)[0] == 0


def test_a_new_key_mends_nothing(app: Flask, entries: list[dict[str, Any]], session: Session) -> None:
    with db.engine.begin() as attacker:
        attacker.execute(update(TABLE).where(TABLE.c.id == 2).values(actor_id=9))
    (keys().folder / "audit.key").unlink()
    assert app.test_cli_runner().invoke(args=["audit", "rekey", "--reason", "perdue"]).exit_code == 0
    assert (rows()[-1]["after"]["whole"], verify(app)[0]) == (False, 1)


def test_each_machine_counts_for_itself(
    app: Flask, entries: list[dict[str, Any]], site: Site, tmp_path: Path
) -> None:
    """A second machine on the same database: it has the key, and begins to count by a named act."""
    other = tmp_path / "keys"
    other.mkdir()
    (other / "audit.key").write_bytes((site.settings.keys_dir / "audit.key").read_bytes())
    second = create_app(dataclasses.replace(site.settings, keys_dir=other))
    with second.app_context():
        record(1)
        assert verify(second)[0] == 1, "nothing there says how long the trail was"
        accept = ["audit", "accept-shorter", "--reason", "Une deuxième machine"]
        assert second.test_cli_runner().invoke(args=accept).exit_code == 0
        db.session.remove()
    for _turn in range(3):
        for machine in (app, second):
            with machine.app_context():
                record(2)
                assert verify(machine)[0] == 0
                db.session.remove()
    with app.app_context():
        put(rows()[:-1])
        assert verify(app)[0] == 0, "the first machine had not seen the last entries"
        db.session.remove()
    with second.app_context():
        assert verify(second)[0] == 1, "the second had"
        db.session.remove()
        db.engine.dispose()


# --- Accidents -------------------------------------------------------------------------------------------------------

ACT = """
import os, signal, sys
from cdv_civic.app import create_app
from cdv_civic.core.settings import Settings
from cdv_civic.core.db import after_commit, transaction
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.audit import trail
app = create_app(Settings.from_environment(os.environ))
with app.app_context():
    for number in range(int(sys.argv[1])):
        with transaction() as session:
            trail.record(session, CommandLine(), "commitment.edit", "commitment", number)
            trail.record(session, CommandLine(), "commitment.edit", "commitment", number, after={"n": number})
            if "die" in sys.argv:
                after_commit(session, lambda: os.kill(os.getpid(), signal.SIGKILL))
"""


def process(site: Site, *arguments: str) -> subprocess.Popen[bytes]:
    """Another process of the site that acts."""
    environment = {
        **os.environ,
        "CDV_ENV": "testing",
        "SECRET_KEY": site.settings.secret_key,
        "DATABASE_URL": site.settings.database_url,
        "DATA_DIR": str(site.settings.data_dir),
        "KEYS_DIR": str(site.settings.keys_dir),
        "LEDGER_DIR": str(site.settings.ledger_dir),
    }
    return subprocess.Popen([sys.executable, "-c", ACT, *arguments], cwd=ROOT, env=environment)


def test_a_process_killed_before_it_counted_leaves_a_lag_that_the_next_act_heals(
    app: Flask, site: Site, session: Session
) -> None:
    record(1)
    assert process(site, "1", "die").wait(60) == -signal.SIGKILL
    counted = counter(session).read()
    assert counted is not None
    assert (counted.entry, command(app)) == (1, (0, "3 entries, the chain is whole\n"))
    record(1)
    assert counter(session).read() == head(session).mark


@pytest.mark.long
def test_eight_racing_processes_make_one_chain_and_one_counter(
    app: Flask, site: Site, session: Session
) -> None:
    acting = [process(site, "50") for _ in range(8)]
    assert [each.wait(300) for each in acting] == [0] * 8
    found = check(session)
    assert (found.count, found.problems) == (800, [])
    assert counter(session).read() == head(session).mark
