"""A line of the ledger is written for every act that was acknowledged, whatever dies, fills up or runs beside it."""

import json
import os
import platform
import shutil
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db, transaction
from cdv_civic.core.ledger import LedgerEntry
from cdv_civic.core.machine import machine_name
from cdv_civic.core.site_identity import site_id
from cdv_civic.jobs.table import JOBS, run
from tests import factories as make
from tests.conftest import PostgresServer, counting
from tests.faults.saved import SavedSite, in_child


@pytest.fixture
def site(tmp_path: Path, postgres: PostgresServer | None) -> SavedSite:
    return SavedSite(tmp_path / "site", postgres)


def lines(site: SavedSite) -> tuple[list[ledger.LedgerLine], int]:
    with site.inside():
        return ledger.read_lines([site.settings.ledger_dir], site_id(db.session()))


def erase_somebody(site: SavedSite) -> int:
    with site.inside():
        who = make.make_account(role=None)
        erase_own_account(who)
        return who.actor_id


def pending(site: SavedSite) -> int:
    with site.inside():
        rows = select(LedgerEntry.id).where(LedgerEntry.written_at.is_(None))
        return len(db.session.execute(rows).all())


def run_the_job(site: SavedSite) -> None:
    (job,) = [job for job in JOBS if job.name == "write-ledger"]
    assert run(site.app, job, now=True)


def test_an_act_is_in_the_ledger_once_it_is_acknowledged(site: SavedSite) -> None:
    erased = erase_somebody(site)
    ((line,), unreadable) = lines(site)
    assert (line.kind, line.id, unreadable, pending(site)) == ("account.erased", erased, 0, 0)


def test_an_act_that_was_taken_back_is_not_in_the_ledger(site: SavedSite) -> None:
    with site.inside():
        who = make.make_account(role=None)

        def fail() -> None:
            with transaction():
                erase_own_account(who)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
    assert lines(site) == ([], 0)
    assert pending(site) == 0


def test_nobody_else_on_the_machine_reads_the_ledger(site: SavedSite) -> None:
    with site.inside():
        erase_own_account(make.make_account(role=None))
        folder = site.settings.ledger_dir / site_id(db.session())
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_what_a_kill_left_out_is_written_by_the_job(site: SavedSite) -> None:
    """Killed after its commit, without its line."""
    with site.inside():
        folder = site.settings.ledger_dir / site_id(db.session())
        who = make.make_account(role=None)
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("not a folder")

    def erase_and_die() -> None:
        with site.inside():
            erase_own_account(who)
            os.kill(os.getpid(), signal.SIGKILL)

    _child, status = os.waitpid(in_child(erase_and_die), 0)
    assert os.WIFSIGNALED(status)
    assert pending(site) == 1
    folder.unlink()
    run_the_job(site)
    ((line,), _unreadable) = lines(site)
    assert (line.kind, line.id, pending(site)) == ("account.erased", who.actor_id, 0)


