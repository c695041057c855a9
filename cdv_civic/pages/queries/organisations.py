"""The organisations of a contract, and what each has promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table, func, select

from cdv_civic.commitments.models import Commitment, commitment_holder, commitment_partner
from cdv_civic.commitments.queries.cards import CommitmentCard
from cdv_civic.commitments.queries.cards import cards as commitment_cards
from cdv_civic.commitments.queries.summaries import tallies
from cdv_civic.commitments.queries.summaries.tallies import StateTally
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.paging import Cursor, Key, Page, page_of, window
from cdv_civic.territory.queries import contracts as contract_queries
from cdv_civic.territory.queries.contracts import ContractFacts, OrganisationFacts
from cdv_civic.territory.vocabulary import CodedTerm

#: A page of them is at most six screens of a small phone (`tests/browser/test_heights.py`).
CARDS_OF_AN_ORGANISATION: Final = 6


@dataclass(frozen=True)
class OrganisationsPage:
    """The organisations of a contract by kind, each with how many commitments it holds."""

    facts: ContractFacts
    groups: Sequence[tuple[CodedTerm, Sequence[tuple[OrganisationFacts, int]]]]
    #: How many hold at least one commitment.
    committed: int


def organisations_page(facts: ContractFacts, typed: str) -> OrganisationsPage:
    """The organisations of a contract, all or those that match; 2 statements beside that of the facts."""
    groups = contract_queries.organisations(facts.id, typed)
    ids = [one.id for _kind, members in groups for one in members]
    held = tallies.tallies(organisation_ids=ids) if ids else {}
    counts = {key: tally.total for key, tally in held.items()}
    return OrganisationsPage(
        facts,
        [(kind, [(one, counts.get(one.id, 0)) for one in members]) for kind, members in groups],
        sum(1 for count in counts.values() if count),
    )


@dataclass(frozen=True)
class OrganisationPage:
    """What an organisation has promised (or takes part in), page by page."""

    facts: ContractFacts
    organisation: OrganisationFacts
    tally: StateTally
    #: How many commitments of others it takes part in.
    takes_part: int
    as_partner: bool
    cards: Sequence[CommitmentCard]
    previous_key: Key | None
    next_key: Key | None


def organisation_page(
    facts: ContractFacts,
    slug: str,
    language: str,
    *,
    as_partner: bool,
    cursor: Cursor | None,
) -> OrganisationPage | None:
    """The page of an organisation; at most 8 statements beside that of the facts."""
    organisation = contract_queries.organisation(facts.id, slug)
    if organisation is None:
        return None
    tally = tallies.tally(organisation_id=organisation.id)
    takes_part = rows_of(
        select(func.count())
        .select_from(commitment_partner)
        .join(Commitment, Commitment.id == commitment_partner.c.commitment_id)
        .where(commitment_partner.c.organisation_id == organisation.id, Commitment.retired_at.is_(None))
    ).scalar_one()
    as_partner = as_partner or (tally.total == 0 and takes_part > 0)
    page = _commitments_of(organisation.id, commitment_partner if as_partner else commitment_holder, cursor)
    ids = [commitment_id for _position, commitment_id in page.rows]
    return OrganisationPage(
        facts,
        organisation,
        tally,
        takes_part,
        as_partner,
        commitment_cards(ids, language=language, today=clock.today()) if ids else [],
        page.previous_key,
        page.next_key,
    )


def _commitments_of(organisation_id: int, tie: Table, cursor: Cursor | None) -> Page[tuple[int, int]]:
    columns = (Commitment.position, Commitment.id)
    statement = (
        select(*columns)
        .join(tie, tie.c.commitment_id == Commitment.id)
        .where(tie.c.organisation_id == organisation_id, Commitment.retired_at.is_(None))
    )
    found = [
        (row[0], row[1]) for row in rows_of(window(statement, columns, cursor, CARDS_OF_AN_ORGANISATION))
    ]
    return page_of(found, cursor, CARDS_OF_AN_ORGANISATION, lambda row: row)
