"""What is promised for the days to come."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select

from cdv_civic.commitments.models import Commitment
from cdv_civic.commitments.queries.listing import OPEN
from cdv_civic.commitments.queries.summaries.narrowing import Names, given, state_in, within
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import Contract
from cdv_civic.territory.vocabulary import STATES, CommitmentState


@dataclass(frozen=True, slots=True)
class NextDeadline:
    """A commitment whose deadline is still to come."""

    commitment_id: int
    contract: str
    code: str
    title: Words
    state: CommitmentState
    #: As the document writes it, in French.
    text: str
    #: Its last day.
    on: date


def next_deadlines(
    *,
    limit: int,
    today: date,
    language: str,
    quartier_id: int | None = None,
    contract_id: int | None = None,
    organisation_id: int | None = None,
) -> list[NextDeadline]:
    """What is promised for today or later, soonest first; without what is done, put off or given up. 1 statement."""
    ids = given(quartier_id=quartier_id, contract_id=contract_id, organisation_id=organisation_id)
    title, statement = _deadlines_statement(frozenset(ids), limit, language)
    return [
        NextDeadline(
            commitment_id=row.id,
            contract=row.contract,
            code=row.code,
            title=title.words(row),
            state=STATES[row.state],
            text=row.deadline_text or "",
            on=row.deadline_date,
        )
        for row in rows_of(statement, {**ids, "today": today})
    ]


@lru_cache(maxsize=64)
def _deadlines_statement(names: Names, limit: int, language: str) -> tuple[Localized, Any]:
    title = Localized("title", Commitment.title_id, language)
    state = state_in(names)
    statement: Any = (
        select(
            Commitment.id,
            Commitment.code,
            Commitment.deadline_text,
            Commitment.deadline_date,
            state.label("state"),
            Contract.slug.label("contract"),
            *title.columns,
        )
        .join(Contract, Contract.id == Commitment.contract_id)
        .where(Commitment.deadline_date >= bindparam("today"), state.in_(OPEN))
        .order_by(Commitment.deadline_date, Commitment.id)
        .limit(limit)
    )
    return title, title.join(within(statement, names))
