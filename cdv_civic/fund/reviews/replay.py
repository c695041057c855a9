"""Lines of the ledger about files of projects: photos that were hidden, files that their carriers took away."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.ledger import LedgerLine, register_kind
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.models.projects import ProjectFile
from cdv_civic.fund.reviews.operations.deciding import PHOTO_HIDDEN
from cdv_civic.fund.reviews.operations.telling import FILE_REMOVED, remove_file


def _file(session: Session, line: LedgerLine) -> ProjectFile | None:
    """The file of a line; None where it is gone, or its number was given to another one."""
    return session.execute(
        select(ProjectFile)
        .join(StoredFile, StoredFile.id == ProjectFile.file_id)
        .where(ProjectFile.id == line.id, StoredFile.key == line.born)
    ).scalar()


def _hide(session: Session, line: LedgerLine) -> bool:
    row = _file(session, line)
    if row is None or row.hidden_at is not None:
        return False
    row.hidden_at = line.at
    return True


def _remove(session: Session, line: LedgerLine) -> bool:
    row = _file(session, line)
    if row is None:
        return False
    remove_file(session, row)
    return True


def register(app: Flask) -> None:
    """Say how each line is done again."""
    register_kind(app, PHOTO_HIDDEN, _hide)
    register_kind(app, FILE_REMOVED, _remove)
