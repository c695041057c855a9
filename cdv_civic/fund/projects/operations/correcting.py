"""What a carrier does with a project by its receipt: write it otherwise, complete it, give it up."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, NotFound
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.core.uploads.receiving import is_same_file, stored
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import (
    FundProject,
    ProjectCoCarrier,
    ProjectCoFunder,
    ProjectCost,
    ProjectFile,
)
from cdv_civic.fund.operations.locking import (
    NO_PROJECT,
    held_fund,
    held_project,
    held_round,
    raise_fund_tags,
)
from cdv_civic.fund.operations.moving import StateGone, move
from cdv_civic.fund.projects.operations.checking import CheckedProject, TypedProject, checked
from cdv_civic.fund.projects.operations.content import (
    add_quotes,
    named,
    placed,
    remove_quotes,
    replace_lines,
)
from cdv_civic.fund.projects.rules import CORRECTABLE, GIVEN_UP_ALONE, NOT_PUBLIC
from cdv_civic.fund.rules.fund_rules import from_data
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.notices.letters import written_in
from cdv_civic.participation.receipts import receipt_hash

_LOCKED: Final = _l(
    "Ce projet ne change plus\u00a0: des personnes ont commencé à donner leur avis. Parlez au service du fonds."
)


class ProjectFrozen(Conflict):
    """Somebody gave an opinion or a mark on what the project says: it stays so."""

    def __init__(self) -> None:
        super().__init__(_LOCKED)


def _held(session: Session, code: str) -> tuple[Fund, FundRound, FundProject]:
    """The project of a receipt with its fund and its round, locked in this order; raises `NotFound`."""
    row = session.execute(
        select(FundProject.id, FundProject.fund_id, FundProject.round_id).where(
            FundProject.receipt_hash == receipt_hash(code)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(NO_PROJECT)
    fund = held_fund(session, row.fund_id, shared=True)
    fund_round = held_round(session, row.round_id, shared=True)
    return fund, fund_round, held_project(session, row.id)


def correct(code: str, typed: TypedProject, version: int, *, removed: Sequence[int] = ()) -> bool:
    """Write a project otherwise by its receipt, as long as nobody gave an opinion or a mark; whether it changed.

    One that was to be completed goes back to whoever looks at it. An empty contact keeps the one that is there.
    `removed`: quotes to delete, by id. Sent twice it acts once. Raises `NotFound`, `StateGone`, `ProjectFrozen`,
    `ChangedMeanwhile`, `DomainError`.
    """
    uploads = [*([typed.photo] if typed.photo else []), *(upload for upload, _name in typed.quotes)]
    with ExitStack() as kept:
        rows_of = kept.enter_context(stored(*uploads)) if uploads else None
        session = kept.enter_context(transaction())
        fund, fund_round, project = _held(session, code)
        said = checked(
            typed,
            from_data(fund_round.rules),
            choice_on=fund_round.choice_on,
            contact_asked=project.contact is None and not project.relayed,
            minor=project.minor,
        )
        columns = _columns(session, fund, fund_round, project, typed, said)
        if project.version != version:
            if _says(session, project, columns, said) and _has_files(session, project, typed):
                return False
            raise ChangedMeanwhile
        if ProjectState(project.state) not in CORRECTABLE:
            raise StateGone
        if project.frozen_at is not None:
            raise ProjectFrozen
        files = rows_of(session) if rows_of else []
        before = project.photo_id
        if typed.photo is not None:
            project.photo_id = files[0].id
        for name, value in columns.items():
            setattr(project, name, value)
        session.flush()
        if typed.photo is not None and before is not None:
            session.execute(delete(StoredFile).where(StoredFile.id == before))
        replace_lines(session, project.id, said)
        remove_quotes(session, project.id, removed)
        quotes = files[1:] if typed.photo is not None else files
        add_quotes(session, project.id, quotes, [name for _upload, name in typed.quotes])
        if project.state == ProjectState.INCOMPLETE.value:
            move(session, None, project, ProjectState.SUBMITTED, fund.contract_id)
        else:
            project.version += 1
    return True


def _columns(
    session: Session,
    fund: Fund,
    fund_round: FundRound,
    project: FundProject,
    typed: TypedProject,
    said: CheckedProject,
) -> dict[str, Any]:
    """What the columns of the project become."""
    columns = {**named(session, said.columns), **placed(session, fund, fund_round, typed)}
    if said.contact is not None:
        columns |= {"contact_kind": said.contact[0], "contact": said.contact[1]}
    if columns["contact_language"] not in current_settings().languages:
        columns["contact_language"] = project.contact_language
    return columns


def _says(session: Session, project: FundProject, columns: dict[str, Any], said: CheckedProject) -> bool:
    """Whether a project says this already. 3 statements."""
    if any(getattr(project, name) != value for name, value in columns.items()):
        return False
    own = project.id
    lines = session.execute(
        select(ProjectCost.label, ProjectCost.cents)
        .where(ProjectCost.project_id == own)
        .order_by(ProjectCost.position)
    )
    funders = session.execute(
        select(ProjectCoFunder.name, ProjectCoFunder.asked_cents)
        .where(ProjectCoFunder.project_id == own)
        .order_by(ProjectCoFunder.position)
    )
    people = session.execute(
        select(ProjectCoCarrier.name)
        .where(ProjectCoCarrier.project_id == own)
        .order_by(ProjectCoCarrier.position)
    )
    return (
        [tuple(row) for row in lines] == [(each.label, each.cents) for each in said.budget.lines]
        and [tuple(row) for row in funders]
        == [(each.name, each.asked_cents) for each in said.budget.co_funders]
        and list(people.scalars()) == list(said.co_carriers)
    )


def _has_files(session: Session, project: FundProject, typed: TypedProject) -> bool:
    """Whether the files that come are there already."""
    quotes = select(ProjectFile.file_id).where(ProjectFile.project_id == project.id)
    rows = session.execute(
        select(StoredFile).where(StoredFile.id.in_(quotes) | (StoredFile.id == project.photo_id))
    ).scalars()
    there = list(rows)
    uploads = [*([typed.photo] if typed.photo else []), *(upload for upload, _name in typed.quotes)]
    return all(any(is_same_file(row, upload) for row in there) for upload in uploads)


def _own_wish() -> dict[str, str]:
    """Why it is given up, in each language of the site that says it."""
    said = {}
    for tag in current_settings().languages:
        with written_in(tag):
            said[tag] = _("La personne qui porte ce projet l’a arrêté.")
    return {tag: text for tag, text in said.items() if tag == "fr" or text != said["fr"]}


def give_up(code: str) -> bool:
    """Give a project up by its receipt, before anything is decided; whether it was not yet.

    Its words stay with whoever looks at it; where everybody could read it they still can, as one that stopped. Raises
    `NotFound`, and `StateGone` where it is decided.
    """
    with transaction() as session:
        fund, _fund_round, project = _held(session, code)
        state = ProjectState(project.state)
        if state is ProjectState.ABANDONED:
            return False
        if state not in GIVEN_UP_ALONE:
            raise StateGone
        if state not in NOT_PUBLIC:
            raise_fund_tags(session, fund)
        move(session, None, project, ProjectState.ABANDONED, fund.contract_id, reason=_own_wish())
    return True
