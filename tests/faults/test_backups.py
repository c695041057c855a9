"""A backup is whole or is not there; a restore ends in the old site or in the new one, whatever happens to it."""

import dataclasses
import gc
import hashlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from cdv_civic.accounts.links import Purpose, issue
from cdv_civic.accounts.models import AccountLink, AccountSession
from cdv_civic.app import create_app
from cdv_civic.backup.problems import BackupProblem
from cdv_civic.commitments.models import Progress
from cdv_civic.core import clock, site_lock
from cdv_civic.core.audit.check import check
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.secrets import KeyFolder
from cdv_civic.core.site_identity import site_id
from cdv_civic.core.uploads.stored_files import StoredFile, form_names
from cdv_civic.jobs.models import JobLease
from cdv_civic.notices.models import Notice
from cdv_civic.notices.operations import discard, release
from tests import factories as make
from tests.conftest import PostgresServer
from tests.faults.saved import SHELL, SavedSite, beside, in_child
from tests.mail_server import mail_server, send_mails


@pytest.fixture
def site(tmp_path: Path, postgres: PostgresServer | None) -> SavedSite:
    return SavedSite(tmp_path / "site", postgres)


def other(site: SavedSite) -> SavedSite:
    return SavedSite(site.folder.parent / "other", site.postgres)


def test_what_came_after_a_backup_is_put_aside_and_photos_open(site: SavedSite) -> None:
    (old,) = site.add_news()
    site.save()
    (new,) = site.add_news()
    restored = site.restore()
    assert (site.news(), site.photo(old), site.photo(new)) == (1, 200, 404)
    assert restored.files_discarded == 2
    assert len(list((site.settings.data_dir / "files" / "trash").rglob("*.jpg"))) == 2
    # The site goes on: what is written now is kept.
    (newer,) = site.add_news()
    assert (site.news(), site.photo(newer)) == (2, 200)


def test_a_backup_is_for_its_owner_alone_and_holds_no_secret(site: SavedSite) -> None:
    site.add_news()
    site.settings.keys_dir.mkdir(exist_ok=True)
    (site.settings.keys_dir / "audit.key").write_text("f" * 64)
    folder = site.save()
    assert [
        path for path in [folder, *folder.rglob("*")] if path.stat().st_mode & 0o077 and path.is_dir()
    ] == []
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "files.sha256", "files", "database.dump" if site.postgres else "database.sqlite3",
    }  # fmt: skip
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"f" * 64 not in path.read_bytes()
            assert site.settings.secret_key.encode() not in path.read_bytes()


