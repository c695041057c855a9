"""What the list « À faire » shows, and what its badge counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.work_sources import WorkItem, how_much_waits, work_of
from cdv_civic.work_list.models import WorkReminder
from cdv_civic.work_list.rules import USUAL_PERIOD, Period, Urgency, Waiting, order, urgency

#: Lines on the page: whoever looks after two hundred bodies begins with the most urgent, and may ask for all.
MOST_LINES: Final = 20


@dataclass(frozen=True)
class WorkLine:
    """One line of the list."""

    item: WorkItem
    urgency: Urgency


@dataclass(frozen=True)
class WorkList:
    """What waits for one person, the most urgent first."""

    lines: Sequence[WorkLine]
    #: How many lines there are besides.
    more: int
    today: date


def work_list(actor: Actor, *, whole: bool = False) -> WorkList:
    """What waits for `actor`, all of it or the most urgent lines; 1 statement, or none."""
    today = clock.today()
    items = sorted(
        work_of(db.session(), actor), key=lambda item: order(Waiting(item.due_on, item.since_on), today)
    )
    lines = [WorkLine(item, urgency(item.due_on, today)) for item in (items if whole else items[:MOST_LINES])]
    return WorkList(lines, len(items) - len(lines), today)


def badge(actor: Actor) -> int:
    """How much waits for `actor`, as the menu of the desk says it; 1 statement, or none."""
    return how_much_waits(db.session(), actor)


def period_of(account_id: int) -> Period:
    """How often a person wants a mail; 1 statement."""
    row = db.session.get(WorkReminder, account_id, populate_existing=True)
    return Period(row.period) if row is not None else USUAL_PERIOD
