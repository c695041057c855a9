"""Files on their way to those who read them."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Final

from babel.units import format_unit
from flask import Response, request, send_file
from flask_babel import get_locale
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.uploads.stored_files import (
    DOCUMENT,
    PHOTO_SIZES,
    RECORDING,
    RECORDINGS,
    StoredFile,
    photo_ending,
    store,
)
from cdv_civic.core.web.headers import FILE_POLICY

_RECORDED: Final = {"mp3": "audio/mpeg", "m4a": "audio/mp4"}


@dataclass(frozen=True)
class _Form:
    """One form of a stored file."""

    name: str
    content_type: str
    attachment: bool  #: documents are saved, not shown: nothing in them runs on this site

    @classmethod
    def of(cls, row: StoredFile, size: str) -> "_Form":
        if row.kind == "photo" and size in PHOTO_SIZES:
            return cls(f"{row.key}{photo_ending(size)}", "image/jpeg", False)
        if row.kind == "pdf" and size == DOCUMENT:
            return cls(f"{row.key}.pdf", "application/pdf", True)
        if row.kind in RECORDINGS and size == RECORDING:
            return cls(f"{row.key}.{row.kind}", _RECORDED[row.kind], False)
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
    """One form of a stored file: a key of `PHOTO_SIZES` for photos, `DOCUMENT` for PDF, `RECORDING` for voices; raises
    `NotFound`."""
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
        if row.kind in RECORDINGS:
            _in_parts(answer, row.size)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


def _in_parts(answer: Response, size: int) -> None:
    """Let a player ask for some bytes: those of iPhones ask for two first, and play nothing where they get all."""
    answer.content_length = size
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        answer.close()
        raise


def weight_text(size: int) -> str:
    """How heavy a file of so many bytes is, for those who pay for each megabyte."""
    heavy = size >= 1_000_000
    number = round(size / 1_000_000, 1) if heavy else -(-size // 1000)
    unit = "digital-megabyte" if heavy else "digital-kilobyte"
    return str(format_unit(number, unit, "short", locale=get_locale()))