@pytest.mark.parametrize("where", ["data/saved", "keys/saved", "ledger/saved", "missing/saved", "full", "."])
def test_a_backup_goes_into_a_new_folder_elsewhere(site: SavedSite, where: str) -> None:
    for name in ("keys", "ledger", "full/photos"):
        (site.folder / name).mkdir(parents=True, exist_ok=True)
    site.backup = site.folder / where
    with pytest.raises(BackupProblem):
        site.save()
    assert not list(site.folder.rglob("manifest.json"))


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _edit(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def _photo(folder: Path) -> Path:
    return next(iter(sorted(folder.rglob("*.jpg"))))


def _say(folder: Path, name: str, value: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "the database is cut": lambda folder: _cut(next(folder.glob("database.*"))),
    "the database is changed": lambda folder: _edit(next(folder.glob("database.*"))),
    "the database is gone": lambda folder: next(folder.glob("database.*")).unlink(),
    "a photo is cut": lambda folder: _cut(_photo(folder)),
    "a photo is changed": lambda folder: _edit(_photo(folder)),
    "a photo is gone": lambda folder: _photo(folder).unlink(),
    "the list is cut": lambda folder: _cut(folder / "files.sha256"),
    "the manifest is cut": lambda folder: _cut(folder / "manifest.json"),
    "the manifest is gone": lambda folder: (folder / "manifest.json").unlink(),
    "the manifest names a file elsewhere": lambda folder: _say(folder, "database_file", "../../test.sqlite3"),
    "the manifest counts other rows": lambda folder: _say(folder, "rows", {"progress": 7}),
    "the manifest counts other acts": lambda folder: _say(folder, "audit_entries", 0),
    "the manifest is of another form": lambda folder: _say(folder, "format", "cdv_civic-backup/2"),
    "the manifest is of a newer version": lambda folder: _say(folder, "revision", "9999"),
    "the database is of another kind": lambda folder: _say(folder, "database", "oracle"),
}


def test_a_backup_that_is_not_what_it_was_is_refused_and_nothing_changes(site: SavedSite) -> None:
    site.add_news()
    site.save()
    (new,) = site.add_news()
    shutil.copytree(site.backup, site.folder / "whole")
    for damage, do in DAMAGES.items():
        shutil.rmtree(site.backup)
        shutil.copytree(site.folder / "whole", site.backup)
        do(site.backup)
        with pytest.raises(BackupProblem):
            site.restore()
        assert (damage, site.news(), site.photo(new)) == (damage, 2, 200)
        assert site_lock.unfinished_restore(site.settings) is None
        assert not list(site.folder.glob("before-restore-*/database*"))
    shutil.rmtree(site.backup)
    shutil.copytree(site.folder / "whole", site.backup)
    site.restore()
    assert site.news() == 1


def test_a_list_that_leaves_a_photo_out_is_seen(site: SavedSite) -> None:
    """Whoever takes a photo out of a backup and makes all hashes anew is found by the rows."""
    site.add_news()
    folder = site.save()
    _photo(folder).unlink()
    lines = (folder / "files.sha256").read_text().splitlines(keepends=True)
    (folder / "files.sha256").write_text(
        "".join(line for line in lines if (folder / line.split()[1]).exists())
    )
    _say(folder, "files", 1)
    _say(folder, "files_sha256", hashlib.sha256((folder / "files.sha256").read_bytes()).hexdigest())
    (new,) = site.add_news()
    with pytest.raises(BackupProblem, match="missing"):
        site.restore()
    assert (site.news(), site.photo(new)) == (2, 200)


def test_a_photo_that_the_site_has_lost_is_told_and_keeps_no_backup_from_being_made(site: SavedSite) -> None:
    lost, kept = site.add_news(2)
    with site.inside():
        row = db.session.get_one(StoredFile, lost)
        names = form_names(row.kind, row.key)
    for name in names:
        (site.settings.data_dir / "files" / name[:2] / name).unlink()
    done = site.flask("backup", str(site.backup))
    assert done.returncode == 3, done.stderr
    assert names[0] in done.stderr
    site.restore()
    assert (site.photo(lost), site.photo(kept)) == (404, 200)


def test_an_audit_trail_that_was_broken_before_is_told(site: SavedSite) -> None:
    site.add_news()
    with site.inside(), transaction() as session:
        session.execute(text("UPDATE audit_entry SET action = 'else'"))
    site.save()
    with pytest.raises(BackupProblem, match="broken"):
        site.restore()
    site.restore(broken_chain=True)
    assert site.news() == 1


def test_another_site_is_not_replaced_by_mistake(site: SavedSite) -> None:
    site.add_news()
    site.save()
    second = other(site)
    second.add_news(2)
    with pytest.raises(BackupProblem, match="other-site"):
        second.restore(folder=site.backup)
    assert second.news() == 2
    shutil.copy(site.settings.keys_dir / "audit.key", second.settings.keys_dir)
    second.restore(folder=site.backup, other_site=True)
    assert second.news() == 1
    with site.inside():
        first_id = site_id(db.session())
    with second.inside():
        assert site_id(db.session()) == first_id


def test_a_new_machine_needs_no_tables(site: SavedSite, tmp_path: Path) -> None:
    (photo,) = site.add_news()
    site.save()
    second = other(site)
    forget_tables(second)
    shutil.copy(site.settings.keys_dir / "audit.key", second.settings.keys_dir)
    second.restore(folder=site.backup)
    assert (second.news(), second.photo(photo)) == (1, 200)


def forget_tables(site: SavedSite) -> None:
    with site.inside():
        if site.postgres:
            downgrade(revision="base")
        else:
            (site.folder / "test.sqlite3").unlink()


@pytest.mark.parametrize("present", ["no key", "another key"])
def test_a_machine_that_has_lost_the_key_of_the_audit_trail_seals_it_anew(
    site: SavedSite, present: str
) -> None:
    """Nobody loses a city's site for a file of 64 letters; the trail says that its seals are younger than it."""
    (photo,) = site.add_news()
    site.save()
    second = other(site)
    forget_tables(second)
    said = "audit.key is missing"
    if present == "another key":
        KeyFolder(second.settings.keys_dir).read_or_make("audit")
        said = "the chain of the audit trail is broken"
    with pytest.raises(BackupProblem, match=said):
        second.restore(folder=site.backup)
    assert not (second.settings.data_dir / "restore-unfinished.json").exists()
    second.restore(folder=site.backup, broken_chain=True)
    assert (second.news(), second.photo(photo)) == (1, 200)
    with second.inside():
        assert check(db.session()).problems == []
        actions = list(db.session.execute(select(AuditEntry.action).order_by(AuditEntry.id)).scalars())
        assert actions[-3:] == ["audit.rekey", "site.restore", "restore"]


def test_a_backup_of_an_older_version_is_brought_up(site: SavedSite) -> None:
    site.add_news()
    with site.inside():
        downgrade(revision="0013")
        db.session.remove()
    site.save()
    with site.inside():
        upgrade()
        db.session.remove()
    site.restore()
    assert site.news() == 1
    with site.inside():
        assert db.session.execute(select(func.count()).select_from(Notice)).scalar_one() == 0


def test_nobody_is_signed_in_and_nothing_leaves_by_itself(
    site: SavedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site.inside():
        who = make.make_account()
        client = site.app.test_client()
        with transaction() as session:
            issue(session, who.actor_id, Purpose.PASSWORD)
            session.add(
                AccountSession(
                    account_id=who.actor_id, token_hash="a token", opened_at=clock.now(),
                    seen_at=clock.now(), device="", way="password", shared=False,
                )
            )  # fmt: skip
            now = clock.now()
            session.add(
                JobLease(name="retention", token=7, started_at=now, expires_at=now, due_at=now, failures=1)
            )
        first, second = make.make_notice(), make.make_notice()
        db.session.remove()
    del client
    site.save()
    site.restore()
    with mail_server() as box, site.inside():
        settings = dataclasses.replace(
            site.settings, smtp_url=box.url, mail_from="site@example.org", base_url="https://site.example.org"
        )
        monkeypatch.setitem(site.app.extensions, "settings", settings)
        for table in (AccountSession, AccountLink, JobLease):
            assert db.session.execute(select(func.count()).select_from(table)).scalar_one() == 0
        assert send_mails().sent == 0
        assert release(SHELL, [first.id]) == 1
        assert send_mails().sent == 1
        assert discard(SHELL) == 1
        assert send_mails().sent == 0
        assert len(box.taken) == 1
        assert db.session.get_one(Notice, second.id, populate_existing=True).recipient is None
        acts = db.session.execute(select(AuditEntry.action, AuditEntry.after)).all()
        assert [act.after["held"] for act in acts if act.action == "restore"] == [2]


@pytest.mark.long
def test_without_room_nothing_is_kept_and_nothing_changes(site: SavedSite) -> None:
    site.add_news(2)

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = site.flask("backup", str(site.backup), limit=little)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert beside(site) == set()
    site.save()
    (new,) = site.add_news()
    for path in (site.settings.data_dir / "files").rglob("*.jpg"):
        path.rename(site.folder / path.name)
    done = site.flask("restore", str(site.backup), "--yes", limit=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (600, 600)))  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert site.news() == 3
    assert site_lock.unfinished_restore(site.settings) is None
    del new


@pytest.mark.long
def test_what_was_acknowledged_before_a_backup_is_in_it(site: SavedSite) -> None:
    """Writers go on all the while, with photos; nothing of theirs is half there."""
    site.add_news()
    acknowledged: list[int] = []
    stop = threading.Event()
    errors: list[BaseException] = []

    def write() -> None:
        try:
            while not stop.is_set():
                acknowledged.append(site.add_news()[0])
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=write) for _each in range(2)]
    for writer in writers:
        writer.start()
    try:
        until = time.monotonic() + 60
        while len(acknowledged) < 4 and time.monotonic() < until:
            time.sleep(0.05)
        before = list(acknowledged)
        done = site.flask("backup", str(site.backup))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert errors == []
    assert done.returncode == 0, done.stderr
    assert len(acknowledged) > len(before), "nobody wrote while the backup ran"
    gc.collect()  # connections of threads that are gone
    site.restore()
    assert site.news() >= len(before) + 1
    assert [photo for photo in before if site.photo(photo) != 200] == []


