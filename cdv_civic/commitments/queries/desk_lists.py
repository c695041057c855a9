"""What the lists of the desk read. Each function says how many SQL statements it costs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func, select

from cdv_civic.commitments.models import Commitment, commitment_holder
from cdv_civic.commitments.rules.work_list import Limits, WorkQueue
from cdv_civic.commitments.scopes import commitments_within
from cdv_civic.commitments.selection import Selection, in_queue
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Key, page_of, window
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.territory.codes import TO_CHECK
from cdv_civic.territory.models import Contract, Organisation, Quartier
from cdv_civic.territory.rules import is_over
from cdv_civic.territory.scopes import contracts_touched
from cdv_civic.territory.vocabulary import NATURES, STATES, THEMES, CodedTerm, CommitmentState, Nature

PER_PAGE: Final = 50
PER_QUEUE: Final = 8


@dataclass(frozen=True, slots=True)
class TableRow:
    """One commitment in a list of the desk."""

    id: int
    code: str
    title: Words
    contract: str
    nature: Nature
    theme: CodedTerm | None
    state: CommitmentState
    holders: tuple[str, ...]
    deadline_text: str | None
    deadline_date: date | None
    published_at: datetime | None
    last_progress_on: date | None
    retired: bool


def _rows(conditions: Sequence[ColumnElement[bool]], title: Localized) -> Select[Any]:
    statement: Any = (
        select(
            Commitment.id,
            Commitment.code,
            Contract.short_title.label("contract"),
            Commitment.nature,
            Commitment.theme,
            Commitment.state,
            Commitment.deadline_text,
            Commitment.deadline_date,
            Commitment.published_at,
            Commitment.last_progress_on,
            Commitment.retired_at,
            *title.columns,
        )
        .join(Contract, Contract.id == Commitment.contract_id)
        .where(*conditions)
    )
    return title.join(statement)


def _row(row: Any, title: Localized, holders: Mapping[int, list[str]]) -> TableRow:
    return TableRow(
        id=row.id,
        code=row.code,
        title=title.words(row),
        contract=row.contract,
        nature=NATURES[row.nature],
        theme=THEMES[row.theme] if row.theme else None,
        state=STATES[row.state],
        holders=tuple(holders.get(row.id, ())),
        deadline_text=row.deadline_text,
        deadline_date=row.deadline_date,
        published_at=row.published_at,
        last_progress_on=row.last_progress_on,
        retired=row.retired_at is not None,
    )


@dataclass(frozen=True, slots=True)
class QueuePreview:
    """One queue of the work list: how many, and the oldest."""

    queue: WorkQueue
    count: int
    rows: tuple[TableRow, ...]


#: What "oldest first" means in each queue.
_OLDEST: Final[Mapping[WorkQueue, tuple[Any, ...]]] = {
    WorkQueue.TO_CHECK: (Commitment.id,),
    WorkQueue.NO_NEWS: (
        func.coalesce(Commitment.last_progress_on, func.date(Commitment.published_at)),
        Commitment.id,
    ),
    WorkQueue.DEADLINE_SOON: (Commitment.deadline_date, Commitment.id),
    WorkQueue.DEADLINE_PASSED: (Commitment.deadline_date, Commitment.id),
}


def queue_previews(actor: Actor, days: Limits, language: str) -> tuple[QueuePreview, ...]:
    """The four queues of what waits for the actor, oldest first. 5 statements."""
    within_reach = commitments_within(reach_of(actor, "desk.read"))
    conditions = {queue: in_queue(queue, days) for queue in WorkQueue}
    counts = db.session.execute(
        select(*(func.sum(case((condition, 1), else_=0)) for condition in conditions.values())).where(
            within_reach
        )
    ).one()
    waiting = []
    for (queue, condition), count in zip(conditions.items(), counts, strict=True):
        title = Localized("title", Commitment.title_id, language)
        found = db.session.execute(
            _rows((within_reach, condition), title).order_by(*_OLDEST[queue]).limit(PER_QUEUE)
        )
        waiting.append(QueuePreview(queue, count or 0, tuple(_row(row, title, {}) for row in found)))
    return tuple(waiting)


@dataclass(frozen=True, slots=True)
class TablePage:
    """One page of the table of commitments."""

    rows: tuple[TableRow, ...]
    count: int
    #: How many of them are still to be checked.
    to_check: int
    previous_key: Key | None
    next_key: Key | None


def table_page(selection: Selection, place: Cursor | None, language: str) -> TablePage:
    """The commitments that a selection finds, 50 at a time, in the order they were imported. 3 statements."""
    session = db.session()
    conditions = selection.conditions(session)
    count, to_check = session.execute(
        select(func.count(), func.sum(case((Commitment.state == TO_CHECK, 1), else_=0)))
        .select_from(Commitment)
        .where(*conditions)
    ).one()
    title = Localized("title", Commitment.title_id, language)
    found = session.execute(window(_rows(conditions, title), (Commitment.id,), place, PER_PAGE)).all()
    page = page_of(found, place, PER_PAGE, lambda row: (row.id,))
    holders = _holders([row.id for row in page.rows])
    return TablePage(
        tuple(_row(row, title, holders) for row in page.rows),
        count,
        to_check or 0,
        page.previous_key,
        page.next_key,
    )


def _holders(ids: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    statement = (
        select(commitment_holder.c.commitment_id, Organisation.name)
        .join(Organisation, Organisation.id == commitment_holder.c.organisation_id)
        .where(commitment_holder.c.commitment_id.in_(ids))
        .order_by(commitment_holder.c.position)
    )
    for commitment_id, name in db.session.execute(statement):
        names[commitment_id].append(name)
    return names


def count_to_check(selection: Selection | None, ids: Sequence[int], actor: Actor) -> int:
    """How many of a selection, or of some ids, are still to be checked and the actor's. 1 statement."""
    session = db.session()
    conditions = (
        selection.conditions(session)
        if selection is not None
        else (Commitment.id.in_(sorted(set(ids))), Commitment.retired_at.is_(None))
    )
    within_reach = commitments_within(reach_of(actor, "commitment.publish"))
    return (
        session.execute(
            select(func.count())
            .select_from(Commitment)
            .where(Commitment.state == TO_CHECK, within_reach, *conditions)
        ).scalar()
        or 0
    )


