"""Which files the public may see."""

from sqlalchemy import select

from cdv_civic.commitments.models import Evidence, Progress
from cdv_civic.core.db import db
from cdv_civic.core.uploads.stored_files import StoredFile


def shown_file(file_id: int) -> StoredFile | None:
    """The file, if it shows a progress that is not withdrawn. 1 statement."""
    return db.session.execute(
        select(StoredFile)
        .join(Evidence, Evidence.file_id == StoredFile.id)
        .join(Progress, Progress.id == Evidence.progress_id)
        .where(StoredFile.id == file_id, Progress.withdrawn_at.is_(None))
    ).scalar_one_or_none()
