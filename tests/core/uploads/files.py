"""Photos and documents to send, and what became of them."""

import io

import pytest
from PIL import Image

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.uploads.file_store import FAR
from cdv_civic.core.uploads.receiving import Upload, read_upload, stored
from cdv_civic.core.uploads.serving import open_file
from cdv_civic.core.uploads.stored_files import StoredFile, store

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(
    width: int = 640, height: int = 480, form: str = "JPEG", mode: str = "RGB", **how: object
) -> bytes:
    image = Image.new(mode, (width, height), 128 if mode in ("L", "I;16", "I", "P", "1") else None)
    target = io.BytesIO()
    image.save(target, form, **how)
    return target.getvalue()


def read(content: bytes) -> Upload:
    return read_upload(io.BytesIO(content), field="photo")


def sentence_of(content: bytes) -> str:
    with pytest.raises(DomainError) as refused:
        read(content)
    assert refused.value.field == "photo"
    return str(refused.value.sentence)


def kept(row: StoredFile, size: str) -> Image.Image:
    opened = open_file(row, size)
    with opened.stream as stream:
        return Image.open(io.BytesIO(stream.read()))


def keep(upload: Upload) -> StoredFile:
    with stored(upload) as rows, transaction() as session:
        (row,) = rows(session)
    return row


def files() -> list[str]:
    """Names of all files of the site."""
    return list(store().older_than(clock.now() + FAR))


def delete_files() -> None:
    for name in files():
        store().delete(name)