@dataclass(frozen=True, slots=True)
class TableChoices:
    """What the table can be filtered by: [(value, label), …]."""

    contracts: tuple[tuple[str, str], ...]
    quartiers: tuple[tuple[str, str], ...]
    holders: tuple[tuple[str, str], ...]


def table_choices(reach: Reach, contract_id: int | None) -> TableChoices:
    """Contracts, and the quartiers and holders of the chosen one, or of all. 3 statements.

    Those of contracts that are over come last.
    """
    within_reach = db.session.execute(
        select(Contract.id, Contract.short_title, Contract.period_end)
        .where(contracts_touched(reach))
        .order_by(Contract.short_title)
    ).all()
    within_reach = sorted(within_reach, key=lambda row: is_over(row.period_end, clock.today()))
    names = {row.id: row.short_title for row in within_reach}
    over = {row.id for row in within_reach if is_over(row.period_end, clock.today())}
    told_apart = len(within_reach) > 1 and contract_id is None
    chosen = {contract_id} & set(names) if contract_id is not None else set(names)

    def labelled(target: type[Quartier] | type[Organisation]) -> tuple[tuple[str, str], ...]:
        statement = (
            select(target.id, target.name, target.contract_id)
            .where(target.contract_id.in_(sorted(chosen)), target.retired_at.is_(None))
            .order_by(target.name, target.id)
        )
        if target is Organisation:
            statement = statement.where(target.id.in_(select(commitment_holder.c.organisation_id)))
        return tuple(
            (str(row.id), f"{row.name} · {names[row.contract_id]}" if told_apart else row.name)
            for row in sorted(db.session.execute(statement), key=lambda row: row.contract_id in over)
        )

    return TableChoices(
        tuple((str(contract), name) for contract, name in names.items()),
        labelled(Quartier),
        labelled(Organisation),
    )
