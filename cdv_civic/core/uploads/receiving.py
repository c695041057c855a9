"""Files that people give: photos, documents and recorded voices, checked and kept.

    upload = read_upload(file.stream, field="photo_1")      # refused here where it must be
    with stored(upload) as rows_of, transaction() as session:
        (row,) = rows_of(session)                                          # gone again if anything fails

The store is a folder, or a bucket that speaks S3: anything with the verbs of `file_store.Store`.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import before_commit, db
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.photos.re_encoding import looks_like_photo, re_encode
from cdv_civic.core.settings import current_settings
from cdv_civic.core.site_identity import site_id
from cdv_civic.core.sounds.reading import MOST_BYTES, read_recording
from cdv_civic.core.uploads.file_store import FAR, Store, StoreUnavailable
from cdv_civic.core.uploads.stored_files import PHOTO_SIZES, StoredFile, form_names, photo_ending, store

_PDF_HEADER_WITHIN: Final = 1024


class BadUpload(DomainError):
    """A file that cannot be kept; the sentence says what to send instead."""


@dataclass(frozen=True)
class Upload:
    """A file that was checked and may be kept."""

    kind: str  #: as of `StoredFile`: "photo", "pdf", "mp3" or "m4a"
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

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Names and contents, one after the other."""
        yield from self.names.items()


@dataclass(frozen=True)
class FileCopy:
    """A stored file that is kept once more, under a key of its own: each of the two goes without the other."""

    kind: str
    #: The key of the file that it is a copy of.
    source: str
    size: int
    width: int | None
    height: int | None
    key: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def names(self) -> list[str]:
        """Names in the store."""
        return form_names(self.kind, self.key)

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Names and contents, one after the other: only one is held in memory."""
        for source, name in zip(form_names(self.kind, self.source), self.names, strict=True):
            with store().open(source) as stream:
                yield name, stream.read()


def copy_of(row: StoredFile) -> FileCopy | None:
    """A copy of a stored file, for `stored`; None where the store has lost it. Raises `StoreUnavailable`."""
    try:
        for name in form_names(row.kind, row.key):
            store().open(name).close()
    except FileNotFoundError:
        return None
    return FileCopy(row.kind, row.key, row.size, row.width, row.height)


def read_upload(stream: IO[bytes], *, field: str) -> Upload:
    """The file of a form, checked by its content and made ready to keep; raises `BadUpload` or `BadPhoto`.

    The name it came with decides nothing. At most the setting's `upload_limit` (bytes) is read.
    """
    settings = current_settings()
    content = stream.read(settings.upload_limit + 1)
    if len(content) > settings.upload_limit:
        raise _too_heavy(stream, content, settings.upload_limit, field)
    _refuse_empty(content, field)
    if looks_like_photo(content):
        photo = re_encode(content, tuple(PHOTO_SIZES.values()), field)
        forms = {photo_ending(size): photo.files[width] for size, width in PHOTO_SIZES.items()}
        return Upload("photo", forms, max(map(len, forms.values())), photo.width, photo.height)
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        # Behind its end some programs pad a PDF; what is cut off lacks the end behind its last object.
        if content.rfind(b"%%EOF") < max(content.rfind(b"endobj"), 0):
            raise BadUpload(
                _l("Ce PDF est abîmé ou incomplet. Enregistrez-le de nouveau, puis renvoyez-le."), field=field
            )
        return Upload("pdf", {".pdf": content}, len(content))
    raise BadUpload(
        _l("Ce fichier n’est ni une photo ni un PDF. Choisissez une photo JPEG ou PNG, ou un PDF."),
        field=field,
    )


def read_voice(stream: IO[bytes], *, field: str) -> Upload:
    """A recorded voice of a form, checked and bare, ready to keep; raises `BadUpload` or `BadRecording`."""
    content = stream.read(MOST_BYTES + 1)
    _refuse_empty(content, field)
    recording = read_recording(content, field)
    return Upload(recording.kind, {f".{recording.kind}": recording.content}, len(recording.content))


def _refuse_empty(content: bytes, field: str) -> None:
    if not content:
        raise BadUpload(_l("Ce fichier est vide. Choisissez-le de nouveau."), field=field)


def _too_heavy(stream: IO[bytes], start: bytes, limit: int, field: str) -> BadUpload:
    here = len(start)
    with suppress(OSError, ValueError):  # a stream that cannot tell its length: we say the least it is
        here = stream.seek(0, os.SEEK_END)
    megabytes = max(round(here / 1_048_576), limit // 1_048_576 + 1)
    most = limit // 1_048_576
    if looks_like_photo(start):
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


def is_same_file(row: StoredFile, upload: Upload) -> bool:
    """Whether a file that is kept is this very one. The store is asked only where their sizes are the same; raises
    `StoreUnavailable`.
    """
    if (row.kind, row.size) != (upload.kind, upload.size):
        return False
    try:
        for (_ending, content), name in zip(upload.forms.items(), form_names(row.kind, row.key), strict=True):
            with store().open(name) as stream:
                if stream.read() != content:
                    return False
    except FileNotFoundError:
        return False  # the store has lost it
    return True


@contextmanager
def stored(*uploads: Upload | FileCopy) -> Iterator[Callable[[Session], list[StoredFile]]]:
    """Keep files as long as what happens inside succeeds; put it around the transaction that names them.

    Gives a function that adds their rows to a session. Files whose rows were never asked for are removed, and all of
    them where the transaction surely failed. Where nobody can say whether it did (`OutcomeUnknown`), they stay: a
    file without a row is found later (`core.uploads.orphans`), a row without its file is a loss.
    """
    place = store()
    progress = _Progress()
    if uploads and place.owner() is None and next(place.older_than(clock.now() + FAR), None) is None:
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
            for name, content in upload.contents():
                place.save(name, content)
        yield rows
    except BaseException as error:
        if progress.surely_failed(error):
            _remove(place, uploads)
        raise
    if not progress.asked:
        _remove(place, uploads)


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


def _remove(place: Store, uploads: Sequence[Upload | FileCopy]) -> None:
    """Delete files that no row names: the same upload may have been kept by an earlier try."""
    try:
        asked = [upload.key for upload in uploads]
        named = set(db.session.execute(select(StoredFile.key).where(StoredFile.key.in_(asked))).scalars())
    except SQLAlchemyError:
        return  # nobody can say now
    with suppress(StoreUnavailable):  # what is left is found later, as after a kill
        for upload in uploads:
            if upload.key not in named:
                for name in upload.names:
                    place.delete(name)
