"""The rows of files that were kept, the names of their forms, and the store that holds them."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model
from cdv_civic.core.settings import current_settings
from cdv_civic.core.uploads.file_store import FolderStore, Store

#: Name of a size, as in addresses -> the most pixels its width has.
PHOTO_SIZES: Final = {"grande": 1280, "petite": 400}
DOCUMENT: Final = "document"


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


def store() -> Store:
    """The store of this site: DATA_DIR/files."""
    settings = current_settings()
    return FolderStore(settings.data_dir / "files")


def photo_ending(size: str) -> str:
    """The ending of the name of one size of a photo."""
    return f"-{PHOTO_SIZES[size]}.jpg"


def form_names(kind: str, key: str) -> list[str]:
    """Names in the store of all forms of a stored file."""
    return [f"{key}{photo_ending(size)}" for size in PHOTO_SIZES] if kind == "photo" else [f"{key}.pdf"]
