"""Boxes of ideas follow their consultation: its calendar is theirs, what it asks of people is asked in them, and
whoever sees it sees them.
"""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.idea_models import (
    ConsultationIdeaAxis,
    ConsultationIdeaChoice,
    ConsultationIdeaStep,
)
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.speakers import asked_of_speakers
from cdv_civic.consultations.queries.ideas import choice_faults
from cdv_civic.consultations.wording import CHOICE_FAULTS
from cdv_civic.core.errors import DomainError
from cdv_civic.core.policy.model import Actor
from cdv_civic.ideas.operations.holding import (
    follow_consultation,
    open_choice,
    take_choice_back,
    take_from_consultation,
)
from cdv_civic.ideas.operations.locking import held_box, refuse_hiding


def boxes_in(session: Session, consultation_id: int) -> list[int]:
    """The boxes of the steps of a consultation; 1 statement."""
    step = ConsultationIdeaStep
    return list(
        session.execute(
            select(step.box_id).where(step.consultation_id == consultation_id).order_by(step.box_id)
        ).scalars()
    )


def hold_boxes(session: Session, consultation_id: int) -> None:
    """Let no idea come in before this transaction ends, the consultation being held alone."""
    for box_id in boxes_in(session, consultation_id):
        held_box(session, box_id)


def refuse_hiding_boxes(session: Session, consultation_id: int) -> None:
    """Raise `ChoiceStands` where residents choose among the groups of a box of a consultation that is held alone."""
    for box_id in boxes_in(session, consultation_id):
        refuse_hiding(held_box(session, box_id))


def bore_parts(session: Session, consultation_id: int) -> bool:
    """Whether the contract has parts that were born of a choice, held alone. 1 statement."""
    born = select(ConsultationIdeaAxis.axis_id).where(ConsultationIdeaAxis.consultation_id == consultation_id)
    return bool(session.execute(select(born.exists())).scalar())


def follow(session: Session, actor: Actor, row: Consultation) -> None:
    """Bring the boxes of a consultation that is held alone to where it stands, within the caller's transaction.

    Where it asks to choose among groups, these stand still from when it is published, and move again once it is
    prepared anew or withdrawn: also once it was counted, for what came of it is published no more. Raises `NoChoice`,
    `DomainError`.
    """
    shown = row.published_at is not None and row.withdrawn_at is None
    for box_id in boxes_in(session, row.id):
        follow_consultation(
            session,
            box_id,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            asked=asked_of_speakers(row.proof, row.age_to_answer),
            shown=shown,
        )
    choice = ConsultationIdeaChoice
    chosen = session.execute(select(choice.box_id).where(choice.consultation_id == row.id)).scalar()
    if chosen is None:
        return
    if shown:
        held_box(session, chosen)
        for fault in choice_faults(row.id):
            raise DomainError(CHOICE_FAULTS[fault])
        open_choice(session, actor, chosen)
    elif not bore_parts(session, row.id):
        take_choice_back(session, actor, chosen)
        if row.withdrawn_at is not None:
            session.execute(delete(choice).where(choice.consultation_id == row.id))


def let_box_go(session: Session, *, step_id: int | None = None, consultation_id: int | None = None) -> None:
    """Give the boxes of a step, or of a whole consultation, back to their keeper, within the caller's transaction."""
    step = ConsultationIdeaStep
    which = step.step_id == step_id if step_id is not None else step.consultation_id == consultation_id
    for box_id in session.execute(select(step.box_id).where(which).order_by(step.box_id)).scalars().all():
        session.execute(delete(step).where(step.box_id == box_id))
        take_from_consultation(session, box_id)


def let_choice_go(session: Session, actor: Actor, row: Consultation, question_ids: Collection[int]) -> None:
    """Let groups move again among which one of some questions asks to choose, before it is deleted, within the caller's
    transaction that has the consultation alone.
    """
    choice = ConsultationIdeaChoice
    which = (choice.consultation_id == row.id) & choice.question_id.in_(sorted(question_ids))
    box_id = session.execute(select(choice.box_id).where(which)).scalar()
    if box_id is not None:
        take_choice_back(session, actor, box_id)
        session.execute(delete(choice).where(which))
