"""What is forgotten of projects in time: how their carriers are reached, then all of them."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import Consent
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db, raise_tags, transaction
from cdv_civic.core.settings import current_settings
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.models.projects import FundProject, ProjectCoCarrier, ProjectFile
from cdv_civic.participation.operations import forget_links
from cdv_civic.participation.rules.links import Thing, ThingKind

PERSON_ERASED: Final = "fund_project.person"
FORGOTTEN: Final = "fund_project.forgotten"
#: After its last step nobody has to reach whoever carried it any more.
PERSON_KEPT: Final = timedelta(days=730)
#: Projects that are forgotten in one transaction.
_BATCH: Final = 100
#: What a row holds of a person, and what it says once they were forgotten.
NO_PERSON: Final = {
    "contact": None,
    "contact_kind": None,
    "contact_name": "",
    "signed": None,
    "age": None,
    "accompanist": "",
}


def _has_person() -> ColumnElement[bool]:
    return or_(
        FundProject.contact.is_not(None),
        FundProject.contact_name != "",
        FundProject.signed.is_not(None),
        FundProject.age.is_not(None),
        FundProject.accompanist != "",
        FundProject.id.in_(select(ProjectCoCarrier.project_id)),
    )


def forget_people(session: Session, ids: list[int]) -> None:
    """Take the persons out of projects that the caller holds: no name, no age, no way to be reached. 2 statements."""
    session.execute(
        delete(ProjectCoCarrier)
        .where(ProjectCoCarrier.project_id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(FundProject)
        .where(FundProject.id.in_(ids))
        .values(**NO_PERSON)
        .execution_options(synchronize_session=False)
    )


def hold_projects(session: Session, which: ColumnElement[bool], most: int | None = None) -> list[FundProject]:
    """Lock projects by id; at most so many."""
    statement = select(FundProject).where(which).order_by(FundProject.id).limit(most)
    found = session.execute(
        statement.with_for_update(key_share=True), execution_options={"populate_existing": True}
    )
    return list(found.scalars())


def _with_people_to_erase() -> ColumnElement[bool]:
    return and_(FundProject.state_on <= clock.today() - PERSON_KEPT, _has_person())


def people_to_erase() -> bool:
    """Whether anything is there to erase."""
    return (
        db.session.execute(select(FundProject.id).where(_with_people_to_erase()).limit(1)).first() is not None
    )


def erase_people() -> int:
    """Erase contact, names and age of projects whose last step was two years ago; how many. A job, which may be run
    again.
    """
    which = _with_people_to_erase()
    erased = 0
    while True:
        with transaction() as session:
            held = hold_projects(session, which, _BATCH)
            if not held:
                return erased
            named = {project.fund_id for project in held if project.signed is not None}
            raise_tags(session, *(fund_tag(each) for each in sorted(named)))
            ledger.note_many(session, PERSON_ERASED, [(project.id, project.submitted_at) for project in held])
            forget_people(session, [project.id for project in held])
            erased += len(held)


def _years_ago(years: int) -> date:
    today = clock.today()
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # the 29th of February
        return today.replace(year=today.year - years, day=28)


def _to_forget() -> ColumnElement[bool]:
    return FundProject.state_on <= _years_ago(current_settings().fund_project_years)


def projects_to_forget() -> bool:
    """Whether any is there to delete."""
    return db.session.execute(select(FundProject.id).where(_to_forget()).limit(1)).first() is not None


def forget_projects() -> int:
    """Delete projects whose last step was FUND_PROJECT_YEARS ago, with all that hangs on them; how many. A job, which
    may be run again.
    """
    which = _to_forget()
    gone = 0
    while True:
        with transaction() as session:
            held = hold_projects(session, which, _BATCH)
            if not held:
                return gone
            raise_tags(session, *(fund_tag(each) for each in sorted({project.fund_id for project in held})))
            ledger.note_many(session, FORGOTTEN, [(project.id, project.submitted_at) for project in held])
            for project in held:
                forget_project(session, project)
            gone += len(held)


def forget_project(session: Session, project: FundProject) -> None:
    """Delete a project that the caller holds: its lines, steps, opinions and files go with it."""
    files = list(
        session.execute(select(ProjectFile.file_id).where(ProjectFile.project_id == project.id)).scalars()
    )
    files += [project.photo_id] if project.photo_id is not None else []
    consent_id = project.consent_id
    forget_links(session, Thing(ThingKind.PROJECT, project.id))
    session.delete(project)
    session.flush()
    session.execute(delete(Consent).where(Consent.id == consent_id))
    session.execute(delete(StoredFile).where(StoredFile.id.in_(files)))
