"""What the public pages read, brought together from the features. Every function says what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Table, func, select

from cdv_civic.bodies import queries as bodies
from cdv_civic.commitments.models import Commitment, commitment_axis, commitment_holder, commitment_partner
from cdv_civic.commitments.queries import summaries
from cdv_civic.commitments.queries.cards import CommitmentCard
from cdv_civic.commitments.queries.cards import cards as commitment_cards
from cdv_civic.core import clock, paging
from cdv_civic.core.db import db
from cdv_civic.core.web.page_cache import kept
from cdv_civic.pages import wording
from cdv_civic.territory.models import Contract, Organisation, Quartier
from cdv_civic.territory.queries import contracts as contract_queries
from cdv_civic.territory.queries.contracts import ContractFacts, Node, NodePage, OrganisationFacts, Trees
from cdv_civic.territory.queries.directory import CommuneName
from cdv_civic.territory.queries.quartiers import QuartierFacts, quartier_facts
from cdv_civic.territory.vocabulary import State, Word

NEWS_AT_HOME = 4
NEWS_OF_A_QUARTIER = 4
DATES_OF_A_QUARTIER = 5
MEETINGS_OF_A_QUARTIER = 4
CARDS_OF_A_NODE = 10
CARDS_OF_AN_ORGANISATION = 20


@dataclass(frozen=True)
class Promised:
    """What is promised, in figures and words."""

    total: int
    #: « 64 engagements : 9 réalisés, 21 en cours, 30 à vérifier. »
    sentence: str
    #: How many of them are ideas, studies, directions: not promises.
    not_promises: int
    #: State, number, address of the list that shows them.
    states: tuple[tuple[State, int, str], ...]
    #: Theme (None: no theme), number, address (None: there is no such list).
    themes: tuple[tuple[Word | None, int, str | None], ...]
    #: The list of them all.
    url: str


def promised(tally: summaries.StateTally, **where: Any) -> Promised:
    """A tally in words, with links to the list restricted to `where`; no statement."""
    parts = wording.in_states({state.code: count for state, count in tally.by_state})
    return Promised(
        tally.total,
        wording.promised_sentence(tally.total, parts),
        tally.total - tally.promises,
        tuple(
            (state, count, url_for("commitments.index", etat=state.code, **where))
            for state, count in tally.by_state
        ),
        tuple(
            (theme, count, url_for("commitments.index", theme=theme.code, **where) if theme else None)
            for theme, count in tally.by_theme
        ),
        url_for("commitments.index", **where),
    )


@dataclass(frozen=True)
class ContractLine:
    """A contract in a list."""

    facts: ContractFacts
    commitments: int


@dataclass(frozen=True)
class Home:
    """The first page."""

    contracts: tuple[ContractLine, ...]
    older: tuple[ContractLine, ...]
    news: Sequence[summaries.NewsItem]


def contract_lines(language: str) -> tuple[ContractLine, ...]:
    """All contracts with how much each promises; 1 statement, and 1 more after each publication."""
    facts = contract_queries.contracts(language)
    ids = [one.id for one in facts]
    counts = kept(
        "commitments of each contract",
        lambda: {key: tally.total for key, tally in summaries.tallies(contract_ids=ids).items()},
    )
    return tuple(ContractLine(one, counts.get(one.id, 0)) for one in facts)


def home(language: str) -> Home:
    """The first page; at most 4 statements."""
    lines = contract_lines(language)
    return Home(
        tuple(line for line in lines if not line.facts.older),
        tuple(line for line in lines if line.facts.older),
        summaries.latest_news(limit=NEWS_AT_HOME, language=language),
    )


@dataclass(frozen=True)
class QuartierPage:
    """The page of a quartier."""

    facts: QuartierFacts
    promised: Promised
    news: Sequence[summaries.NewsItem]
    dates: Sequence[summaries.NextDeadline]
    #: Days on which bodies meet.
    meetings: Sequence[bodies.Occurrence]
    #: What staff said of the bodies, by slug.
    body_states: Mapping[str, Word]


def quartier_page(slug: str, language: str) -> QuartierPage | None:
    """The page of a quartier; 9 statements."""
    facts = quartier_facts(slug)
    if facts is None:
        return None
    return QuartierPage(
        facts,
        promised(summaries.tally(quartier_id=facts.id), quartier=slug),
        summaries.latest_news(limit=NEWS_OF_A_QUARTIER, language=language, quartier_id=facts.id),
        summaries.next_deadlines(
            limit=DATES_OF_A_QUARTIER, today=clock.today(), language=language, quartier_id=facts.id
        ),
        bodies.coming(bodies.events_of_quartier(facts.id, language), clock.today(), MEETINGS_OF_A_QUARTIER),
        bodies.states_of(facts.contract, [body.slug for body in facts.bodies]),
    )


@dataclass(frozen=True)
class ContractPage:
    """The page of a contract, with one of its trees."""

    facts: ContractFacts
    promised: Promised
    trees: Trees
    #: Code of the tree that is shown; None where the contract has none.
    shown: str | None
    commune: CommuneName | None
    roots: Sequence[Node]
    #: How many commitments are below each node, each counted once.
    counts: dict[int, int]


def contract_page(
    facts: ContractFacts, language: str, tree: str | None, commune_slug: str | None
) -> ContractPage:
    """The page of a contract; 6 statements (4 of them only after a publication) beside that of its facts."""
    trees = contract_queries.trees(facts.id)
    codes = [word.code for word, _count in trees.trees]
    shown = tree if tree in codes else (codes[0] if codes else None)
    commune = None
    if shown == "communes":
        commune = next((one for one in trees.communes if one.commune.slug == commune_slug), None)
    roots = contract_queries.tree(facts.id, shown, language, commune.id if commune else None) if shown else []
    return ContractPage(
        facts,
        promised(contract_tally(facts.id), contrat=facts.slug),
        trees,
        shown,
        commune.commune if commune else None,
        roots,
        axis_counts(facts.id),
    )


def contract_tally(contract_id: int) -> summaries.StateTally:
    """What a contract promises by state and theme; 1 statement after each publication, else none."""
    return kept(("tally of contract", contract_id), lambda: summaries.tally(contract_id=contract_id))


def axis_counts(contract_id: int) -> dict[int, int]:
    """How many commitments are below each axis of a contract; 3 statements after each publication, else none."""
    return kept(("counts of axes", contract_id), lambda: summaries.axis_counts(contract_id))


@dataclass(frozen=True)
class AxisPage:
    """The page of one node of a contract's tree."""

    facts: ContractFacts
    place: NodePage
    counts: dict[int, int]
    #: The first of the commitments that hang right under it.
    cards: Sequence[CommitmentCard]
    #: How many hang right under it.
    own: int


