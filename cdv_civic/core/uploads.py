"""Files that people give: photos and documents, and where they are kept.

    upload = read_upload(file.filename, file.stream, field="photo_1")      # refused here where it must be
    with stored(upload) as rows_of, transaction() as session:
        (row,) = rows_of(session)                                          # gone again if anything fails

The store is a folder today; anything with the verbs of `Store` can take its place.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final, Protocol

from babel.units import format_unit
from flask import Response, current_app, send_file
from flask_babel import get_locale
from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cdv_civic.core import clock
from cdv_civic.core.config import Settings
from cdv_civic.core.db import Model, db
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.headers import FILE_POLICY
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.photos import looks_like_heic, looks_like_photo, re_encode

#: Name of a size, as in addresses -> the most pixels its width has.
PHOTO_SIZES: Final = {"grande": 1280, "petite": 400}
DOCUMENT: Final = "document"
_PDF_HEADER_WITHIN: Final = 1024
_PDF_TRAILER_WITHIN: Final = 2048


class StoredFile(Model):
    """A file of the store. Photos are kept re-encoded in two sizes, never as they were sent."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("kind IN ('photo', 'pdf')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    #: Random name in the store; sizes and endings are added to it.
    key: Mapped[str] = mapped_column(unique=True)
    #: Bytes of the largest form.
    size: Mapped[int]
    #: Pixels of the largest form, for photos.
    width: Mapped[int | None]
    height: Mapped[int | None]
    stored_at: Mapped[datetime]


class BadUpload(DomainError):
    """A file that cannot be kept; the sentence says what to send instead."""


class Store(Protocol):
    """Where files are kept, by name."""

    def save(self, name: str, content: bytes) -> None:
        """Keep `content` under a new name, whole or not at all."""

    def open(self, name: str) -> IO[bytes]:
        """Read it; raises `FileNotFoundError`."""

    def delete(self, name: str) -> None:
        """Forget it; nothing happens where there is none."""

    def older_than(self, moment: datetime) -> Iterator[str]:
        """Names of the files written before `moment`, those of unfinished ones too."""


class FolderStore:
    """A folder, with one more level so that no directory grows without end."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, name: str) -> Path:
        folder = name.removeprefix(".")[:2]  # an unfinished file stands beside what it becomes
        path = (self.root / folder / name).resolve()
        if not path.is_relative_to(self.root.resolve()) or "/" in name or not folder.isalnum():
            raise FileNotFoundError(name)
        return path

    def save(self, name: str, content: bytes) -> None:
        """Written beside and renamed: nobody ever reads half a file."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with unfinished.open("xb") as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

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


def store() -> Store:
    """The store of this site: DATA_DIR/files."""
    settings: Settings = current_app.extensions["settings"]
    return FolderStore(settings.data_dir / "files")


@dataclass(frozen=True)
class Upload:
    """A file that was checked and may be kept."""

    kind: str  #: "photo" or "pdf"
    #: Ending of the name in the store -> content.
    forms: dict[str, bytes]
    size: int  #: bytes of the largest form
    width: int | None = None
    height: int | None = None
    key: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def names(self) -> dict[str, bytes]:
        """Name in the store -> content."""
        return {f"{self.key}{ending}": content for ending, content in self.forms.items()}


def _photo_ending(size: str) -> str:
    return f"-{PHOTO_SIZES[size]}.jpg"


def read_upload(filename: str | None, stream: IO[bytes], *, field: str) -> Upload:
    """The file of a form, checked by its content and made ready to keep; raises `BadUpload` or `BadPhoto`.

    The name it came with decides nothing. At most the setting's `upload_limit` (bytes) is read.
    """
    settings: Settings = current_app.extensions["settings"]
    content = stream.read(settings.upload_limit + 1)
    if len(content) > settings.upload_limit:
        raise _too_heavy(filename, stream, content, settings.upload_limit, field)
    if not content:
        raise BadUpload(_l("Ce fichier est vide. Choisissez-le de nouveau."), field=field)
    if looks_like_photo(content):
        photo = re_encode(content, tuple(PHOTO_SIZES.values()), field)
        forms = {_photo_ending(size): photo.files[width] for size, width in PHOTO_SIZES.items()}
        return Upload("photo", forms, max(map(len, forms.values())), photo.width, photo.height)
    if looks_like_heic(content):
        raise BadUpload(
            _l(
                "Votre téléphone enregistre ses photos dans un format que les autres ne lisent pas (HEIC). "
                "Dans ses réglages, choisissez le format « le plus compatible », ou envoyez une capture d’écran."
            ),
            field=field,
        )
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        if b"%%EOF" not in content[-_PDF_TRAILER_WITHIN:]:
            raise BadUpload(
                _l("Ce PDF est abîmé ou incomplet. Enregistrez-le de nouveau, puis renvoyez-le."), field=field
            )
        return Upload("pdf", {".pdf": content}, len(content))
    raise BadUpload(
        _l("Ce fichier n’est ni une photo ni un PDF. Choisissez une photo JPEG ou PNG, ou un PDF."),
        field=field,
    )


