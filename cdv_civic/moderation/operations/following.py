"""A case follows its text: written otherwise, or grown delicate, it is read again."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.moderation.models import Charter, ModeratedText
from cdv_civic.moderation.rules.decisions import READ_WITHIN_HOURS, TextState


def read_again(session: Session, text: ModeratedText, *, sensitive: bool | None = None) -> None:
    """Let a text wait for a moderator: its author wrote it otherwise, or it became delicate.

    Within the transaction of the feature that it belongs to, which has locked the case and brings its own rows in line.
    Until it was read nobody else reads it. A photo that was hidden stays so: it is the same. 1 statement.
    """
    hours = session.execute(
        select(Charter.read_within_hours).where(
            Charter.contract_id == text.contract_id,
            Charter.body_id.is_(None) if text.body_id is None else Charter.body_id == text.body_id,
            Charter.published_at.is_not(None),
        )
    ).scalar()
    text.state = TextState.WAITING.value
    text.due_at = clock.now() + timedelta(hours=hours or READ_WITHIN_HOURS)
    text.merged_into_id = text.shown_words = text.shown_title = None
    if sensitive is not None:
        text.sensitive = sensitive
    text.version += 1