def axis_page(facts: ContractFacts, code: str, language: str) -> AxisPage | None:
    """The page of a node; 11 statements (3 of them only after a publication) beside that of the facts."""
    place = contract_queries.node_page(facts.id, code, language)
    if place is None:
        return None
    here = (
        select(Commitment.id, func.count().over())
        .join(commitment_axis, commitment_axis.c.commitment_id == Commitment.id)
        .where(commitment_axis.c.axis_id == place.node.id, Commitment.retired_at.is_(None))
        .order_by(Commitment.position, Commitment.id)
        .limit(CARDS_OF_A_NODE)
    )
    rows = db.session.execute(here).all()
    cards = commitment_cards([row[0] for row in rows], language=language, today=clock.today()) if rows else []
    return AxisPage(facts, place, axis_counts(facts.id), cards, rows[0][1] if rows else 0)


@dataclass(frozen=True)
class OrganisationsPage:
    """The organisations of a contract by kind, each with how many commitments it holds."""

    facts: ContractFacts
    groups: Sequence[tuple[Word, Sequence[tuple[OrganisationFacts, int]]]]
    #: How many hold at least one commitment.
    committed: int


def organisations_page(facts: ContractFacts, typed: str) -> OrganisationsPage:
    """The organisations of a contract, all or those that match; 2 statements beside that of the facts."""
    groups = contract_queries.organisations(facts.id, typed)
    ids = [one.id for _kind, members in groups for one in members]
    tallies = summaries.tallies(organisation_ids=ids) if ids else {}
    counts = {key: tally.total for key, tally in tallies.items()}
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
    promised: Promised
    #: How many commitments of others it takes part in.
    takes_part: int
    as_partner: bool
    cards: Sequence[CommitmentCard]
    previous_key: paging.Key | None
    next_key: paging.Key | None


