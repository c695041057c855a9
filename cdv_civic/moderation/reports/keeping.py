"""Ways to be told of those who reported are forgotten once nothing more can come of their report."""

from datetime import date, datetime

from sqlalchemy import and_, exists, or_, select, update

from cdv_civic.core import clock, ledger
from cdv_civic.core.db import transaction
from cdv_civic.moderation.models import ModerationAppeal, ModerationReport
from cdv_civic.moderation.reports.rules import FORGOTTEN_AFTER, contact_until


def erase_contacts() -> int:
    """Erase ways to be told where the decision can be contested no more and no appeal waits, or where nobody decided
    for two years; how many. A job; run again, it finds the others.
    """
    now, today = clock.now(), clock.today()
    waits = exists().where(
        ModerationAppeal.decision_id == ModerationReport.decision_id, ModerationAppeal.decided_at.is_(None)
    )
    with transaction() as session:
        found = session.execute(
            select(ModerationReport.id, ModerationReport.received_at, ModerationReport.decided_at)
            .where(
                ModerationReport.contact.is_not(None),
                or_(
                    and_(ModerationReport.decided_at.is_not(None), ~waits),
                    and_(
                        ModerationReport.decided_at.is_(None),
                        ModerationReport.received_at <= now - FORGOTTEN_AFTER,
                    ),
                ),
            )
            .with_for_update(key_share=True)
        ).all()
        over = [
            row for row in found if row.decided_at is None or contact_until(_day_of(row.decided_at)) < today
        ]
        if over:
            session.execute(
                update(ModerationReport)
                .where(ModerationReport.id.in_([row.id for row in over]))
                .values(contact=None, contact_kind=None)
                .execution_options(synchronize_session=False)
            )
            ledger.note_many(session, "moderation.contact", [(row.id, row.received_at) for row in over])
    return len(over)


def _day_of(moment: datetime) -> date:
    return moment.astimezone(clock.zone()).date()
