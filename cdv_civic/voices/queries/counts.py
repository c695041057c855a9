"""How much was said: what a relais entered today."""

from datetime import datetime, time

from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.voices.models import Voice


def entered_today(account_id: int, body_id: int | None = None) -> int:
    """How many words somebody wrote down since midnight, for one body or (None) all; 1 statement."""
    midnight = datetime.combine(clock.today(), time.min, clock.zone())
    statement = select(func.count(Voice.id)).where(
        Voice.entered_by == account_id, Voice.received_at >= midnight
    )
    if body_id is not None:
        statement = statement.where(Voice.body_id == body_id)
    return int(rows_of(statement).scalar_one())
