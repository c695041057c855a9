"""Invented comments: on a commitment, on a figure, and on a document that was under embargo at first."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment, Indicator
from cdv_civic.consultations.kinds.comments.documents import append_passages
from cdv_civic.consultations.kinds.comments.models import Comment, CommentedThing
from cdv_civic.consultations.kinds.comments.operations import KIND
from cdv_civic.consultations.kinds.comments.preparing import put_title, settings_of
from cdv_civic.consultations.kinds.comments.rules import SubjectKind
from cdv_civic.consultations.models import Consultation, ConsultationStep
from cdv_civic.core import clock
from cdv_civic.core.idempotency import bound_key, stored_key
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_folding import same_words
from cdv_civic.moderation.operations.entering import ModeratedBy, open_case
from cdv_civic.participation.receipts import receipt_for, receipt_hash

Entry = Mapping[str, Any]


def ask(session: Session, actor: Actor, row: Consultation, step_id: int, step: Entry) -> None:
    """What a step of a file asks to comment: commitments and figures by code, then the passages of its document."""
    for position, each in enumerate(step.get("subjects", ())):
        commitment_id = session.execute(
            select(Commitment.id).where(
                Commitment.contract_id == row.contract_id, Commitment.code == each["commitment"]
            )
        ).scalar_one()
        indicator_id = session.execute(
            select(Indicator.id).where(
                Indicator.contract_id == row.contract_id, Indicator.code == each.get("indicator")
            )
        ).scalar()
        session.add(
            CommentedThing(
                consultation_id=row.id,
                contract_id=row.contract_id,
                step_id=step_id,
                position=position,
                kind=(SubjectKind.FIGURE if indicator_id else SubjectKind.COMMITMENT).value,
                commitment_id=commitment_id,
                indicator_id=indicator_id,
                text_id=None,
            )
        )
    session.flush()
    if "document" in step:
        settings = settings_of(session, row, step_id)
        put_title(session, actor, row, settings, step["document"]["title"])
        settings.embargo_until = _moment(step["document"]["embargo"])
        append_passages(session, actor, row, step_id, step["document"]["passages"])


def say(session: Session, row: Consultation, entry: Entry) -> None:
    """What residents said of each thing, in the order in which the file names them; moderated since."""
    said = entry.get("comments", ())
    if not said:
        return
    things = list(
        session.execute(
            select(CommentedThing)
            .join(ConsultationStep, ConsultationStep.id == CommentedThing.step_id)
            .where(CommentedThing.consultation_id == row.id)
            .order_by(ConsultationStep.position, CommentedThing.position)
        ).scalars()
    )
    for number, each in enumerate(said):
        at = _moment(each["day"])
        case = open_case(
            session,
            KIND,
            ModeratedBy(row.contract_id, row.body_id, row.commune_id),
            author_id=None,
            read_before=False,
        )
        case.received_at, case.published_at, case.due_at = at, at, at + timedelta(days=3)
        raw = bound_key(f"demo-{row.slug}-{number}", each["words"])
        session.add(
            Comment(
                consultation_id=row.id,
                thing_id=things[each["thing"]].id,
                case_id=case.id,
                words=each["words"],
                lang=each["lang"],
                same_words=same_words(each["words"]),
                received_at=at,
                minor=False,
                client_key=stored_key(raw),
                receipt_hash=receipt_hash(receipt_for(raw)),
                taken_back_at=None,
                version=1,
            )
        )
    session.flush()


def _moment(days: int) -> datetime:
    """So many days from now."""
    return clock.now() + timedelta(days=days)
