"""What a backup says of itself, in `manifest.json`: written last, so that a backup that was cut off has none."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from cdv_civic.backup.problems import BackupProblem

NAME: Final = "manifest.json"
FORMAT: Final = "cdv_civic-backup/1"


@dataclass(frozen=True)
class Manifest:
    """Figures of a backup. Hashes are SHA-256, in hexadecimal."""

    format: str
    #: `core.site_identity`.
    site: str
    made_at: str
    #: Of this software, and the last migration that the database has seen.
    version: str
    revision: str
    #: "sqlite" or "postgresql".
    database: str
    database_file: str
    database_sha256: str
    database_bytes: int
    #: Table -> rows.
    rows: Mapping[str, int]
    files: int
    files_bytes: int
    #: Of the list of files, which has a hash for each.
    files_sha256: str
    #: Files that the site itself had lost.
    missing: list[str]
    audit_entries: int
    #: None: not looked at, see `facts.Facts`.
    audit_whole: bool | None
    #: Tells whether SECRET_KEY is still the one of then, and nothing else about it.
    secret_check: str

    def write(self, folder: Path) -> Path:
        """Write it; the caller knows it safe on the disk."""
        path = folder / NAME
        path.write_text(json.dumps(asdict(self), indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return path


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup; raises `BackupProblem`."""
    path = folder / NAME
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise BackupProblem(f"{folder} is not a whole backup: it has no {NAME}.") from None
    except ValueError:
        raise BackupProblem(f"{path} cannot be read: it was changed or cut short.") from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BackupProblem(f"{path} is not of a form that this version knows ({FORMAT}).")
    try:
        manifest = Manifest(**said)
    except TypeError:
        raise BackupProblem(f"{path} cannot be read: it was changed or cut short.") from None
    if Path(manifest.database_file).name != manifest.database_file:
        raise BackupProblem(f"{path} cannot be read: it names a file elsewhere.")
    return manifest
