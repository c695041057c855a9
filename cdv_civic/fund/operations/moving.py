"""A project goes from one state to the next: one verb, whoever acts."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.errors import Conflict, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import put_text
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.fund.models.funds import FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectStep
from cdv_civic.fund.rules.projects import WITH_REASON, ProjectState, may_follow

LONGEST_REASON: Final = 1000
_NO_REASONS: Final[Mapping[str, str]] = {}


class StateGone(Conflict):
    """The project is not where the page showed it any more."""

    def __init__(self) -> None:
        super().__init__(
            _l("Ce projet a changé d’étape entre-temps. Rechargez la page pour voir où il en est.")
        )


def first_step(session: Session, project: FundProject, actor_id: int | None) -> None:
    """The line of a project's deposit. 1 statement."""
    session.add(
        ProjectStep(
            project_id=project.id,
            position=1,
            state=ProjectState.SUBMITTED.value,
            on_day=project.state_on,
            entered_at=project.submitted_at,
            entered_by=actor_id,
            reason_id=None,
            elsewhere_id=None,
        )
    )


def move(
    session: Session,
    actor: Actor | None,
    project: FundProject,
    state: ProjectState,
    contract_id: int,
    *,
    on: date | None = None,
    reason: Mapping[str, str] = _NO_REASONS,
    elsewhere: Mapping[str, str] = _NO_REASONS,
) -> ProjectStep:
    """Bring a project, which the caller holds, to a state, on a day (None: today); texts are by language tag.

    The caller raises the tags, records the act and tells the carrier. The project's version is raised. `actor` is None
    for the carrier who has no account. Raises `StateGone` where the state does not follow, `DomainError` where a
    reason is missing (field `reason_fr`) or the day cannot be (field `on`). 4 statements, and those of the texts.
    """
    if not may_follow(ProjectState(project.state), state):
        raise StateGone
    today = clock.today()
    day = on or today
    if day > today:
        raise DomainError(_l("Cette date est dans le futur\u00a0: corrigez-la."), field="on")
    if day < project.state_on:
        raise DomainError(_l("Cette date est avant l’étape d’avant\u00a0: corrigez-la."), field="on")
    position = session.execute(
        select(func.max(ProjectStep.position)).where(ProjectStep.project_id == project.id)
    ).scalar_one()
    step_id = reserve_ids(session, ProjectStep)[0]
    texts = {}
    for name, said in (("reason", reason), ("elsewhere", elsewhere)):
        owner = TextOwner("fund_project_step", step_id, name, contract_id)
        texts[name] = put_text(session, None, said, name, LONGEST_REASON, owner, actor)
    if state in WITH_REASON and texts["reason"] is None:
        raise DomainError(
            _l("Écrivez pourquoi, en français\u00a0: la personne lira ces mots."), field="reason_fr"
        )
    step = ProjectStep(
        id=step_id,
        project_id=project.id,
        position=position + 1,
        state=state.value,
        on_day=day,
        entered_at=clock.now(),
        entered_by=actor.actor_id if actor is not None else None,
        reason_id=texts["reason"],
        elsewhere_id=texts["elsewhere"],
    )
    session.add(step)
    project.state, project.state_on = state.value, day
    # Whoever was to answer in the state before has.
    project.return_by = None
    project.version += 1
    session.flush()
    return step


def freeze(session: Session, fund_round: FundRound, project: FundProject) -> None:
    """From the first opinion, mark or ballot on, the rules of the round and what the project says stay as they are.

    The caller holds both, the round not `shared`.
    """
    now = clock.now()
    if fund_round.frozen_at is None:
        fund_round.frozen_at = now
    if project.frozen_at is None:
        project.frozen_at = now
    session.flush()
