"""How long the names on a list are kept."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update

from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db, transaction
from cdv_civic.core.settings import current_settings
from cdv_civic.draws.algorithm import Result
from cdv_civic.draws.models import Draw, DrawCandidate

#: Names of those who were drawn but never seated are kept no longer than this after the others'.
NEVER_SEATED: Final = timedelta(days=365)


def forget_candidates() -> int:
    """Erase the names of those whom a draw needs no more (setting DRAW_KEPT_DAYS); how many. The list stays.

    Not drawn: so many days after the draw; seated ones too, as their seat holds the name. A draw that was never done:
    so many days after its day; one that was never published: after its last change.
    """
    settings = current_settings()
    kept = timedelta(days=settings.draw_kept_days)
    limit, day = clock.now() - kept, clock.today() - kept
    named = select(DrawCandidate.draw_id).where(
        or_(DrawCandidate.first_name != "", DrawCandidate.person_key.is_not(None))
    )
    forgotten = 0
    for draw_id in db.session.execute(
        select(Draw.id).where(
            Draw.id.in_(named),
            or_(
                Draw.seeded_at <= limit,
                Draw.seeded_at.is_(None) & Draw.published_at.is_not(None) & (Draw.seed_day <= day),
                Draw.published_at.is_(None) & (Draw.changed_at <= limit),
            ),
        )
    ).scalars().all():  # fmt: skip
        with transaction() as session:
            found = session.get_one(
                Draw, draw_id, with_for_update={"key_share": True}, populate_existing=True
            )
            if found.published_at is None:
                kind = "candidate.removed"
                gone = session.execute(
                    delete(DrawCandidate)
                    .where(DrawCandidate.draw_id == draw_id)
                    .returning(DrawCandidate.id, DrawCandidate.label)
                    .execution_options(synchronize_session=False)
                ).all()
            else:
                kind = "candidate.forgotten"
                change = update(DrawCandidate).where(
                    DrawCandidate.draw_id == draw_id,
                    DrawCandidate.first_name != "",
                    DrawCandidate.label.not_in(_still_needed(found, limit)),
                )
                gone = session.execute(
                    change.values(first_name="", last_name="", email="", phone="", person_key=None)
                    .returning(DrawCandidate.id, DrawCandidate.label)
                    .execution_options(synchronize_session=False)
                ).all()
            ledger.note_many(session, kind, [(row.id, row.label) for row in gone])
            forgotten += len(gone)
            found.erased_at = found.erased_at or clock.now()
    return forgotten


def _still_needed(found: Draw, limit: object) -> list[str]:
    """Labels of those who were drawn and wait for their seat."""
    late = found.seeded_at is None or found.seeded_at + NEVER_SEATED <= limit  # type: ignore[operator]
    if found.result is None or found.seated_at is not None or late:
        return []
    result = Result.from_data(found.result)
    return [*result.seats, *result.substitutes]
