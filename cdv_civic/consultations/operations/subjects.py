"""Links from a consultation to the commitments that it asks about."""

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from cdv_civic.consultations.kinds.comments.models import CommentedThing
from cdv_civic.consultations.models import Consultation, ConsultationOption, ConsultationQuestion
from cdv_civic.core.policy.model import Actor
from cdv_civic.participation.models import ParticipationLink
from cdv_civic.participation.operations import link, unlink
from cdv_civic.participation.rules.links import LinkKind, Thing, ThingKind


def link_subjects(session: Session, actor: Actor, row: Consultation) -> None:
    """Say on the page of each commitment that a consultation offers, or asks to comment, that it is about it, while it
    is public.

    Within the caller's transaction, which has the consultation alone. 2 statements, and 2 for each that changes.
    """
    thing = Thing(ThingKind.CONSULTATION, row.id)
    wanted = _subjects(session, row.id) if row.published_at is not None else set()
    known = set(
        session.execute(
            select(ParticipationLink.to_id).where(
                ParticipationLink.from_kind == ThingKind.CONSULTATION.value,
                ParticipationLink.from_id == row.id,
                ParticipationLink.to_kind == ThingKind.COMMITMENT.value,
                ParticipationLink.kind == LinkKind.ABOUT.value,
            )
        ).scalars()
    )
    for commitment_id in sorted(known - wanted):
        unlink(session, thing, LinkKind.ABOUT, Thing(ThingKind.COMMITMENT, commitment_id))
    for commitment_id in sorted(wanted - known):
        link(session, actor, thing, LinkKind.ABOUT, Thing(ThingKind.COMMITMENT, commitment_id))


def _subjects(session: Session, consultation_id: int) -> set[int]:
    """The commitments that are options of a consultation, or that it asks to comment; 1 statement."""
    options = (
        select(ConsultationOption.commitment_id)
        .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationOption.question_id)
        .where(
            ConsultationQuestion.consultation_id == consultation_id,
            ConsultationOption.commitment_id.is_not(None),
        )
    )
    commented = select(CommentedThing.commitment_id).where(
        CommentedThing.consultation_id == consultation_id, CommentedThing.commitment_id.is_not(None)
    )
    return {number for number in session.execute(union(options, commented)).scalars() if number is not None}
