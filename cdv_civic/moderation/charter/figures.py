"""The year of a body’s moderation, or of the staff’s of a contract, counted and made fit to be published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, extract, func, or_, select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.settings import current_settings
from cdv_civic.moderation.models import (
    CharterPrinciple,
    ModeratedText,
    ModerationAppeal,
    ModerationDecision,
    ModerationReport,
)
from cdv_civic.moderation.queries.public import part_hidden
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.moderation.rules.decisions import ModerationAct, TextState
from cdv_civic.moderation.rules.figures import FATES, CountedTexts, Figures, TextFate, published
from cdv_civic.moderation.wording import LAWS


@dataclass(frozen=True)
class YearFigures:
    """What is told of one year."""

    year: int
    figures: Figures
    #: What each of `figures.reasons` counts: a principle, or what the law forbids.
    reasons: tuple[Words | object, ...]
    #: The first year of which there is anything, for the way to others.
    first_year: int


def _span(year: int) -> tuple[datetime, datetime]:
    zone = clock.zone()
    return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


def figures_of(contract_id: int, body_id: int | None, year: int, language: str) -> YearFigures:
    """The figures of a year, of texts that came within it; 4 statements."""
    begins, ends = _span(year)
    theirs = and_(
        ModeratedText.contract_id == contract_id,
        ModeratedText.body_id.is_(None) if body_id is None else ModeratedText.body_id == body_id,
    )
    of_year = and_(theirs, ModeratedText.received_at >= begins, ModeratedText.received_at < ends)
    fates = _fates(of_year)
    reasons = _reasons(of_year, language)
    decided, median = _delay(of_year)
    more = _more(theirs, begins, ends)
    counted = CountedTexts(
        tuple(fates.get(fate.value, 0) for fate in FATES),
        tuple(count for _reason, count in reasons),
        decided,
        median,
        more.reports,
        more.appeals,
        more.won,
    )
    first = more.first.astimezone(clock.zone()).year if more.first is not None else year
    return YearFigures(
        year,
        published(counted, current_settings().small_count),
        tuple(reason for reason, _count in reasons),
        first,
    )


def _hidden() -> ColumnElement[bool]:
    return or_(
        ModeratedText.state == TextState.HIDDEN.value,
        and_(ModeratedText.state == TextState.PUBLISHED.value, part_hidden()),
    )


def _fates(of_year: ColumnElement[bool]) -> dict[str, int]:
    asked = exists().where(
        ModerationDecision.text_id == ModeratedText.id,
        ModerationDecision.act == ModerationAct.ASK_TO_REWORD.value,
    )
    fate = case(
        (_hidden(), TextFate.HIDDEN.value),
        (asked, TextFate.REWORDED.value),
        (ModeratedText.state == TextState.PUBLISHED.value, TextFate.PUBLISHED.value),
        else_=TextFate.OTHER.value,
    ).label("fate")
    rows = db.session.execute(select(fate, func.count().label("texts")).where(of_year).group_by(fate))
    return {row.fate: row.texts for row in rows}


def _reasons(of_year: ColumnElement[bool], language: str) -> list[tuple[Words | object, int]]:
    """What texts are hidden for, by the decision that hid them; the most frequent first."""
    last = (
        select(func.max(ModerationDecision.id).label("id"))
        .join(ModeratedText, ModeratedText.id == ModerationDecision.text_id)
        .where(
            of_year,
            _hidden(),
            ModerationDecision.act.in_((ModerationAct.HIDE.value, ModerationAct.HIDE_PART.value)),
        )
        .group_by(ModerationDecision.text_id)
        .subquery()
    )
    counts = (
        select(ModerationDecision.principle_id, ModerationDecision.law, func.count().label("texts"))
        .join(last, last.c.id == ModerationDecision.id)
        .group_by(ModerationDecision.principle_id, ModerationDecision.law)
        .subquery()
    )
    principle = Localized("principle", CharterPrinciple.text_id, language)
    statement = principle.join(
        select(counts.c.law, counts.c.texts, *principle.columns)
        .select_from(counts)
        .outerjoin(CharterPrinciple, CharterPrinciple.id == counts.c.principle_id),
        optional=True,
    ).order_by(counts.c.texts.desc(), counts.c.principle_id, counts.c.law)
    found: list[tuple[Words | object, int]] = []
    for row in db.session.execute(statement):
        reason: Words | object = LAWS[row.law].label if row.law else principle.words(row)
        found.append((reason, row.texts))
    return found


def _delay(of_year: ColumnElement[bool]) -> tuple[int, float | None]:
    """How many texts somebody decided on, and in how many hours half of them at most had their first decision."""
    first = (
        select(
            ModeratedText.id,
            (
                extract("epoch", func.min(ModerationDecision.decided_at))
                - extract("epoch", ModeratedText.received_at)
            ).label("seconds"),
        )
        .join(ModerationDecision, ModerationDecision.text_id == ModeratedText.id)
        .where(of_year)
        .group_by(ModeratedText.id)
        .subquery()
    )
    ordered = select(
        first.c.seconds,
        func.row_number().over(order_by=first.c.seconds).label("place"),
        func.count().over().label("texts"),
    ).subquery()
    middle = select(ordered.c.seconds, ordered.c.texts).where(
        ordered.c.place * 2 >= ordered.c.texts, ordered.c.place * 2 <= ordered.c.texts + 2
    )
    rows = db.session.execute(middle).all()
    if not rows:
        return 0, None
    seconds = [float(row.seconds) for row in rows]
    return rows[0].texts, sum(seconds) / len(seconds) / 3600


def _more(theirs: ColumnElement[bool], begins: datetime, ends: datetime) -> Any:
    """Reports that came within the year, appeals answered within it, and when the first text of all came."""
    reports = (
        select(func.count())
        .select_from(ModerationReport)
        .join(ModeratedText, ModeratedText.id == ModerationReport.text_id)
        .where(theirs, ModerationReport.received_at >= begins, ModerationReport.received_at < ends)
    )
    appeals = (
        select(func.count())
        .select_from(ModerationAppeal)
        .join(ModerationDecision, ModerationDecision.id == ModerationAppeal.decision_id)
        .join(ModeratedText, ModeratedText.id == ModerationDecision.text_id)
        .where(theirs, ModerationAppeal.decided_at >= begins, ModerationAppeal.decided_at < ends)
    )
    won = appeals.where(ModerationAppeal.outcome != AppealOutcome.UPHELD.value)
    first = select(func.min(ModeratedText.received_at)).where(theirs)
    return db.session.execute(
        select(
            reports.scalar_subquery().label("reports"),
            appeals.scalar_subquery().label("appeals"),
            won.scalar_subquery().label("won"),
            first.scalar_subquery().label("first"),
        )
    ).one()