def organisation_page(
    facts: ContractFacts,
    slug: str,
    language: str,
    *,
    as_partner: bool,
    place: paging.Place | None,
) -> OrganisationPage | None:
    """The page of an organisation; at most 8 statements beside that of the facts."""
    organisation = contract_queries.organisation(facts.id, slug)
    if organisation is None:
        return None
    tally = summaries.tally(organisation_id=organisation.id)
    takes_part = db.session.execute(
        select(func.count())
        .select_from(commitment_partner)
        .join(Commitment, Commitment.id == commitment_partner.c.commitment_id)
        .where(commitment_partner.c.organisation_id == organisation.id, Commitment.retired_at.is_(None))
    ).scalar_one()
    as_partner = as_partner or (tally.total == 0 and takes_part > 0)
    page = _commitments_of(organisation.id, commitment_partner if as_partner else commitment_holder, place)
    ids = [commitment_id for _position, commitment_id in page.rows]
    return OrganisationPage(
        facts,
        organisation,
        promised(tally, contrat=facts.slug, porteur=slug),
        takes_part,
        as_partner,
        commitment_cards(ids, language=language, today=clock.today()) if ids else [],
        page.previous_key,
        page.next_key,
    )


def _commitments_of(
    organisation_id: int, tie: Table, place: paging.Place | None
) -> paging.Page[tuple[int, int]]:
    columns = (Commitment.position, Commitment.id)
    statement = (
        select(*columns)
        .join(tie, tie.c.commitment_id == Commitment.id)
        .where(tie.c.organisation_id == organisation_id, Commitment.retired_at.is_(None))
    )
    found = [
        (row[0], row[1])
        for row in db.session.execute(paging.window(statement, columns, place, CARDS_OF_AN_ORGANISATION))
    ]
    return paging.page_of(found, place, CARDS_OF_AN_ORGANISATION, lambda row: row)


def public_addresses() -> list[tuple[str, dict[str, Any]]]:
    """All public pages of the site, without the language: endpoint and arguments; 7 statements."""
    addresses: list[tuple[str, dict[str, Any]]] = [
        (f"pages.{name}", {})
        for name in ("home", "quartiers", "contracts", "glossary", "legal", "privacy", "accessibility")
    ]
    addresses.append(("commitments.index", {}))
    addresses += [
        ("pages.quartier", {"slug": slug})
        for slug in db.session.execute(
            select(Quartier.slug).where(Quartier.retired_at.is_(None)).order_by(Quartier.slug)
        ).scalars()
    ]
    for slug in db.session.execute(select(Contract.slug).order_by(Contract.slug)).scalars():
        addresses.append(("pages.contract", {"contract": slug}))
        addresses.append(("pages.organisations", {"contract": slug}))
    addresses += [
        ("pages.organisation", {"contract": contract, "slug": slug})
        for contract, slug in db.session.execute(
            select(Contract.slug, Organisation.slug)
            .join(Contract, Contract.id == Organisation.contract_id)
            .where(Organisation.retired_at.is_(None))
            .order_by(Contract.slug, Organisation.slug)
        )
    ]
    addresses += bodies.public_addresses()
    addresses += [
        ("commitments.show", {"contract": contract, "code": code})
        for contract, code in db.session.execute(
            select(Contract.slug, Commitment.code)
            .join(Contract, Contract.id == Commitment.contract_id)
            .where(Commitment.retired_at.is_(None))
            .order_by(Commitment.id)
        )
    ]
    return addresses
