"""Other commitments of the contract that say the same."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select

from cdv_civic.commitments.models import Commitment, commitment_holder, commitment_quartier
from cdv_civic.commitments.queries.page.parties import NamedLink
from cdv_civic.commitments.search import found, typed_query
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import LocalizedText
from cdv_civic.territory.models import Organisation, Quartier

MOST_TWINS = 60
#: A twin has a row for each of its holders in each of its quartiers.
MOST_TWIN_ROWS = 500


@dataclass(frozen=True, slots=True)
class Twin:
    """Another commitment of the contract with the same title."""

    code: str
    holders: tuple[NamedLink, ...]
    #: Names of the quartiers it covers: they set apart the rows of one institution.
    quartiers: tuple[str, ...]


def twins_of(commitment_id: int, contract_id: int, title: str) -> tuple[Twin, ...]:
    """Other commitments of the contract with the very same title, found through the search index. 1 statement."""
    query = typed_query(db.session(), title)
    if query is None:
        return ()
    rows = rows_of(
        _twins_statement(db.session().get_bind().dialect.name),
        {"typed_words": query, "title": title, "contract_id": contract_id, "id": commitment_id},
    )
    twins: dict[int, tuple[str, dict[str, NamedLink], dict[str, None]]] = {}
    for row in rows:
        _code, holders, quartiers = twins.setdefault(row.id, (row.code, {}, {}))
        if row.slug is not None:
            holders.setdefault(row.slug, NamedLink(row.slug, row.name))
        if row.quartier is not None:
            quartiers.setdefault(row.quartier)
    return tuple(
        Twin(code, tuple(holders.values()), tuple(quartiers))
        for code, holders, quartiers in list(twins.values())[:MOST_TWINS]
    )


# Made once for each database: to build it costs more than to ask it.
@lru_cache(maxsize=2)
def _twins_statement(dialect: str) -> Any:
    return (
        select(
            Commitment.id,
            Commitment.code,
            Organisation.slug,
            Organisation.name,
            Quartier.name.label("quartier"),
        )
        .join(LocalizedText, LocalizedText.id == Commitment.title_id)
        .outerjoin(commitment_holder, commitment_holder.c.commitment_id == Commitment.id)
        .outerjoin(Organisation, Organisation.id == commitment_holder.c.organisation_id)
        .outerjoin(commitment_quartier, commitment_quartier.c.commitment_id == Commitment.id)
        .outerjoin(Quartier, Quartier.id == commitment_quartier.c.quartier_id)
        .where(
            found(dialect),
            LocalizedText.original == bindparam("title"),
            # As an expression, so that the search index is what is walked through.
            Commitment.contract_id + 0 == bindparam("contract_id"),
            Commitment.id != bindparam("id"),
            Commitment.retired_at.is_(None),
        )
        .order_by(Commitment.id, commitment_holder.c.position, commitment_quartier.c.position)
        .limit(MOST_TWIN_ROWS)
    )
