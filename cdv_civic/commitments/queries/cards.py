"""Commitments as cards of a list: what is said of one at a glance."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, func, literal, null, or_, select, union_all

from cdv_civic.commitments.models import Commitment, Progress, commitment_holder, commitment_quartier
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.codes import ANNOUNCED, TO_CHECK
from cdv_civic.territory.models import Contract, Organisation, Quartier
from cdv_civic.territory.vocabulary import NATURES, STATES, THEMES, CodedTerm, CommitmentState, Nature


@dataclass(frozen=True, slots=True)
class CommitmentCard:
    """What a list shows of one commitment; most have a title and little else."""

    id: int
    #: Slug of the contract.
    contract: str
    code: str
    title: Words
    nature: Nature
    theme: CodedTerm | None
    #: In the quartier that the list is about, where it has a state of its own.
    state: CommitmentState
    holders: tuple[str, ...]
    quartiers: tuple[str, ...]
    #: As the document writes it, in French.
    deadline_text: str | None
    #: The deadline is over and nobody has said anything since: never "late" before a human has looked.
    deadline_passed: bool
    last_progress_on: date | None
    #: The last thing told to residents.
    sentence: Words | None
    retired: bool


def passed_in_silence(deadline: date | None, state: str, last_progress_on: date | None, today: date) -> bool:
    """Whether the deadline is over and nobody has said since how far the commitment is."""
    return (
        deadline is not None
        and deadline < today
        and last_progress_on is None
        and state in (TO_CHECK, ANNOUNCED)
    )


def cards(
    commitment_ids: Sequence[int], *, language: str, today: date, quartier_id: int | None = None
) -> list[CommitmentCard]:
    """The cards of some commitments, in the order given; unknown ids are left out. 3 statements.

    With `quartier_id` they show the state and the news of that quartier, where it has its own.
    """
    parameters = {"ids": list(commitment_ids), "quartier_id": quartier_id}
    ask = _statements(language, quartier_id is not None)
    rows = {row.id: row for row in rows_of(ask.commitments, parameters)}
    holders, quartiers = _names(rows_of(ask.names, parameters))
    news = {
        row.commitment_id: (row.happened_on, ask.sentence.words(row)) for row in rows_of(ask.news, parameters)
    }
    found = []
    for commitment_id in commitment_ids:
        row = rows.get(commitment_id)
        if row is None:
            continue
        told_on, sentence = news.get(commitment_id, (None, None))
        found.append(
            CommitmentCard(
                id=commitment_id,
                contract=row.contract,
                code=row.code,
                title=ask.title.words(row),
                nature=NATURES[row.nature],
                theme=THEMES[row.theme] if row.theme else None,
                state=STATES[row.own_state or row.state],
                holders=tuple(holders.get(commitment_id, ())),
                quartiers=tuple(quartiers.get(commitment_id, ())),
                deadline_text=row.deadline_text,
                deadline_passed=passed_in_silence(
                    row.deadline_date, row.own_state or row.state, row.last_progress_on, today
                ),
                last_progress_on=told_on,
                sentence=sentence,
                retired=row.retired_at is not None,
            )
        )
    return found


class _Statements(NamedTuple):
    title: Localized
    sentence: Localized
    commitments: Any
    names: Any
    news: Any


@lru_cache(maxsize=256)
def _statements(language: str, in_quartier: bool) -> _Statements:
    """The statements of `cards`, made once: to build them costs more than to ask them.

    Parameters: `ids`, and `quartier_id` where `in_quartier`.
    """
    title = Localized("title", Commitment.title_id, language)
    sentence = Localized("sentence", Progress.sentence_id, language)
    return _Statements(
        title,
        sentence,
        title.join(_commitments(title, in_quartier)),
        _names_statement(),
        sentence.join(_news(sentence, in_quartier)),
    )


def _ids() -> Any:
    return bindparam("ids", expanding=True)


def _commitments(title: Localized, in_quartier: bool) -> Any:
    own_state: Any = commitment_quartier.c.state if in_quartier else null()
    statement = (
        select(
            Commitment.id,
            Commitment.code,
            Commitment.nature,
            Commitment.theme,
            Commitment.state,
            Commitment.deadline_text,
            Commitment.deadline_date,
            Commitment.last_progress_on,
            Commitment.retired_at,
            Contract.slug.label("contract"),
            own_state.label("own_state"),
            *title.columns,
        )
        .join(Contract, Contract.id == Commitment.contract_id)
        .where(Commitment.id.in_(_ids()))
    )
    if in_quartier:
        statement = statement.outerjoin(
            commitment_quartier,
            (commitment_quartier.c.commitment_id == Commitment.id)
            & (commitment_quartier.c.quartier_id == bindparam("quartier_id")),
        )
    return statement


def _names_statement() -> Any:
    """Names of the holders and of the quartiers of each commitment, in the document's order."""
    kinds: tuple[tuple[Any, Any, str], ...] = (
        (commitment_holder, Organisation, "organisation_id"),
        (commitment_quartier, Quartier, "quartier_id"),
    )
    statements = [
        select(
            table.c.commitment_id.label("commitment_id"),
            literal(kind, Integer).label("kind"),
            table.c.position.label("position"),
            named.name.label("name"),
        )
        .join(named, named.id == table.c[column])
        .where(table.c.commitment_id.in_(_ids()))
        for kind, (table, named, column) in enumerate(kinds)
    ]
    return union_all(*statements).order_by("position", "name")


def _names(rows: Iterable[Any]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    names: tuple[dict[int, list[str]], dict[int, list[str]]] = (defaultdict(list), defaultdict(list))
    for row in rows:
        names[row.kind][row.commitment_id].append(row.name)
    return names


def _news(sentence: Localized, in_quartier: bool) -> Any:
    """The day and the sentence of the last progress of each commitment that has one."""
    latest = select(
        Progress.id,
        func.row_number()
        .over(partition_by=Progress.commitment_id, order_by=(Progress.happened_on.desc(), Progress.id.desc()))
        .label("age"),
    ).where(Progress.commitment_id.in_(_ids()), Progress.withdrawn_at.is_(None))
    if in_quartier:
        latest = latest.where(
            or_(Progress.quartier_id.is_(None), Progress.quartier_id == bindparam("quartier_id"))
        )
    newest = latest.subquery()
    return (
        select(Progress.commitment_id, Progress.happened_on, *sentence.columns)
        .join(newest, newest.c.id == Progress.id)
        .where(newest.c.age == 1)
    )
