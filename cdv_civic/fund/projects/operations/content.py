"""What a project says, as rows: its columns, the lines of its budget, who else pays and carries, its files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cdv_civic.core import pasted_text
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import (
    ProjectCoCarrier,
    ProjectCoFunder,
    ProjectCost,
    ProjectFile,
)
from cdv_civic.fund.projects.operations.checking import CHOOSE, CheckedProject, TypedProject
from cdv_civic.fund.projects.queries.rounds import envelopes_of, is_of_contract, quartiers_of
from cdv_civic.fund.projects.rules import LONGEST_NAME
from cdv_civic.fund.rules.envelopes import EnvelopeChoice, obvious_envelope
from cdv_civic.fund.rules.files import MOST_FILES, ProjectFileKind
from cdv_civic.territory.models import Axis, Body


def placed(session: Session, fund: Fund, fund_round: FundRound, typed: TypedProject) -> dict[str, Any]:
    """The quartier, the envelope, the objective and the body that a project names, as columns.

    A project that names no envelope gets the one that is obvious. Raises `DomainError` for what the fund does not have.
    5 statements at most.
    """
    quartiers = {each.id for each in quartiers_of(fund.id)}
    quartier_id = typed.quartier_id
    if quartier_id is not None and quartier_id not in quartiers:
        raise DomainError(CHOOSE, field="quartier")
    if quartier_id is None and len(quartiers) == 1:
        (quartier_id,) = quartiers
    envelope = _envelope(
        [each.choice for each in envelopes_of(fund.id, fund_round.year)], typed.envelope_id, quartier_id
    )
    if envelope is not None and envelope.quartier_id is not None:
        if quartier_id is not None and envelope.quartier_id != quartier_id:
            raise DomainError(
                _l("Cet argent est pour un autre quartier que celui du projet. Choisissez de nouveau."),
                field="envelope",
            )
        quartier_id = envelope.quartier_id
    for id_, kind, field in ((typed.axis_id, Axis, "axis"), (typed.body_id, Body, "body")):
        if id_ is not None:
            known = session.execute(
                select(kind.id).where(kind.id == id_, is_of_contract(fund.contract_id, kind))
            ).scalar()
            if known is None:
                raise DomainError(CHOOSE, field=field)
    return {"quartier_id": quartier_id, "envelope_id": envelope.id if envelope is not None else None}


def _envelope(
    envelopes: Sequence[EnvelopeChoice], chosen: int | None, quartier_id: int | None
) -> EnvelopeChoice | None:
    if chosen is None:
        return obvious_envelope(envelopes, quartier_id)
    found = next((each for each in envelopes if each.id == chosen), None)
    if found is None:
        raise DomainError(CHOOSE, field="envelope")
    return found


def named(session: Session, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns, with the name of the body that carries the project where no other was typed. 1 statement at most."""
    if columns["body_id"] is None or columns["carrier_name"]:
        return columns
    name = session.execute(select(Body.name).where(Body.id == columns["body_id"])).scalar_one()
    return {**columns, "carrier_name": name[:LONGEST_NAME]}


def add_lines(session: Session, project_id: int, said: CheckedProject) -> None:
    """Add the lines of the budget, who else is asked, and who carries it too."""
    rows: list[Any] = [
        ProjectCost(
            project_id=project_id, position=place, label=line.label, cents=line.cents, spent_cents=None
        )
        for place, line in enumerate(said.budget.lines, 1)
    ]
    rows += [
        ProjectCoFunder(
            project_id=project_id,
            position=place,
            name=each.name,
            asked_cents=each.asked_cents,
            granted_cents=None,
        )
        for place, each in enumerate(said.budget.co_funders, 1)
    ]
    rows += [
        ProjectCoCarrier(project_id=project_id, position=place, name=name, account_id=None)
        for place, name in enumerate(said.co_carriers, 1)
    ]
    session.add_all(rows)
    session.flush()


def replace_lines(session: Session, project_id: int, said: CheckedProject) -> None:
    """Put these in the place of those that stand."""
    for kind in (ProjectCost, ProjectCoFunder, ProjectCoCarrier):
        session.execute(
            delete(kind).where(kind.project_id == project_id).execution_options(synchronize_session=False)
        )
    add_lines(session, project_id, said)


def add_quotes(session: Session, project_id: int, files: Sequence[StoredFile], names: Sequence[str]) -> None:
    """Add quotes behind those that are there; raises `DomainError` where there would be too many. 2 statements."""
    if not files:
        return
    there, last = session.execute(
        select(func.count(), func.max(ProjectFile.position)).where(
            ProjectFile.project_id == project_id, ProjectFile.kind == ProjectFileKind.QUOTE.value
        )
    ).one()
    if there + len(files) > MOST_FILES:
        raise DomainError(
            _l(
                "Un projet garde %(most)s devis au plus. Retirez-en un, ou réunissez-les dans un seul fichier.",
                most=MOST_FILES,
            ),
            field="quote_1",
        )
    session.add_all(
        ProjectFile(
            project_id=project_id,
            file_id=file.id,
            kind=ProjectFileKind.QUOTE.value,
            position=(last or 0) + place,
            caption=pasted_text.one_line(name)[:LONGEST_NAME],
            hidden_at=None,
        )
        for place, (file, name) in enumerate(zip(files, names, strict=True), 1)
    )
    session.flush()


def remove_quotes(session: Session, project_id: int, ids: Sequence[int]) -> None:
    """Delete quotes of a project, with their files. 3 statements."""
    which = (
        ProjectFile.project_id == project_id,
        ProjectFile.kind == ProjectFileKind.QUOTE.value,
        ProjectFile.id.in_(sorted(ids)),
    )
    files = list(session.execute(select(ProjectFile.file_id).where(*which)).scalars())
    session.execute(delete(ProjectFile).where(*which).execution_options(synchronize_session=False))
    session.execute(
        delete(StoredFile).where(StoredFile.id.in_(files)).execution_options(synchronize_session=False)
    )
