"""Make a backup of a running site: the database first, then the files that its rows name.

A file is written before the row that names it and never changes, so that whatever the database of the backup names can
be copied after it. All of it goes into a folder of another name, which gets its own once everything is on the disk.
"""

import fcntl
import os
import shutil
import time
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sqlalchemy.exc import DBAPIError

from cdv_civic.backup.copying import LIST, copy_stream, hash_of
from cdv_civic.backup.databases import database
from cdv_civic.backup.facts import facts_of
from cdv_civic.backup.manifest import FORMAT, NAME, Manifest
from cdv_civic.backup.problems import BackupProblem, disk_problems
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db
from cdv_civic.core.durable_files import sync_file, sync_folder
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.settings import ROOT, Settings, current_settings
from cdv_civic.core.uploads.file_store import Store, StoreUnavailable
from cdv_civic.core.uploads.stored_files import form_names, store

VERSION: Final = str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


@dataclass(frozen=True)
class Made:
    """A backup that is whole."""

    folder: Path
    manifest: Manifest
    #: Lines of the ledger could not be written: a restore would not know of their acts.
    ledger_behind: bool


def secret_check() -> str:
    """Tells one SECRET_KEY from another."""
    return keyed_hash("backup")[:32]


def make_backup(folder: Path) -> Made:
    """Save the site into `folder`, which must be new or empty. Raises `BackupProblem`: nothing is left then."""
    settings = current_settings()
    with disk_problems(str(folder)):
        target = _checked(folder, settings)
    ledger_behind = False
    try:
        ledger.append_pending()
    except OSError:
        ledger_behind = True
    except DBAPIError:
        pass  # tables of an older version have no such rows
    with disk_problems(str(target)), _unfinished(target) as unfinished:
        manifest = _fill(unfinished)
        unfinished.rename(target)
        sync_folder(target.parent)
    return Made(target, manifest, ledger_behind)


def _checked(folder: Path, settings: Settings) -> Path:
    target = folder.absolute()
    if not target.parent.is_dir():
        raise BackupProblem(f"{target.parent} does not exist: make it first, or is its disk not there?")
    target = target.parent.resolve() / target.name
    for name, taken in (
        ("DATA_DIR", settings.data_dir),
        ("KEYS_DIR", settings.keys_dir),
        ("LEDGER_DIR", settings.ledger_dir),
    ):
        if target.is_relative_to(taken.resolve()) or taken.resolve().is_relative_to(target):
            raise BackupProblem(f"{target} and {name} lie one within the other: choose a folder elsewhere.")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise BackupProblem(f"{target} is not a folder.")
    if target.is_dir() and any(target.iterdir()):
        raise BackupProblem(f"{target} is not empty: choose a new folder for each backup.")
    return target


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A folder beside the target that is gone where anything fails; one that a kill left is begun anew."""
    folder = target.with_name(f".{target.name}.unfinished")
    lock = os.open(target.with_name(f".{target.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupProblem(f"Another backup is being written to {target}.") from None
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            target.with_name(f".{target.name}.lock").unlink(missing_ok=True)
    finally:
        os.close(lock)


def _fill(folder: Path) -> Manifest:
    source = database()
    part = folder / source.part
    made_at = clock.now()
    facts = source.snapshot(part, facts_of)
    db.session.rollback()
    copied = _copy_files(folder, facts.files)
    for made in (part, folder / LIST):
        made.chmod(0o600)
    manifest = Manifest(
        format=FORMAT,
        site=facts.site,
        made_at=made_at.isoformat(timespec="seconds"),
        version=VERSION,
        revision=facts.revision,
        database=source.kind,
        database_file=source.part,
        database_sha256=hash_of(part),
        database_bytes=part.stat().st_size,
        rows=facts.rows,
        files=copied.count,
        files_bytes=copied.size,
        files_sha256=hash_of(folder / LIST),
        missing=copied.missing,
        audit_entries=facts.audit_entries,
        audit_whole=facts.audit_whole,
        secret_check=secret_check(),
    )
    sync_file(manifest.write(folder))
    (folder / NAME).chmod(0o600)
    sync_folder(folder)
    return manifest


#: Seconds after which a store that did not answer is asked again: one that rests for a moment costs no night's backup.
_PATIENCE: Final = (10.0, 60.0)


def _patiently(place: Store, name: str) -> IO[bytes]:
    for seconds in _PATIENCE:
        try:
            return place.open(name)
        except StoreUnavailable:
            time.sleep(seconds)
    return place.open(name)


@dataclass(frozen=True)
class _Copied:
    count: int
    size: int
    missing: list[str]


def _copy_files(folder: Path, files: Iterable[tuple[str, str]]) -> _Copied:
    place, count, total, missing = store(), 0, 0, []
    (folder / "files").mkdir(mode=0o700)
    with (folder / LIST).open("x", encoding="utf-8") as lines:
        for kind, key in files:
            for name in form_names(kind, key):
                path = Path("files") / name[:2] / name
                (folder / path).parent.mkdir(mode=0o700, exist_ok=True)
                try:
                    with _patiently(place, name) as source:
                        sha256, size = copy_stream(source, folder / path)
                except FileNotFoundError:
                    missing.append(name)
                    continue
                lines.write(f"{sha256}  {path}\n")
                count, total = count + 1, total + size
        lines.flush()
        os.fsync(lines.fileno())
    for each in (folder / "files").iterdir():
        sync_folder(each)
    sync_folder(folder / "files")
    return _Copied(count, total, missing)
