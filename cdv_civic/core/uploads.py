"""Files that people give: photos and documents, and where they are kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cdv_civic.core.db import Model


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
