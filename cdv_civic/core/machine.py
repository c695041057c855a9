"""How this machine is called, where several serve one site: its host's name, and some characters of chance.

Two machines may have the same host's name (containers, copies of an image): files that each adds to would take each
other's place in a copy. The characters are in KEYS_DIR, which each machine has to itself and no backup holds.
"""

import platform
import re
import secrets
from pathlib import Path
from typing import Final

from cdv_civic.core.durable_files import write_once

_FILE: Final = "machine.id"
_CHARACTERS: Final = re.compile(r"[0-9a-f]{16}")


def machine_name(folder: Path) -> str:
    """The name: letters, digits, `-` and `_`; the same at each call. Its characters are made in `folder` at the first.

    Raises `OSError` where they cannot be read or made.
    """
    path = folder / _FILE
    if not path.exists():
        write_once(path, secrets.token_hex(8).encode("ascii"), mode=0o600)
    characters = path.read_text("ascii", "replace")
    if not _CHARACTERS.fullmatch(characters):
        raise OSError(None, f"{_FILE} does not hold 16 characters: delete it", str(path))
    host = re.sub(r"[^A-Za-z0-9_-]", "-", platform.node())[:60] or "machine"
    return f"{host}-{characters}"
