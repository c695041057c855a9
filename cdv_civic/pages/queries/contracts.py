"""The list of contracts, the page of one, and the pages of its axes; the first page of the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select

from cdv_civic.commitments.models import Commitment, commitment_axis
from cdv_civic.commitments.queries.cards import CommitmentCard
from cdv_civic.commitments.queries.cards import cards as commitment_cards
from cdv_civic.commitments.queries.origins import ShownOrigin, origin_of
from cdv_civic.commitments.queries.summaries import axes, tallies
from cdv_civic.commitments.queries.summaries.news import NewsItem, latest_news
from cdv_civic.commitments.queries.summaries.tallies import StateTally
from cdv_civic.consultations.choices.queries import AxisBirth, birth_of
from cdv_civic.consultations.public.activities import CONSULTATIONS
from cdv_civic.consultations.public.queries.cards import ConsultationCard
from cdv_civic.consultations.public.queries.places import TitledConsultation, about_axis, at_home
from cdv_civic.consultations.rules.calendar import ConsultationStage
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.web.page_cache import kept
from cdv_civic.core.web.validity import shows_only, valid_until
from cdv_civic.territory.activities.registry import Current, current_activities
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tag, contract_tags
from cdv_civic.territory.queries import contracts as contract_queries
from cdv_civic.territory.queries.contracts import ContractFacts, Node, NodePage, Trees
from cdv_civic.territory.queries.directory import CommuneName
from cdv_civic.territory.vocabulary import BORN_TREE

NEWS_AT_HOME: Final = 3
CARDS_OF_A_NODE: Final = 10


@dataclass(frozen=True)
class ContractSummary:
    """A contract in a list."""

    facts: ContractFacts
    commitments: int


def contract_summaries(language: str) -> tuple[ContractSummary, ...]:
    """All contracts with how much each promises; 1 statement, and 1 more after each publication."""
    facts = contract_queries.contracts(language)
    ids = [one.id for one in facts]

    def count() -> dict[int, int]:
        shows_only(DIRECTORY, *contract_tags(one.slug for one in facts))
        return {key: tally.total for key, tally in tallies.tallies(contract_ids=ids).items()}

    counts = kept("commitments of each contract", count)
    return tuple(ContractSummary(one, counts.get(one.id, 0)) for one in facts)


@dataclass(frozen=True)
class Home:
    """The first page."""

    contracts: tuple[ContractSummary, ...]
    older: tuple[ContractSummary, ...]
    news: Sequence[NewsItem]
    #: What people can do now, wherever they live.
    current: Current
    #: Whether somebody is asked for an opinion now; and the answers that are late.
    asks: bool
    late: Sequence[ConsultationCard]


def home(language: str) -> Home:
    """The first page; at most 6 statements."""
    now = clock.now()
    lines = contract_summaries(language)
    consultations = at_home(language)
    late = [card for card in consultations if card.late]
    return Home(
        tuple(line for line in lines if not line.facts.older),
        tuple(line for line in lines if line.facts.older),
        # A late answer takes the place of a piece of news: the page is six screens at most.
        latest_news(limit=NEWS_AT_HOME - bool(late), language=language),
        current_activities(language, known={CONSULTATIONS: consultations}, now=now),
        any(card.stage is ConsultationStage.OPEN for card in consultations),
        late,
    )


@dataclass(frozen=True)
class ContractPage:
    """The page of a contract, with one of its trees."""

    facts: ContractFacts
    tally: StateTally
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
        contract_tally(facts),
        trees,
        shown,
        commune.commune if commune else None,
        roots,
        axis_counts(facts),
    )


def contract_tally(facts: ContractFacts) -> StateTally:
    """What a contract promises by state and theme; 1 statement after each publication, else none."""

    def make() -> StateTally:
        shows_only(contract_tag(facts.slug))
        return tallies.tally(contract_id=facts.id)

    return kept(("tally of contract", facts.id), make)


def axis_counts(facts: ContractFacts) -> dict[int, int]:
    """How many commitments are below each axis of a contract; 3 statements after each publication, else none."""

    def make() -> dict[int, int]:
        shows_only(contract_tag(facts.slug))
        return axes.axis_counts(facts.id)

    return kept(("counts of axes", facts.id), make)


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
    #: Consultations that asked about it, the newest first.
    discussed: Sequence[TitledConsultation]
    #: How it was drawn up; None where nobody said.
    origin: ShownOrigin | None
    #: The consultation that it was born of; None: it stands in the contract’s document.
    birth: AxisBirth | None

    @property
    def begun(self) -> date | None:
        """The first day of the contract, where it is said how this part of it was drawn up."""
        if self.origin is None:
            return None
        return self.facts.signed_on or date(int(self.facts.period_start[:4]), 1, 1)


def axis_page(facts: ContractFacts, code: str, language: str) -> AxisPage | None:
    """The page of a node; 12 statements (3 of them only after a publication) beside that of the facts, and 1
    more where it was born of a consultation."""
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
    rows = rows_of(here).all()
    cards = commitment_cards([row[0] for row in rows], language=language, today=clock.today()) if rows else []
    discussed = about_axis(place.node.id, language)
    now = clock.now()
    for each in discussed:
        if each.opens_at is not None and each.opens_at > now:
            valid_until(each.opens_at)
    return AxisPage(
        facts,
        place,
        axis_counts(facts),
        cards,
        rows[0][1] if rows else 0,
        discussed,
        origin_of(place.node.id, language),
        birth_of(place.node.id, language) if place.node.tree == BORN_TREE else None,
    )
