"""How many commitments there are, by state and theme."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from cdv_civic.commitments.models import Commitment, commitment_holder, commitment_quartier
from cdv_civic.commitments.queries.summaries.narrowing import Names, given, state_in, within
from cdv_civic.core.db import rows_of
from cdv_civic.territory.vocabulary import NATURES, STATES, THEMES, CodedTerm, CommitmentState


@dataclass(frozen=True)
class StateTally:
    """How many commitments there are, each counted once."""

    total: int
    #: In the order of the vocabulary, zeros left out.
    by_state: tuple[tuple[CommitmentState, int], ...]
    #: In the order of the vocabulary, those without a theme last, zeros left out.
    by_theme: tuple[tuple[CodedTerm | None, int], ...]
    #: How many are promises: the others are ideas, studies, directions.
    promises: int

    @property
    def leads(self) -> int:
        """How many are no promise."""
        return self.total - self.promises

    def count(self, *codes: str) -> int:
        """How many are in one of these states."""
        return sum(number for state, number in self.by_state if state.code in codes)


def tally(
    *, quartier_id: int | None = None, contract_id: int | None = None, organisation_id: int | None = None
) -> StateTally:
    """Count commitments by state and theme. 1 statement.

    With `quartier_id` a commitment is in the state told for that quartier, where one was.
    """
    ids = given(quartier_id=quartier_id, contract_id=contract_id, organisation_id=organisation_id)
    return _tally(rows_of(_tally_statement(frozenset(ids)), ids))


@lru_cache(maxsize=16)
def _tally_statement(names: Names) -> Any:
    columns = (state_in(names).label("state"), Commitment.theme, Commitment.nature)
    return within(select(*columns, func.count().label("number")), names).group_by(*columns)


def tallies(
    *,
    quartier_ids: Sequence[int] | None = None,
    contract_ids: Sequence[int] | None = None,
    organisation_ids: Sequence[int] | None = None,
) -> dict[int, StateTally]:
    """The tallies of several quartiers, contracts or organisations, by id. 1 statement.

    Exactly one of the lists is given. An id without commitments has an empty tally.
    """
    state: Any = Commitment.state
    statement: Any
    if quartier_ids is not None:
        ids, owner = quartier_ids, commitment_quartier.c.quartier_id
        state = func.coalesce(commitment_quartier.c.state, Commitment.state)
        table = commitment_quartier
    elif organisation_ids is not None:
        ids, owner, table = organisation_ids, commitment_holder.c.organisation_id, commitment_holder
    else:
        ids, owner, table = contract_ids or (), Commitment.contract_id, None  # type: ignore[assignment]
    columns = (owner.label("owner"), state.label("state"), Commitment.theme, Commitment.nature)
    statement = select(*columns, func.count().label("number"))
    if table is not None:
        statement = statement.join(table, table.c.commitment_id == Commitment.id)
    statement = statement.where(owner.in_(ids), Commitment.retired_at.is_(None)).group_by(*columns)
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in rows_of(statement):
        rows[row.owner].append(row)
    return {each: _tally(rows[each]) for each in ids}


def _tally(rows: Iterable[Any]) -> StateTally:
    states: Counter[str] = Counter()
    themes: Counter[str | None] = Counter()
    promises = 0
    for row in rows:
        states[row.state] += row.number
        themes[row.theme] += row.number
        promises += row.number if NATURES[row.nature].is_promise else 0
    by_theme: list[tuple[CodedTerm | None, int]] = [
        (word, themes[code]) for code, word in THEMES.items() if themes[code]
    ]
    if themes[None]:
        by_theme.append((None, themes[None]))
    return StateTally(
        total=sum(states.values()),
        by_state=tuple((state, states[code]) for code, state in STATES.items() if states[code]),
        by_theme=tuple(by_theme),
        promises=promises,
    )
