"""The desk reads a review: complete, or something is missing; a photo that nobody else is to see."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import clock, ledger, pasted_text
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.letters import ask_more_of_review, tell_carrier
from cdv_civic.fund.models.projects import ProjectFile, ProjectReview
from cdv_civic.fund.operations.granting import give_back
from cdv_civic.fund.operations.locking import raise_fund_tags, record_of_fund
from cdv_civic.fund.operations.moving import move
from cdv_civic.fund.project_words import cents_text
from cdv_civic.fund.reviews.budget import budget_of
from cdv_civic.fund.reviews.conditions import of_review
from cdv_civic.fund.reviews.operations.finding import HeldProject, instructed
from cdv_civic.fund.rules.files import ProjectFileKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.reviews import LONGEST_ASKED
from cdv_civic.fund.scopes import INSTRUCT

#: A photo that the desk took off the public page.
PHOTO_HIDDEN: Final = "fund_photo.hidden"
#: The longest time that somebody gets to add something.
_LONGEST_WAIT: Final = timedelta(days=366)


def take(
    actor: Actor, project_id: int, returned_cents: int, reason: Mapping[str, str], *, version: int
) -> None:
    """Take a review for complete: the project is closed, and what was not spent goes back to its envelope.

    `version` is that of the review. `returned_cents` is what was not spent, at least; more with a reason. Raises
    `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        held = instructed(session, actor, project_id)
        fund, project, _envelope = held
        review = _to_read(session, held, version)
        unspent = budget_of(session, project).unspent_cents(project.granted_cents)
        if not unspent <= returned_cents <= project.granted_cents:
            raise DomainError(
                _l(
                    "Écrivez un montant entre %(least)s et %(most)s.",
                    least=cents_text(unspent),
                    most=cents_text(project.granted_cents),
                ),
                field="returned",
            )
        if returned_cents > unspent and not reason.get("fr", "").strip():
            raise DomainError(
                _l(
                    "Écrivez pourquoi le projet rend plus que ce qui n’est pas dépensé\u00a0: la personne lira "
                    "ces mots."
                ),
                field="reason_fr",
            )
        move(session, actor, project, ProjectState.REVIEWED, fund.contract_id, reason=reason)
        move(session, actor, project, ProjectState.CLOSED, fund.contract_id)
        give_back(project, returned_cents)
        review.taken_at, review.taken_on = clock.now(), clock.today()
        review.version += 1
        session.flush()
        raise_fund_tags(session, fund)
        tell_carrier(session, project, ProjectState.CLOSED)
        record_of_fund(
            session,
            actor,
            fund,
            INSTRUCT,
            "fund_project",
            project.id,
            {"state": project.state, "returned_cents": returned_cents},
        )


def ask_more(actor: Actor, project_id: int, words: str, due_on: date, *, version: int) -> None:
    """Ask the carrier to add something by a day; the project stays where it is. Raises as `take` does."""
    said = pasted_text.free_text(words)
    today = clock.today()
    with Refusals() as refused:
        if not said:
            refused.add(
                DomainError(_l("Écrivez ce qui manque\u00a0: la personne lira ces mots."), field="asked")
            )
        if len(said) > LONGEST_ASKED:
            refused.add(
                DomainError(
                    _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_ASKED),
                    field="asked",
                )
            )
        if not today < due_on <= today + _LONGEST_WAIT:
            refused.add(
                DomainError(_l("Choisissez un jour à venir, dans l’année."), field="due_on"),
            )
    with transaction() as session:
        held = instructed(session, actor, project_id)
        fund, project, _envelope = held
        review = _to_read(session, held, version)
        review.asked, review.asked_at = said, clock.now()
        review.version += 1
        project.review_due_on, project.reminded_on = due_on, None
        project.version += 1
        session.flush()
        ask_more_of_review(session, project)
        record_of_fund(session, actor, fund, INSTRUCT, "fund_project", project.id, {"review": "asked"})


def _to_read(session: Session, held: HeldProject, version: int) -> ProjectReview:
    review = session.get(ProjectReview, held.project.id, populate_existing=True)
    if review is None or held.project.state != ProjectState.DONE.value:
        raise Conflict(_l("Ce projet n’a pas de bilan à lire en ce moment."))
    if review.version != version:
        raise ChangedMeanwhile
    return review


def show_photo(actor: Actor, project_id: int, file_id: int, *, shown: bool) -> bool:
    """Hide a photo of a review from everybody, or show it again; whether that changed anything. Raises `NotFound`,
    `Forbidden`."""
    with transaction() as session:
        held = instructed(session, actor, project_id)
        row = session.execute(
            select(ProjectFile).where(
                ProjectFile.id == file_id,
                ProjectFile.project_id == project_id,
                ProjectFile.kind == ProjectFileKind.PHOTO.value,
                of_review(),
            )
        ).scalar()
        if row is None:
            raise NotFound(_l("Cette photo n’existe plus."))
        if (row.hidden_at is None) is shown:
            return False
        row.hidden_at = None if shown else clock.now()
        if not shown:
            key = session.execute(select(StoredFile.key).where(StoredFile.id == row.file_id)).scalar_one()
            ledger.note(session, PHOTO_HIDDEN, row.id, born=key)
        session.flush()
        raise_fund_tags(session, held.fund)
        record_of_fund(
            session,
            actor,
            held.fund,
            INSTRUCT,
            "fund_project",
            project_id,
            {"photo": "shown" if shown else "hidden"},
        )
    return True