def test_a_ledger_that_cannot_be_written_stops_no_erasure(
    site: SavedSite, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(site.settings.ledger_dir)
    site.settings.ledger_dir.write_text("not a folder")
    erased = erase_somebody(site)
    assert pending(site) == 1
    assert "@" not in caplog.text
    assert site.flask_in_process("backup", str(site.backup)) == 3
    site.settings.ledger_dir.unlink()
    run_the_job(site)
    assert [line.id for line in lines(site)[0]] == [erased]


def test_half_a_line_spoils_no_other(site: SavedSite) -> None:
    first = erase_somebody(site)
    (path,) = site.settings.ledger_dir.glob("*/*.jsonl")
    with path.open("a") as file:
        file.write('{"key": "half')
    second = erase_somebody(site)
    found, unreadable = lines(site)
    assert ([line.id for line in found], unreadable) == ([first, second], 1)
    assert len([raw for raw in path.read_text().splitlines() if _is_json(raw)]) == 2


def _is_json(raw: str) -> bool:
    try:
        json.loads(raw)
    except ValueError:
        return False
    return True


def test_many_at_once_write_each_line_once(site: SavedSite) -> None:
    erased: list[int] = []
    threads = [
        threading.Thread(target=lambda: erased.extend(erase_somebody(site) for _each in range(4)))
        for _thread in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_the_job(site)
    found, unreadable = lines(site)
    (path,) = site.settings.ledger_dir.glob("*/*.jsonl")
    assert sorted(line.id for line in found) == sorted(erased)
    assert (len(erased), unreadable, path.read_text().count("\n")) == (16, 0, 16)


def test_many_lines_that_wait_are_written_a_part_at_a_time(
    site: SavedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.inside(), transaction() as session:
        # As an act leaves them whose process is killed before its lines are written.
        session.add_all(
            LedgerEntry(
                key=f"{number:032x}",
                kind="account.erased",
                object_id=str(number),
                born="",
                code="",
                at=clock.now(),
                written_at=None,
            )
            for number in range(7)
        )
    monkeypatch.setattr(ledger, "_BATCH", 3)
    with counting(site.app) as statements, site.inside():
        assert ledger.append_pending() == 7
    assert len([each for each in statements if "FROM ledger_entry" in each and "LIMIT" in each]) == 3
    assert sorted(line.id for line in lines(site)[0]) == list(range(7))
    assert pending(site) == 0


def test_machines_with_one_name_have_a_file_each_and_files_of_before_are_read(site: SavedSite) -> None:
    erased = [erase_somebody(site)]
    folder = next(site.settings.ledger_dir.iterdir())
    (of_before,) = folder.glob("*.jsonl")
    of_before = of_before.rename(folder / f"{platform.node()}.jsonl")
    erased.append(erase_somebody(site))
    (site.settings.keys_dir / "machine.id").unlink()  # another machine has another KEYS_DIR
    erased += [erase_somebody(site), erase_somebody(site)]
    assert [line.id for line in lines(site)[0]] == erased
    assert sorted(path.read_text().count("\n") for path in folder.glob("*.jsonl")) == [1, 1, 2]
    assert of_before.read_text().count("\n") == 1, "nothing is added to it any more"


def test_processes_of_a_machine_that_race_agree_on_its_name(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        names = set(threads.map(lambda _each: machine_name(tmp_path), range(32)))
    assert len(names) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["machine.id"]


def test_a_restore_adds_to_the_ledger_and_never_takes_from_it(site: SavedSite) -> None:
    site.save()
    erase_somebody(site)
    (path,) = site.settings.ledger_dir.glob("*/*.jsonl")
    before = path.read_bytes()
    site.restore()
    assert path.read_bytes() == before
    # Replayed acts are known to the next backup, and are not written a second time.
    assert pending(site) == 0


def test_a_copy_of_the_ledger_stands_in_for_one_that_was_lost(site: SavedSite) -> None:
    with site.inside():
        who = make.make_account(role=None)
    site.save()
    with site.inside():
        erase_own_account(who)
    copy = site.folder / "copied"
    site.settings.ledger_dir.rename(copy)
    restored = site.restore(copy)
    assert restored.ended.replayed.done == {"account.erased": 1}
    found, _unreadable = lines(site)
    assert [line.id for line in found] == [who.actor_id]


def test_a_copy_that_turns_up_later_is_replayed_by_a_command(site: SavedSite) -> None:
    with site.inside():
        who = make.make_account(role=None)
    site.save()
    with site.inside():
        erase_own_account(who)
    copy = site.folder / "copied"
    site.settings.ledger_dir.rename(copy)
    site.restore()
    assert site.flask_in_process("ledger", "replay", "--ledger", str(copy)) == 0
    with site.inside():
        assert make.load_actor(who.actor_id).email == ""
    assert [line.id for line in lines(site)[0]] == [who.actor_id]
