"""The rows of files that were kept, the names of their forms, and the store that holds them."""

import os
from datetime import datetime
from typing import Final

from flask import current_app
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.core.external_services import ObjectStorage
from cdv_civic.core.settings import current_settings
from cdv_civic.core.uploads.file_store import FolderStore, Store
from cdv_civic.core.uploads.s3.store import S3Store

#: Name of a size, as in addresses -> the most pixels its width has.
PHOTO_SIZES: Final = {"grande": 1280, "petite": 400}
DOCUMENT: Final = "document"
#: The one form of a recording, and its kinds, by which its file is named.
RECORDING: Final = "voix"
RECORDINGS: Final = ("mp3", "m4a")


class StoredFile(Model):
    """A file of the store. Photos are kept re-encoded in two sizes, recordings stripped: never as they were sent."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("kind IN ('photo', 'pdf', 'mp3', 'm4a')", name="kind"),)

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


def store() -> Store:
    """The store of this site: the bucket of S3_URL where that is set, else DATA_DIR/files."""
    settings = current_settings()
    return FolderStore(settings.data_dir / "files") if settings.s3 is None else s3_store(settings.s3)


def s3_store(storage: ObjectStorage) -> S3Store:
    """A bucket, with its connections: one for the threads of a process; a child that was forked opens its own."""
    stores: dict[tuple[int, ObjectStorage], S3Store] = current_app.extensions.setdefault("s3_stores", {})
    mine = (os.getpid(), storage)
    return stores.get(mine) or stores.setdefault(mine, S3Store(storage))


def photo_ending(size: str) -> str:
    """The ending of the name of one size of a photo."""
    return f"-{PHOTO_SIZES[size]}.jpg"


def form_names(kind: str, key: str) -> list[str]:
    """Names in the store of all forms of a stored file."""
    return [f"{key}{photo_ending(size)}" for size in PHOTO_SIZES] if kind == "photo" else [f"{key}.{kind}"]
