"""What stands beside the state of a project: who looks at it, mistakes, what others granted, photos that are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.instruction.operations.deciding import check_return
from cdv_civic.fund.instruction.operations.holding import Instructing, instructing
from cdv_civic.fund.instruction.rules import (
    AT_WORK,
    LONGEST_SERVICE,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
)
from cdv_civic.fund.models.projects import ProjectCoFunder, ProjectCost, ProjectFile
from cdv_civic.fund.operations.moving import StateGone
from cdv_civic.fund.rules.budgets import BudgetFault, CoFunder, CostLine, ProjectBudget
from cdv_civic.fund.rules.files import PUBLIC_FILES, ProjectFileKind
from cdv_civic.fund.rules.identifiers import BadIdentifier, read_rna, read_siret
from cdv_civic.fund.rules.projects import ProjectState

NO_FILE: Final = _l("Ce fichier n’est plus là.")
#: The place among photos of the one that came with the deposit, once it is hidden: those of the review begin at 1.
_OF_THE_DEPOSIT: Final = 0


def _too_long(most: int, field: str) -> DomainError:
    return DomainError(
        _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=most), field=field
    )


@dataclass(frozen=True)
class Assignment:
    """Who looks at a project, and by when they are to answer."""

    #: None: as it stands.
    service: str | None
    #: None: as it stands, unless `no_day`.
    return_by: date | None
    no_day: bool = False


def assign(actor: Actor, project_id: int, assignment: Assignment, *, version: int) -> None:
    """Give a project to a service, with the day of its answer.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    service = None if assignment.service is None else " ".join(assignment.service.split())
    with instructing(actor, project_id, version) as held:
        project = held.project
        if ProjectState(project.state) not in AT_WORK:
            raise StateGone
        with Refusals() as refused:
            if service is not None and len(service) > LONGEST_SERVICE:
                refused.add(_too_long(LONGEST_SERVICE, "service"))
            refused.unless(check_return, assignment.return_by, project.return_by)
        if service is not None:
            project.service = service
        if assignment.return_by is not None or assignment.no_day:
            project.return_by = assignment.return_by
        held.changed()
        held.record(service=bool(project.service), return_by=_iso(project.return_by))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


@dataclass(frozen=True)
class ProjectCorrection:
    """What everybody reads of a project, and the numbers of its carrier, as the desk has them right."""

    title: str
    summary: str
    rna: str
    siret: str


