"""The site's own secrets: 256-bit keys in KEYS_DIR, one file each, outside the database and every backup.

    key = keys().read("audit")              # KeyMissing where it was lost
    key = keys().read_or_make("audit")      # only where losing it harms nobody

A key that protects what is already kept must be read with `read`: a key made anew in its place would hide the loss.
"""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cdv_civic.core.durable_files import write_once

KEY_BYTES: Final = 32
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


class KeyMissing(RuntimeError):
    """A key is not in KEYS_DIR, cannot be read or made, or is not a key; the message names the file, no content."""


@dataclass(frozen=True)
class KeyFolder:
    """The keys in one folder."""

    folder: Path

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not the name of a key: {name!r}")
        return self.folder / f"{name}.key"

    def exists(self, name: str) -> bool:
        """Whether there is such a key."""
        return self._path(name).is_file()

    def read(self, name: str) -> bytes:
        """The key, `KEY_BYTES` long; raises `KeyMissing`."""
        path = self._path(name)
        try:
            key = bytes.fromhex(path.read_text("ascii"))
        except (FileNotFoundError, ValueError, UnicodeDecodeError):
            key = b""
        except OSError as error:
            raise KeyMissing(
                f"{path} cannot be read ({error.strerror}): give it to the user who runs the site."
            ) from None
        if len(key) != KEY_BYTES:
            raise KeyMissing(f"{path} is missing or is not a key: put back the copy that you keep of it.")
        return key

    def read_or_make(self, name: str) -> bytes:
        """The key, made now where there is none; processes that race agree on one. Raises `KeyMissing`."""
        path = self._path(name)
        if not self._stands(path):
            try:
                self._make(path)
            except OSError as error:
                raise KeyMissing(f"{path} cannot be made ({error.strerror}).") from None
        return self.read(name)

    def _stands(self, path: Path) -> bool:
        try:
            return path.exists()
        except OSError:  # a folder that cannot be entered: `read` says so
            return True

    def _make(self, path: Path) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(path, secrets.token_bytes(KEY_BYTES).hex().encode("ascii"), mode=0o600)

    def destroy(self, name: str) -> None:
        """Delete a key for good; nothing happens where there is none."""
        self._path(name).unlink(missing_ok=True)
