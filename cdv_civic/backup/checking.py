"""Look at a backup before anything is touched: is it whole, is it of this site, can this version read it?"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alembic.util import CommandError

from cdv_civic.backup.copying import LIST, hash_of, listed
from cdv_civic.backup.databases import Database, present_site
from cdv_civic.backup.facts import known_revisions
from cdv_civic.backup.manifest import Manifest, read_manifest
from cdv_civic.backup.problems import BackupProblem
from cdv_civic.core import ledger
from cdv_civic.core.settings import Settings, current_settings
from cdv_civic.core.uploads.stored_files import store


@dataclass(frozen=True)
class Noted:
    """What the ledger says of a site: this machine's, and copies of it that were given."""

    lines: list[ledger.LedgerLine]
    #: Keys of the lines that are in none of this machine's files.
    from_a_copy: frozenset[str]
    unreadable_lines: int


def read_ledger(copies: Iterable[Path], site: str) -> Noted:
    """Read it all. Raises `BackupProblem` for lines that only a newer version could do again."""
    settings = current_settings()
    ours, unreadable = ledger.read_lines([settings.ledger_dir], site)
    given, more = ledger.read_lines(copies, site)
    known = {line.key for line in ours}
    lines = sorted({line.key: line for line in [*ours, *given]}.values(), key=lambda line: line.at)
    unknown = sorted({line.kind for line in lines} - set(ledger.kinds()))
    if unknown:
        raise BackupProblem(
            f"The ledger holds lines that this version does not know ({', '.join(unknown)}): take the newer one."
        )
    return Noted(lines, frozenset(line.key for line in given if line.key not in known), unreadable + more)


@dataclass(frozen=True)
class RestorableBackup:
    """A backup that can be restored."""

    folder: Path
    manifest: Manifest
    noted: Noted


def check(
    folder: Path, database: Database, copies: Iterable[Path], *, other_site: bool, going_on: bool
) -> RestorableBackup:
    """Check a backup and the ledger; `going_on` where a restore was cut off before. Raises `BackupProblem`."""
    settings = current_settings()
    manifest = read_manifest(folder)
    if manifest.database != database.kind:
        raise BackupProblem(
            f"This backup is of a {manifest.database} database, and DATABASE_URL is a {database.kind} one."
        )
    present = None if going_on else present_site()
    if present not in (None, manifest.site) and not other_site:
        raise BackupProblem(
            "This backup is of another site than the one whose database is here. If it shall take its place, "
            "add --other-site; what is here is kept aside."
        )
    if not other_site and not going_on and store().owner() not in (None, manifest.site):
        raise BackupProblem(
            "This backup is of another site than the one whose files are here (DATA_DIR, or S3_BUCKET and S3_PREFIX). "
            "If it shall take its place, add --other-site; what is here is kept in the trash for 30 days."
        )
    _check_revision(manifest)
    _check_parts(folder, manifest, settings)
    database.readable(folder / manifest.database_file)
    return RestorableBackup(folder, manifest, read_ledger(copies, manifest.site))


def _check_revision(manifest: Manifest) -> None:
    try:
        known_revisions().get_revision(manifest.revision)
    except CommandError:
        raise BackupProblem(
            f"This backup was made by a newer version (its tables are at {manifest.revision}): take that one, "
            f"{manifest.version} or later."
        ) from None


def _check_parts(folder: Path, manifest: Manifest, settings: Settings) -> None:
    """Every hash; and whether there is space. Reads all of the backup once."""
    changed = "{} is not what the backup says it is: it was changed, cut short or lost."
    part = folder / manifest.database_file
    for path, sha256 in ((part, manifest.database_sha256), (folder / LIST, manifest.files_sha256)):
        if not path.is_file() or hash_of(path) != sha256:
            raise BackupProblem(changed.format(path))
    count, needed = 0, 2 * manifest.database_bytes
    for sha256, name in listed(folder):
        path = folder / name
        if not path.is_file() or hash_of(path) != sha256:
            raise BackupProblem(changed.format(path))
        count += 1
        if settings.s3 is None and not (settings.data_dir / name).exists():
            needed += path.stat().st_size
    if count != manifest.files:
        raise BackupProblem(changed.format(folder / LIST))
    free = shutil.disk_usage(settings.data_dir).free
    if free < needed:
        raise BackupProblem(
            f"There is no space left: {needed // 1_000_000} MB are needed in {settings.data_dir}, "
            f"{free // 1_000_000} are free."
        )