def correct(actor: Actor, project_id: int, correction: ProjectCorrection, *, version: int) -> None:
    """Correct obvious mistakes of a title and a sentence, until they are frozen; the numbers of the carrier always.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    title, summary = (" ".join(each.split()) for each in (correction.title, correction.summary))
    with instructing(actor, project_id, version) as held:
        project = held.project
        said_anew = (title, summary) != (project.title, project.summary)
        with Refusals() as refused:
            if said_anew and project.frozen_at is not None:
                refused.add(DomainError(FROZEN))
            for field, text, most in (("title", title, LONGEST_TITLE), ("summary", summary, LONGEST_SUMMARY)):
                if not text:
                    refused.add(DomainError(_l("Ce texte ne peut pas rester vide."), field=field))
                if said_anew and len(text) > most:
                    refused.add(_too_long(most, field))
            rna = refused.unless(_rna, correction.rna)
            siret = refused.unless(_siret, correction.siret)
        if said_anew:
            project.title, project.summary = title, summary
        project.rna, project.siret = rna, siret
        held.changed()
        held.record(corrected=True)


FROZEN: Final = _l(
    "Un avis, une note ou un vote porte déjà sur ce projet\u00a0: ses mots ne changent plus. Les numéros, si."
)


def _rna(typed: str) -> str | None:
    try:
        return read_rna(typed) if typed.strip() else None
    except BadIdentifier:
        raise DomainError(
            _l("Ce numéro d’association ne va pas. Il commence par W, puis 9 chiffres\u00a0: W913001234."),
            field="rna",
        ) from None


def _siret(typed: str) -> str | None:
    try:
        return read_siret(typed) if typed.strip() else None
    except BadIdentifier:
        raise DomainError(
            _l("Ce numéro SIRET ne va pas. Il a 14 chiffres\u00a0: recopiez-le d’un papier officiel."),
            field="siret",
        ) from None


def note_co_funders(
    actor: Actor, project_id: int, granted: Mapping[int, int | None], *, version: int
) -> None:
    """What co-funders granted, by the id of their rows, in cents; None: nobody knows yet.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError` with the field `granted_<id>`.
    """
    with instructing(actor, project_id, version) as held:
        rows = (
            held.session.execute(
                select(ProjectCoFunder)
                .where(ProjectCoFunder.project_id == project_id)
                .order_by(ProjectCoFunder.position)
                .with_for_update(key_share=True),
                execution_options={"populate_existing": True},
            )
            .scalars()
            .all()
        )
        with Refusals() as refused:
            for row in rows:
                cents = granted.get(row.id, row.granted_cents)
                if cents is not None and not 0 <= cents <= row.asked_cents:
                    refused.add(
                        DomainError(
                            _l("Écrivez un montant entre zéro et ce qui a été demandé."),
                            field=f"granted_{row.id}",
                        )
                    )
                    continue
                row.granted_cents = cents
        if BudgetFault.MORE_THAN_THE_COST in _budget(held, rows).faults():
            raise DomainError(
                _l("Avec ces montants, le projet a plus d’argent qu’il ne coûte. Vérifiez-les."),
            )
        held.changed()
        held.record(co_funders=sum(row.granted_cents is not None for row in rows))


def _budget(held: Instructing, co_funders: Sequence[ProjectCoFunder]) -> ProjectBudget:
    project = held.project
    lines = held.session.execute(
        select(ProjectCost.label, ProjectCost.cents).where(ProjectCost.project_id == project.id)
    )
    return ProjectBudget(
        [CostLine(row.label, row.cents) for row in lines],
        project.asked_cents,
        [CoFunder(each.name, each.asked_cents, each.granted_cents) for each in co_funders],
        project.own_cents,
    )


def hide_photo(actor: Actor, project_id: int, *, version: int) -> None:
    """Take the photo that came with a project off its public page; the desk keeps it among its files.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with instructing(actor, project_id, version) as held:
        project = held.project
        if project.photo_id is None:
            raise NotFound(NO_FILE)
        held.session.add(
            ProjectFile(
                project_id=project.id,
                file_id=project.photo_id,
                kind=ProjectFileKind.PHOTO.value,
                position=_OF_THE_DEPOSIT,
                caption="",
                hidden_at=clock.now(),
            )
        )
        project.photo_id = None
        held.changed()
        held.record(photo="hidden")


def show_or_hide(actor: Actor, project_id: int, file_id: int, *, hidden: bool, version: int) -> None:
    """Take a photo off the public page of a project, or put it back. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with instructing(actor, project_id, version) as held:
        row = held.session.execute(
            select(ProjectFile)
            .where(ProjectFile.project_id == project_id, ProjectFile.file_id == file_id)
            .with_for_update(key_share=True),
            execution_options={"populate_existing": True},
        ).scalar()
        if row is None or ProjectFileKind(row.kind) not in PUBLIC_FILES:
            raise NotFound(NO_FILE)
        if row.position == _OF_THE_DEPOSIT and not hidden:
            _put_back(held, row)
        else:
            row.hidden_at = clock.now() if hidden else None
        held.changed()
        held.record(file="hidden" if hidden else "shown")


def _put_back(held: Instructing, row: ProjectFile) -> None:
    """The photo of the deposit stands in its place again; 1 statement."""
    held.project.photo_id = row.file_id
    held.session.delete(row)
