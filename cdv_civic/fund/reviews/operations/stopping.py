"""A project that was selected does not take place: its carrier says so, or the desk; its money goes back."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cdv_civic.core import pasted_text
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.letters import tell_carrier
from cdv_civic.fund.models.funds import FundEnvelope
from cdv_civic.fund.models.projects import FundProject, ProjectReview, ProjectStep
from cdv_civic.fund.operations.granting import EnvelopeEmpty, give_back
from cdv_civic.fund.operations.locking import raise_fund_tags, record_of_fund
from cdv_civic.fund.operations.moving import LONGEST_REASON, move
from cdv_civic.fund.project_words import cents_text
from cdv_civic.fund.reviews.operations.finding import HeldProject, carried, instructed
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.reviews import STOPPED_BY_CARRIER, STOPPED_BY_DESK, sum_given_back
from cdv_civic.fund.scopes import INSTRUCT

CANNOT_STOP: Final = _l("Ce projet ne peut plus être arrêté d’ici. Écrivez à l’équipe du fonds.")


def stop_by_carrier(whose: ColumnElement[bool], reason: str, actor: Actor | None = None) -> bool:
    """Say that one's own project will not take place, and why; whether it was new.

    Before the payment all its money goes back to the envelope at once; after it, as it comes back: the desk notes it.
    Raises `NotFound`, `Conflict`, `DomainError` (field `reason`).
    """
    said = pasted_text.free_text(reason)
    if not said:
        raise DomainError(_l("Dites en une phrase pourquoi le projet s’arrête."), field="reason")
    if len(said) > LONGEST_REASON:
        raise DomainError(
            _l("Ce texte est trop long\u00a0: %(most)s caractères au plus.", most=LONGEST_REASON),
            field="reason",
        )
    with transaction() as session:
        held = carried(session, whose, money=True)
        if held.project.state == ProjectState.ABANDONED.value:
            return False
        if ProjectState(held.project.state) not in STOPPED_BY_CARRIER:
            raise Conflict(CANNOT_STOP)
        # In the words of the person, whatever their language.
        _stop(session, held, actor, {"fr": said}, None)
    return True


def stop_at_desk(
    actor: Actor, project_id: int, reason: Mapping[str, str], returned_cents: int | None, *, version: int
) -> None:
    """The same at the desk; `returned_cents`: what came back already of money that was paid.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        held = instructed(session, actor, project_id)
        project = held.project
        if project.version != version:
            raise ChangedMeanwhile
        if ProjectState(project.state) not in STOPPED_BY_DESK:
            raise Conflict(CANNOT_STOP)
        if (returned_cents or 0) > project.granted_cents:
            raise _more_than_granted(project)
        _stop(session, held, actor, reason, returned_cents)
        record_of_fund(
            session,
            actor,
            held.fund,
            INSTRUCT,
            "fund_project",
            project.id,
            {"state": project.state, "returned_cents": project.returned_cents},
        )


def note_return(actor: Actor, project_id: int, cents: int, *, version: int) -> None:
    """Write how much of a stopped project's money came back in all, of what had been paid.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError` (field `returned`), `EnvelopeEmpty`: what came back was
    granted to others already.
    """
    with transaction() as session:
        held = instructed(session, actor, project_id)
        project = held.project
        if project.version != version:
            raise ChangedMeanwhile
        if project.state != ProjectState.ABANDONED.value or not paid_before(session, project.id):
            raise Conflict(_l("L’argent de ce projet n’est plus à rendre."))
        if not 0 <= cents <= project.granted_cents:
            raise _more_than_granted(project)
        require_room(held.envelope, project, cents)
        give_back(project, cents)
        project.version += 1
        session.flush()
        raise_fund_tags(session, held.fund)
        record_of_fund(
            session, actor, held.fund, INSTRUCT, "fund_project", project.id, {"returned_cents": cents}
        )


def require_room(envelope: FundEnvelope | None, project: FundProject, cents: int) -> None:
    """Raise `EnvelopeEmpty` where less goes back than was told before, and the difference was granted since."""
    less = project.returned_cents - cents
    left = envelope.cents - envelope.reserved_cents if envelope is not None else 0
    if less > left:
        raise EnvelopeEmpty(left)


def paid_before(session: Session, project_id: int) -> date | None:
    """The day on which a project was paid; None: it was not. 1 statement."""
    return session.execute(
        select(ProjectStep.on_day)
        .where(ProjectStep.project_id == project_id, ProjectStep.state == ProjectState.PAID.value)
        .limit(1)
    ).scalar()


def _more_than_granted(project: FundProject) -> DomainError:
    return DomainError(
        _l(
            "Ce projet a reçu %(granted)s\u00a0: il ne peut pas rendre plus.",
            granted=cents_text(project.granted_cents),
        ),
        field="returned",
    )


def _stop(
    session: Session,
    held: HeldProject,
    actor: Actor | None,
    reason: Mapping[str, str],
    returned_cents: int | None,
) -> None:
    fund, project, _envelope = held
    review = session.get(ProjectReview, project.id)
    if review is not None and review.taken_at is not None:
        raise Conflict(CANNOT_STOP)
    back = sum_given_back(ProjectState(project.state), project.granted_cents, returned_cents)
    move(session, actor, project, ProjectState.ABANDONED, fund.contract_id, reason=reason)
    give_back(project, back)
    session.flush()
    raise_fund_tags(session, fund)
    tell_carrier(session, project, ProjectState.ABANDONED)
