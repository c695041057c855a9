"""Files that people give: photos and documents, and where they are kept.

    upload = read_upload(file.filename, file.stream, field="photo_1")      # refused here where it must be
    with stored(upload) as rows_of, transaction() as session:
        (row,) = rows_of(session)                                          # gone again if anything fails

The store is a folder today (`file_store`); anything with the verbs of `Store` can take its place.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import IO, Final

from babel.units import format_unit
from flask import Response, request, send_file
from flask_babel import get_locale
from sqlalchemy import CheckConstraint, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from cdv_civic.core import clock
from cdv_civic.core.db import Model, before_commit, db
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.file_store import FolderStore, Store
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.photos import looks_like_heic, looks_like_photo, re_encode
from cdv_civic.core.settings import current_settings
from cdv_civic.core.site_identity import site_id
from cdv_civic.core.web.headers import FILE_POLICY

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


def store() -> Store:
    """The store of this site: DATA_DIR/files."""
    settings = current_settings()
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


def form_names(kind: str, key: str) -> list[str]:
    """Names in the store of all forms of a stored file."""
    return [f"{key}{_photo_ending(size)}" for size in PHOTO_SIZES] if kind == "photo" else [f"{key}.pdf"]


def read_upload(filename: str | None, stream: IO[bytes], *, field: str) -> Upload:
    """The file of a form, checked by its content and made ready to keep; raises `BadUpload` or `BadPhoto`.

    The name it came with decides nothing. At most the setting's `upload_limit` (bytes) is read.
    """
    settings = current_settings()
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

    Gives a function that adds their rows to a session. Files whose rows were never asked for are removed, and all of
    them where the transaction surely failed. Where nobody can say whether it did (`OutcomeUnknown`), they stay: a
    file without a row is found later (`core.orphans`), a row without its file is a loss.
    """
    place = store()
    progress = _Progress()
    if uploads and place.owner() is None and next(place.older_than(clock.now() + _FAR), None) is None:
        place.claim(site_id(db.session()))

    def rows(session: Session) -> list[StoredFile]:
        progress.asked = True
        before_commit(session, progress, lambda _session: progress.begin())
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

    try:
        for upload in uploads:
            for name, content in upload.names.items():
                place.save(name, content)
        yield rows
    except BaseException as error:
        if progress.surely_failed(error):
            _remove(place, uploads)
        raise
    if not progress.asked:
        _remove(place, uploads)


#: Beyond the time of any file's writing, whatever the clock of its machine said.
_FAR: Final = timedelta(days=36_500)


@dataclass(eq=False)
class _Progress:
    """How far the transaction around some files went."""

    asked: bool = False
    committing: bool = False

    def begin(self) -> None:
        self.committing = True

    def surely_failed(self, error: BaseException) -> bool:
        """Whether nothing of the transaction stands: once a commit was begun, only the database can say so."""
        return not self.committing or isinstance(error, DomainError | IntegrityError)


def _remove(place: Store, uploads: Sequence[Upload]) -> None:
    """Delete files that no row names: the same upload may have been kept by an earlier try."""
    try:
        asked = [upload.key for upload in uploads]
        named = set(db.session.execute(select(StoredFile.key).where(StoredFile.key.in_(asked))).scalars())
    except SQLAlchemyError:
        return  # nobody can say now
    for upload in uploads:
        if upload.key not in named:
            for name in upload.names:
                place.delete(name)


@dataclass(frozen=True)
class _Form:
    """One form of a stored file."""

    name: str
    content_type: str
    attachment: bool  #: documents are saved, not shown: nothing in them runs on this site

    @classmethod
    def of(cls, row: StoredFile, size: str) -> "_Form":
        if row.kind == "photo" and size in PHOTO_SIZES:
            return cls(f"{row.key}{_photo_ending(size)}", "image/jpeg", False)
        if row.kind == "pdf" and size == DOCUMENT:
            return cls(f"{row.key}.pdf", "application/pdf", True)
        raise _missing()

    def open(self) -> IO[bytes]:
        try:
            return store().open(self.name)
        except FileNotFoundError:
            raise _missing() from None


def _missing() -> NotFound:
    return NotFound(_l("Ce fichier n’existe plus."))


@dataclass(frozen=True)
class OpenFile:
    """A file on its way to a reader, who closes `stream`."""

    stream: IO[bytes]
    content_type: str
    attachment: bool


def open_file(row: StoredFile, size: str) -> OpenFile:
    """One form of a stored file: a key of `PHOTO_SIZES` for photos, `DOCUMENT` for PDF; raises `NotFound`."""
    form = _Form.of(row, size)
    return OpenFile(form.open(), form.content_type, form.attachment)


def answer_with(row: StoredFile, size: str, name: str) -> Response:
    """The answer that holds one form of a file; a document is saved under `name`. Raises `NotFound`.

    Browsers and proxies may keep it but ask each time: what was taken back is gone at once, and what stands costs
    304, without opening the file. The caller looks first whether whoever asks may see it.
    """
    form = _Form.of(row, size)
    answer = Response(content_type=form.content_type)
    answer.set_etag(f"{row.key}-{size}")
    answer.make_conditional(request)
    if answer.status_code != HTTPStatus.NOT_MODIFIED:
        answer = send_file(
            form.open(),
            mimetype=form.content_type,
            as_attachment=form.attachment,
            download_name=name if form.attachment else None,
            etag=f"{row.key}-{size}",
            last_modified=row.stored_at,
        )
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


def weight_text(size: int) -> str:
    """How heavy a file of so many bytes is, for those who pay for each megabyte."""
    heavy = size >= 1_000_000
    number = round(size / 1_000_000, 1) if heavy else -(-size // 1000)
    unit = "digital-megabyte" if heavy else "digital-kilobyte"
    return str(format_unit(number, unit, "short", locale=get_locale()))