def _too_heavy(filename: str | None, stream: IO[bytes], start: bytes, limit: int, field: str) -> BadUpload:
    here = len(start)
    with suppress(OSError, ValueError):  # a stream that cannot tell its length: we say the least it is
        here = stream.seek(0, os.SEEK_END)
    megabytes = max(round(here / 1_048_576), limit // 1_048_576 + 1)
    most = limit // 1_048_576
    if looks_like_photo(start) or looks_like_heic(start):
        return BadUpload(
            _l(
                "Cette photo est trop lourde (%(size)s Mo). Choisissez une photo de moins de %(most)s Mo, "
                "ou prenez-la avec ce bouton.",
                size=megabytes,
                most=most,
            ),
            field=field,
        )
    return BadUpload(
        _l(
            "Ce fichier est trop lourd (%(size)s Mo). Choisissez un fichier de moins de %(most)s Mo.",
            size=megabytes,
            most=most,
        ),
        field=field,
    )


@contextmanager
def stored(*uploads: Upload) -> Iterator[Callable[[Session], list[StoredFile]]]:
    """Keep files as long as what happens inside succeeds; put it around the transaction that names them.

    Gives a function that adds their rows to a session. Files whose rows were never asked for, and all of them
    where an error leaves the block, are removed.
    """
    place, written, asked = store(), [], False

    def rows(session: Session) -> list[StoredFile]:
        nonlocal asked
        asked = True
        added = [
            StoredFile(
                kind=upload.kind,
                key=upload.key,
                size=upload.size,
                width=upload.width,
                height=upload.height,
                stored_at=clock.now(),
            )
            for upload in uploads
        ]
        session.add_all(added)
        session.flush()
        return added

    kept = False
    try:
        for upload in uploads:
            for name, content in upload.names.items():
                written.append(name)
                place.save(name, content)
        yield rows
        kept = asked
    finally:
        if not kept:
            for name in written:
                place.delete(name)


#: A file is written before the row that names it: a younger one may still get its row.
ORPHAN_AFTER: Final = timedelta(days=1)


def remove_orphans() -> int:
    """Delete files older than a day that no row names, what an upload cut off left behind; how many."""
    place, removed = store(), 0
    names = list(place.older_than(clock.now() - ORPHAN_AFTER))
    keys = {name: name.partition("-")[0].partition(".")[0] for name in names}
    asked = sorted(set(keys.values()))
    named: set[str] = set()
    for start in range(0, len(asked), 500):
        part = select(StoredFile.key).where(StoredFile.key.in_(asked[start : start + 500]))
        named.update(db.session.execute(part).scalars())
    for name, key in keys.items():
        if key not in named:
            place.delete(name)
            removed += 1
    return removed


@dataclass(frozen=True)
class OpenFile:
    """A file on its way to a reader, who closes `stream`."""

    stream: IO[bytes]
    content_type: str
    attachment: bool  #: documents are saved, not shown: nothing in them runs on this site


def open_file(row: StoredFile, size: str) -> OpenFile:
    """One form of a stored file: a key of `PHOTO_SIZES` for photos, `DOCUMENT` for PDF; raises `NotFound`."""
    missing = NotFound(_l("Ce fichier n’existe plus."))
    if row.kind == "photo" and size in PHOTO_SIZES:
        name, content_type, attachment = f"{row.key}{_photo_ending(size)}", "image/jpeg", False
    elif row.kind == "pdf" and size == DOCUMENT:
        name, content_type, attachment = f"{row.key}.pdf", "application/pdf", True
    else:
        raise missing
    try:
        return OpenFile(store().open(name), content_type, attachment)
    except FileNotFoundError:
        raise missing from None


#: Seconds that a reader's telephone keeps a file: it never changes under its address.
FILE_KEPT_FOR: Final = 30 * 24 * 3600


def answer_with(row: StoredFile, size: str, name: str) -> Response:
    """The answer that holds one form of a file; a document is saved under `name`. Raises `NotFound`."""
    found = open_file(row, size)
    answer = send_file(
        found.stream,
        mimetype=found.content_type,
        as_attachment=found.attachment,
        download_name=name if found.attachment else None,
        max_age=FILE_KEPT_FOR,
        etag=f"{row.key}-{size}",
        last_modified=row.stored_at,
    )
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


def weight_text(size: int) -> str:
    """How heavy a file of so many bytes is, for those who pay for each megabyte."""
    heavy = size >= 1_000_000
    number = round(size / 1_000_000, 1) if heavy else -(-size // 1000)
    unit = "digital-megabyte" if heavy else "digital-kilobyte"
    return str(format_unit(number, unit, "short", locale=get_locale()))
