"""What a decision may rest on: an article of a charter that holds where the text stands."""

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from cdv_civic.moderation.models import Charter, CharterPrinciple, ModeratedText, ModerationDecision


def holds(session: Session, text: ModeratedText, principle_id: int, *, or_named: bool = False) -> bool:
    """Whether an article is one of the published charter that holds where a text stands; 1 statement.

    `or_named`: or was named against the text before: what an appeal changes in part rests on the same.
    """
    holding = and_(
        CharterPrinciple.retired_at.is_(None),
        Charter.contract_id == text.contract_id,
        Charter.body_id.is_(None) if text.body_id is None else Charter.body_id == text.body_id,
        Charter.published_at.is_not(None),
    )
    named = exists().where(
        ModerationDecision.text_id == text.id, ModerationDecision.principle_id == CharterPrinciple.id
    )
    found = session.execute(
        select(CharterPrinciple.id)
        .join(Charter, Charter.id == CharterPrinciple.charter_id)
        .where(CharterPrinciple.id == principle_id, or_(holding, named) if or_named else holding)
    )
    return found.first() is not None
