"""Files that a power cut neither loses nor leaves half written: each content, and each name, is waited for."""

import os
import secrets
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names of a folder: those of new and renamed files are lost in a power cut otherwise."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sync_file(path: Path) -> None:
    """Have the disk keep what another program wrote."""
    opened = os.open(path, os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def write_unfinished(path: Path, content: bytes, *, mode: int = 0o666) -> Path:
    """Write a new file beside `path`, safe on the disk, under a name that begins with a dot; the caller renames it.

    Nothing is left of it where that fails.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return unfinished


def write_once(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Put a file in its place, whole, unless there is one; of processes that race one makes it."""
    made = write_unfinished(path, content, mode=mode)
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not path.exists():
            made.replace(path)
    finally:
        made.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Put a file in its place, or in that of another, at once: nobody ever reads half of it."""
    unfinished = write_unfinished(path, content, mode=mode)
    try:
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)
