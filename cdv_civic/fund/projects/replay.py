"""Lines of the ledger about projects: the persons in them that were forgotten, and those that are gone."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.ledger import LedgerLine, mark, register_kind
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.projects.operations.keeping import (
    FORGOTTEN,
    PERSON_ERASED,
    forget_people,
    forget_project,
)


def _row(session: Session, line: LedgerLine) -> FundProject | None:
    row: FundProject | None = session.execute(
        select(FundProject)
        .where(FundProject.id == line.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    return row if row is not None and mark(row.submitted_at) == line.born else None


def _forget_people(session: Session, line: LedgerLine) -> bool:
    project = _row(session, line)
    if project is None:
        return False
    forget_people(session, [project.id])
    return True


def _forget(session: Session, line: LedgerLine) -> bool:
    project = _row(session, line)
    if project is None:
        return False
    forget_project(session, project)
    return True


def register(app: Flask) -> None:
    """Declare how each is done again."""
    register_kind(app, PERSON_ERASED, _forget_people)
    register_kind(app, FORGOTTEN, _forget)
