"""Where files are kept: the verbs that a store needs, and a folder that has them (`core.uploads.s3` has a bucket)."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Final, Protocol

from cdv_civic.core.durable_files import sync_folder, write_whole
from cdv_civic.core.errors import TryLater
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l

#: Added to the present moment, later than any file was written, whatever the clock of its machine said.
FAR: Final = timedelta(days=36_500)
#: Seconds after which a program may ask again.
_RETRY_AFTER: Final = 30


class StoreUnavailable(TryLater):
    """The store does not answer, or refuses; `reason` is for logs (a kind and a code: no name of a file, no key)."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _l(
                "Les photos et les documents ne sont pas accessibles en ce moment. Ce n’est pas de votre faute. "
                "Attendez une minute, puis essayez de nouveau."
            ),
            _RETRY_AFTER,
        )
        self.reason = reason


class Store(Protocol):
    """Where files are kept, by name. Each verb may raise `StoreUnavailable`; done once more it does no harm."""

    def save(self, name: str, content: bytes) -> None:
        """Keep `content` under a new name, whole or not at all."""

    def open(self, name: str) -> IO[bytes]:
        """Read it; raises `FileNotFoundError`."""

    def delete(self, name: str) -> None:
        """Forget it; nothing happens where there is none."""

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Names of the files written before `moment`, those of unfinished ones (`.…`) too."""

    def discard(self, name: str, day: date) -> None:
        """Put a file into the trash of a day, where it is not read; nothing happens where there is none."""

    def take_back(self, name: str, day: date) -> None:
        """Put a file back from the trash of a day."""

    def trash(self) -> Iterator[tuple[str, date]]:
        """The files in the trash, with their day."""

    def delete_for_good(self, name: str, day: date) -> None:
        """Forget a file that lies in the trash of a day."""

    def owner(self) -> str | None:
        """The identifier of the site (`core.site_identity`) whose files these are; None while nobody said so."""

    def claim(self, site_id: str) -> None:
        """Write down whose files these are."""


_TRASH: Final = "trash"
_OWNER: Final = "site"


def trash_day(folder: str) -> date | None:
    """The day that a folder of the trash is named by; None for somebody else's."""
    with suppress(ValueError):
        day = date.fromisoformat(folder)
        return day if day.isoformat() == folder else None
    return None


class FolderStore:
    """A folder, with one more level so that no directory grows without end.

    Files lie in folders of two characters; beside them `trash`, with a folder for each day, and `site`, the owner.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, name: str) -> Path:
        folder = name.removeprefix(".")[:2]  # an unfinished file stands beside what it becomes
        path = (self.root / folder / name).resolve()
        if not path.is_relative_to(self.root.resolve()) or "/" in name or not folder.isalnum():
            raise FileNotFoundError(name)
        return path

    def save(self, name: str, content: bytes) -> None:
        """Written beside and renamed: nobody ever reads half a file, and a power cut takes none that was kept."""
        self._write(self._path(name), content)

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        sync_folder(path.parent.parent)

    def open(self, name: str) -> IO[bytes]:
        """The file, open for reading."""
        return self._path(name).open("rb")

    def delete(self, name: str) -> None:
        """Remove the file where there is one."""
        self._path(name).unlink(missing_ok=True)

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Names of the files written before `moment`, those of unfinished ones too."""
        for folder in sorted(self.root.glob("??")):
            for path in sorted(folder.iterdir()):
                with suppress(FileNotFoundError):  # somebody else removed it meanwhile
                    if path.is_file() and path.stat().st_mtime < moment.timestamp():
                        yield path.name

    def _trash(self, name: str, day: date) -> Path:
        return self.root / _TRASH / day.isoformat() / self._path(name).name

    def discard(self, name: str, day: date) -> None:
        """Move it."""
        target = self._trash(name, day)
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            self._path(name).replace(target)

    def take_back(self, name: str, day: date) -> None:
        """Move it back."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._trash(name, day).replace(path)

    def trash(self) -> Iterator[tuple[str, date]]:
        """The files in the trash, with their day."""
        for folder in sorted((self.root / _TRASH).glob("*")):
            day = trash_day(folder.name)
            if day is None or not folder.is_dir():
                continue
            for path in sorted(folder.iterdir()):
                yield path.name, day

    def delete_for_good(self, name: str, day: date) -> None:
        """Delete it, and the folder of its day once it is empty."""
        path = self._trash(name, day)
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()

    def owner(self) -> str | None:
        """What the file `site` says."""
        try:
            return (self.root / _OWNER).read_text("ascii").strip() or None
        except FileNotFoundError:
            return None

    def claim(self, site_id: str) -> None:
        """Write the file `site`."""
        self._write(self.root / _OWNER, f"{site_id}\n".encode("ascii"))
