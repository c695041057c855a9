"""Whether an appeal changed what somebody decided: then somebody else decides what follows."""

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cdv_civic.moderation.models import ModeratedText, ModerationAppeal, ModerationDecision
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.moderation.rules.decisions import Source, TextState


def is_overruled(session: Session, text: ModeratedText, account_id: int | None) -> bool:
    """Whether the last decision about a text is that of an appeal against a decision of this account.

    Not once the text waits again: then it was written otherwise, or became delicate. 1 statement at most.
    """
    if account_id is None or text.state == TextState.WAITING.value:
        return False
    contested: Any = (
        select(ModerationAppeal.id)
        .join(ModerationDecision, ModerationDecision.id == ModerationAppeal.decision_id)
        .where(
            ModerationDecision.text_id == text.id,
            ModerationAppeal.contested_by == account_id,
            ModerationAppeal.outcome.in_([AppealOutcome.REVERSED.value, AppealOutcome.IN_PART.value]),
        )
    )
    last = session.execute(
        select(ModerationDecision.source, exists(contested).label("contested"))
        .where(ModerationDecision.text_id == text.id)
        .order_by(ModerationDecision.id.desc())
        .limit(1)
    ).first()
    return last is not None and bool(last.source == Source.APPEAL.value and last.contested)
