"""Comments as moderation sees them: what they say, and who said them."""

from collections.abc import Mapping, Sequence

from flask import has_request_context, url_for
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment, Indicator
from cdv_civic.consultations.kinds.comments.models import Comment, CommentedThing, CommentStep
from cdv_civic.consultations.kinds.comments.queries.steps import readable_now
from cdv_civic.consultations.kinds.comments.queries.things import thing_is_public
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.moments import consultation_is_public
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized
from cdv_civic.moderation.kinds import Author, SaidText
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES
from cdv_civic.participation.receipts import receipt_hash


def said_texts(cases: Sequence[int], language: str) -> Mapping[int, SaidText]:
    """What comments say, by the id of their case; those that were taken back are left out. 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    statement = (
        select(
            Comment.case_id,
            Comment.id,
            Comment.words,
            Comment.lang,
            Comment.thing_id,
            Consultation.slug,
            ModeratedText.state,
            and_(consultation_is_public(), readable_now(), thing_is_public()).label("readable"),
            *title.columns,
        )
        .join(Consultation, Consultation.id == Comment.consultation_id)
        .join(ModeratedText, ModeratedText.id == Comment.case_id)
        .join(CommentedThing, CommentedThing.id == Comment.thing_id)
        .outerjoin(CommentStep, CommentStep.step_id == CommentedThing.step_id)
        .outerjoin(Commitment, Commitment.id == CommentedThing.commitment_id)
        .outerjoin(Indicator, Indicator.id == CommentedThing.indicator_id)
        .where(Comment.case_id.in_(cases), Comment.taken_back_at.is_(None))
    )
    return {
        row.case_id: SaidText(
            "",
            row.words,
            row.lang,
            url=url_for(
                "consultation_comments.thing",
                slug=row.slug,
                thing_id=row.thing_id,
                _anchor=f"commentaire-{row.id}",
            )
            if row.state in PUBLIC_STATES and has_request_context()
            else None,
            place=str(title.words(row)),
            readable=row.readable,
        )
        for row in rows_of(title.join(statement))
    }


def authors(session: Session, cases: Sequence[int]) -> Mapping[int, Author]:
    """Who wrote comments, by the id of their case; 1 statement. All have a receipt, none left a way to be reached."""
    rows = session.execute(
        select(Comment.case_id, Comment.lang, ModeratedText.author_id)
        .join(ModeratedText, ModeratedText.id == Comment.case_id)
        .where(Comment.case_id.in_(cases), Comment.taken_back_at.is_(None))
    )
    return {row.case_id: Author(row.author_id, None, None, row.lang, has_receipt=True) for row in rows}


def case_of_receipt(session: Session, code: str) -> int | None:
    """The case of the comment that a receipt leads to; 1 statement."""
    return session.execute(select(Comment.case_id).where(Comment.receipt_hash == receipt_hash(code))).scalar()