def test_a_log_of_sqlite_that_was_left_beside_does_no_harm(site: SavedSite) -> None:
    if site.postgres:
        pytest.skip("SQLite's own")
    site.add_news()
    site.save()
    database = site.folder / "test.sqlite3"

    def die_with_the_log_open() -> None:
        site.add_news()
        with site.inside(), transaction() as session:
            session.execute(text("UPDATE progress SET organisation_name = 'after the backup'"))
            session.commit()
            os.kill(os.getpid(), signal.SIGKILL)

    os.waitpid(in_child(die_with_the_log_open), 0)
    assert database.with_name("test.sqlite3-wal").stat().st_size > 0
    restored = site.restore()
    with site.inside():
        names = db.session.execute(select(Progress.organisation_name)).scalars().all()
        assert len(names) == 1
        assert "after the backup" not in names
        assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    # Not even that is lost: it is where the command said.
    with closing(sqlite3.connect(Path(restored.database_aside) / "test.sqlite3")) as aside:
        names = [name for (name,) in aside.execute("SELECT organisation_name FROM progress")]
        assert names == ["after the backup"] * 2


def test_the_owner_of_a_database_needs_no_more_rights(site: SavedSite, tmp_path: Path) -> None:
    if not site.postgres or not site.database:
        pytest.skip("PostgreSQL's own")

    role = f"cdv_owner_{uuid.uuid4().hex[:8]}"
    with site.postgres.admin.connect() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'a word' NOSUPERUSER NOCREATEDB"))
        connection.execute(text(f"ALTER DATABASE {site.database} OWNER TO {role}"))
    try:
        owner = create_engine(site.postgres.url_of(site.database), isolation_level="AUTOCOMMIT")
        with owner.connect() as connection:
            for kind, name in connection.execute(
                text("SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, relname FROM pg_class c "
                     "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'public' AND relkind = 'r'")
            ).all():  # fmt: skip
                connection.execute(text(f"ALTER {kind} {name} OWNER TO {role}"))
        owner.dispose()
        url = make_url(site.postgres.url_of(site.database)).set(username=role, password="a word")

        site.settings = dataclasses.replace(
            site.settings, database_url=url.render_as_string(hide_password=False)
        )
        site.app = create_app(site.settings)
        site.add_news()
        site.save()
        site.add_news()
        site.restore()
        assert site.news() == 1
    finally:
        with site.inside():
            db.engine.dispose()
        with site.postgres.admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {site.database} WITH (FORCE)"))
            connection.execute(text(f"DROP ROLE {role}"))
