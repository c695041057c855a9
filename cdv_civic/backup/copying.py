"""Files, a piece at a time: hashed while they are copied, and safe on the disk before anybody relies on them."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from cdv_civic.backup.problems import BackupProblem
from cdv_civic.core.durable_files import sync_file, sync_folder
from cdv_civic.core.uploads.file_store import Store

_PIECE: Final = 1 << 20
#: The list of files in a backup, in the form of `sha256sum`.
LIST: Final = "files.sha256"


def copy_stream(source: IO[bytes], target: Path) -> tuple[str, int]:
    """Copy into a new file; SHA-256 and bytes of what was copied."""
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as written:
        while piece := source.read(_PIECE):
            written.write(piece)
            digest.update(piece)
            size += len(piece)
        written.flush()
        os.fsync(written.fileno())
    return digest.hexdigest(), size


def hash_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_checked(source: Path, target: Path, sha256: str) -> None:
    """Put a file of a backup in its place, whole or not at all. Raises `BackupProblem` where it was changed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.restoring")
    unfinished.unlink(missing_ok=True)
    try:
        with source.open("rb") as content:
            found, _size = copy_stream(content, unfinished)
        if found != sha256:
            raise BackupProblem(f"{source} is not what the backup says it is: it was changed or cut short.")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(target.parent)


def bring_file(source: Path, place: Store, sha256: str) -> None:
    """Put a file of a backup into a store, unless it is there. Raises `BackupProblem` where it was changed.

    One of the same name that holds something else was damaged: names are random and what they name never changes.
    """
    try:
        with place.open(source.name) as present:
            if hashlib.file_digest(present, "sha256").hexdigest() == sha256:  # type: ignore[arg-type]
                return
    except FileNotFoundError:
        pass
    content = source.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BackupProblem(f"{source} is not what the backup says it is: it was changed or cut short.")
    place.save(source.name, content)


def keep_whole(source: Path, kept: Path) -> None:
    """Keep a file under a second name, which takes no space where the disk can do that."""
    try:
        os.link(source, kept)
    except OSError:
        shutil.copy2(source, kept)
        sync_file(kept)


def listed(folder: Path) -> Iterator[tuple[str, str]]:
    """(SHA-256, path within the backup) of each file that a backup lists; raises `BackupProblem`."""
    root = (folder / "files").resolve()
    with (folder / LIST).open(encoding="utf-8") as lines:
        for line in lines:
            sha256, _space, path = line.rstrip("\n").partition("  ")
            if len(sha256) != 64 or not (folder / path).resolve().is_relative_to(root):
                raise BackupProblem(f"{folder / LIST} cannot be read.")
            yield sha256, path
