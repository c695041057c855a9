"""The decision that is contested, and its text."""

from sqlalchemy.orm import Session

from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.models import ModeratedText, ModerationDecision
from cdv_civic.moderation.operations.entering import held_case

UNKNOWN_DECISION = _l("Cette décision n’est pas ici.")


def decision_and_text(session: Session, decision_id: int) -> tuple[ModerationDecision, ModeratedText]:
    """A decision, and the row of its text, locked: who decides on either waits. Raises `NotFound`."""
    decision = session.get(ModerationDecision, decision_id)
    if decision is None:
        raise NotFound(UNKNOWN_DECISION)
    return decision, held_case(session, decision.text_id)
