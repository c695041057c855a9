"""How much was said: the counters that contracts ask for, and what a relais entered today."""

from collections.abc import Mapping
from datetime import datetime, time

from sqlalchemy import case, extract, func, select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.voices.models import Voice
from cdv_civic.voices.rules import VoiceState, YearCounts


def counts_by_year(body_id: int) -> Mapping[int, YearCounts]:
    """What a body was told in each year (by the day it was said), the latest first; 1 statement."""
    year = extract("year", Voice.received_on).label("year")

    def how_many(state: VoiceState) -> object:
        return func.sum(case((Voice.state == state.value, 1), else_=0))

    statement = (
        select(
            year,
            func.count(Voice.id),
            how_many(VoiceState.ANSWERED),
            how_many(VoiceState.CLOSED),
            func.sum(case((Voice.relayed, 1), else_=0)),
            func.sum(case((Voice.published_at.is_not(None), 1), else_=0)),
        )  # type: ignore[call-overload]
        .where(Voice.body_id == body_id)
        .group_by(year)
        .order_by(year.desc())
    )
    return {int(row[0]): YearCounts(*(int(number or 0) for number in row[1:])) for row in rows_of(statement)}


def entered_today(account_id: int, body_id: int | None = None) -> int:
    """How many words somebody wrote down since midnight, for one body or (None) all; 1 statement."""
    midnight = datetime.combine(clock.today(), time.min, clock.zone())
    statement = select(func.count(Voice.id)).where(
        Voice.entered_by == account_id, Voice.received_at >= midnight
    )
    if body_id is not None:
        statement = statement.where(Voice.body_id == body_id)
    return int(rows_of(statement).scalar_one())
