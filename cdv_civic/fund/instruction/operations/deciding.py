"""A project goes on: admitted or not, incomplete, to whoever gives an opinion, to the choice, notified, paid."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.model import Actor
from cdv_civic.fund.instruction.operations.holding import Instructing, instructing
from cdv_civic.fund.instruction.rules import LEADS, LONGEST_REFERENCE, InstructionAct
from cdv_civic.fund.letters import tell_carrier
from cdv_civic.fund.models.choosing import ProjectOpinion
from cdv_civic.fund.models.funds import FundRound, fund_body
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.moving import StateGone, move
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.rules.reviews import due_after
from cdv_civic.territory.models import Body

_NO_REASONS: Final[Mapping[str, str]] = {}
PAST_DAY: Final = _l("Cette date est passée\u00a0: choisissez-en une autre.")


class OpinionMissing(DomainError):
    """The rules ask for an opinion that nobody has given yet."""

    def __init__(self, bodies: str) -> None:
        super().__init__(
            _l("Un avis est demandé, et il manque encore\u00a0: %(bodies)s.", bodies=bodies)
            if bodies
            else _l("Un avis est demandé, et il manque encore.")
        )


def _go_on(
    held: Instructing,
    act: InstructionAct,
    *,
    on: date | None = None,
    reason: Mapping[str, str] = _NO_REASONS,
    elsewhere: Mapping[str, str] = _NO_REASONS,
) -> None:
    project = held.project
    state = LEADS[act].get(ProjectState(project.state))
    if state is None:
        raise StateGone
    move(
        held.session,
        held.actor,
        project,
        state,
        held.fund.contract_id,
        on=on,
        reason=reason,
        elsewhere=elsewhere,
    )
    held.record(state=state.value)
    tell_carrier(held.session, project, state)


def admit(actor: Actor, project_id: int, *, version: int) -> None:
    """The project can be chosen; its carrier is told. Raises `NotFound`, `Forbidden`, `Conflict`."""
    with instructing(actor, project_id, version) as held:
        _go_on(held, InstructionAct.ADMIT)


def reinstate(actor: Actor, project_id: int, *, version: int) -> None:
    """Take in again what was refused by mistake, or what was incomplete and is complete now. Raises as `admit`."""
    with instructing(actor, project_id, version) as held:
        _go_on(held, InstructionAct.REINSTATE)


def say_missing(
    actor: Actor, project_id: int, reason: Mapping[str, str], return_by: date | None, *, version: int
) -> None:
    """Tell the carrier what is missing, and until when it is waited for. Raises as `admit`, and `DomainError`."""
    with instructing(actor, project_id, version) as held:
        with Refusals() as refused:
            refused.unless(_go_on, held, InstructionAct.MISSING, reason=reason)
            refused.unless(check_return, return_by, None)
        held.project.return_by = return_by


def refuse_project(
    actor: Actor,
    project_id: int,
    reason: Mapping[str, str],
    elsewhere: Mapping[str, str],
    *,
    version: int,
) -> None:
    """This fund cannot help the project: why, and where else to ask. Raises as `admit`, and `DomainError`."""
    with instructing(actor, project_id, version) as held:
        _go_on(held, InstructionAct.REFUSE, reason=reason, elsewhere=elsewhere)


def ask_opinion(actor: Actor, project_id: int, *, version: int) -> None:
    """Give the project to those whose opinion the fund asks for. Raises as `admit`, and `DomainError`."""
    with instructing(actor, project_id, version) as held:
        _require_open(held.round)
        if not held.round.opinion_asked:
            raise DomainError(_l("Cet appel à projets ne demande pas d’avis."))
        if not _bodies(held.session, held.fund.id):
            raise DomainError(
                _l("Aucun groupe ne donne d’avis pour ce fonds. Choisissez-en d’abord un dans ses réglages.")
            )
        _go_on(held, InstructionAct.TO_OPINION)


def bring_to_choice(actor: Actor, project_id: int, *, version: int) -> None:
    """Give the project to those who choose. Raises as `admit`, `OpinionMissing`, `DomainError`."""
    with instructing(actor, project_id, version) as held:
        _require_open(held.round)
        if held.round.opinion_asked and not _has_opinion(held.session, held.project):
            raise OpinionMissing(", ".join(_bodies(held.session, held.fund.id)))
        _go_on(held, InstructionAct.TO_CHOICE)


def notify(actor: Actor, project_id: int, on: date, reference: str, *, version: int) -> None:
    """The decision was sent on a day, by an act; a reference that stands is kept where none is typed.

    Raises as `admit`, and `DomainError`.
    """
    reference = " ".join(reference.split())
    with instructing(actor, project_id, version) as held:
        with Refusals() as refused:
            if len(reference) > LONGEST_REFERENCE:
                refused.add(
                    DomainError(
                        _l(
                            "Ce texte est trop long\u00a0: %(most)s caractères au plus.",
                            most=LONGEST_REFERENCE,
                        ),
                        field="reference",
                    )
                )
            refused.unless(_go_on, held, InstructionAct.NOTIFY, on=on)
        if reference:
            held.project.decision_reference = reference


def pay(actor: Actor, project_id: int, on: date, *, version: int) -> None:
    """The money left on a day, and the review is awaited by another (`due_after`). Raises as `notify`."""
    with instructing(actor, project_id, version) as held:
        _go_on(held, InstructionAct.PAY, on=on)
        if held.project.review_due_on is None:
            held.project.review_due_on = due_after(held.round, on)


def check_return(day: date | None, stored: date | None) -> None:
    """Refuse a day of return that is past, unless it stands already. Raises `DomainError`."""
    if day is not None and day != stored and day < clock.today():
        raise DomainError(PAST_DAY, field="return_by")


def _require_open(fund_round: FundRound) -> None:
    if fund_round.closed_at is not None:
        raise DomainError(_l("Cet appel à projets est fermé\u00a0: plus rien n’y est choisi."))


def _bodies(session: Session, fund_id: int) -> list[str]:
    return list(
        session.execute(
            select(Body.name)
            .join(fund_body, fund_body.c.body_id == Body.id)
            .where(fund_body.c.fund_id == fund_id)
            .order_by(fund_body.c.position, Body.id)
        ).scalars()
    )


def _has_opinion(session: Session, project: FundProject) -> bool:
    return bool(session.execute(select(exists().where(ProjectOpinion.project_id == project.id))).scalar_one())
