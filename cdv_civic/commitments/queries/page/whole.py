"""The page of one commitment: all that is known of it, gathered in a constant number of statements."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, bindparam, literal, null, select, union_all
from sqlalchemy.orm import aliased

from cdv_civic.commitments.models import (
    Commitment,
    CommitmentVersion,
    commitment_axis,
    commitment_commune,
    commitment_holder,
    commitment_partner,
    commitment_quartier,
)
from cdv_civic.commitments.queries.cards import passed_in_silence
from cdv_civic.commitments.queries.indicators import IndicatorLine, indicators_of
from cdv_civic.commitments.queries.story import StoryEntry, story_of
from cdv_civic.commitments.search import found, typed_query
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, LocalizedText, Words
from cdv_civic.territory.models import Axis, Commune, Contract, Organisation, Quartier
from cdv_civic.territory.vocabulary import (
    CERTAINTIES,
    NATURES,
    STATES,
    THEMES,
    TREES,
    CodedTerm,
    CommitmentState,
    Nature,
)

MOST_VERSIONS = 50
MOST_TWINS = 60
#: A twin has a row for each of its holders in each of its quartiers.
MOST_TWIN_ROWS = 500


@dataclass(frozen=True, slots=True)
class NamedLink:
    """Something with a page of its own, or that a list can be filtered by."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class QuartierLine(NamedLink):
    """A quartier that the commitment covers."""

    #: Its own state, where it differs from that of the whole.
    state: CommitmentState | None


@dataclass(frozen=True, slots=True)
class AxisStep:
    """A node on the way from the top of a tree to the commitment."""

    code: str
    title: Words


@dataclass(frozen=True, slots=True)
class AxisPath:
    """A place of the commitment in one of the contract's trees, from the top down."""

    tree: CodedTerm
    steps: tuple[AxisStep, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """Another commitment of the contract with the same title."""

    code: str
    holders: tuple[NamedLink, ...]
    #: Names of the quartiers it covers: they set apart the rows of one institution.
    quartiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A change of what the commitment says."""

    number: int
    changed_at: datetime
    #: "import" (a newer document) or "staff".
    origin: str
    reason: str
    author: str
    #: {field: [before, after]}
    changes: dict[str, Any]


@dataclass(frozen=True)
class CommitmentPage:
    """All that the page prints. Every part but title, nature and state may be absent."""

    id: int
    contract: NamedLink
    code: str
    title: Words
    nature: Nature
    theme: CodedTerm | None
    state: CommitmentState
    #: The last thing told of the whole that was not withdrawn.
    last_news: StoryEntry | None
    holders: tuple[NamedLink, ...]
    partners: tuple[NamedLink, ...]
    partners_text: tuple[str, ...]
    quartiers: tuple[QuartierLine, ...]
    communes: tuple[NamedLink, ...]
    deadline_text: str | None
    deadline_passed: bool
    recurrence: str | None
    condition: str | None
    budget_text: str | None
    certainty: CodedTerm | None
    status_text: str | None
    indicators: tuple[IndicatorLine, ...]
    story: tuple[StoryEntry, ...]
    paths: tuple[AxisPath, ...]
    twins: tuple[Twin, ...]
    version: int
    versions: tuple[VersionLine, ...]
    source_document: str
    lines: tuple[int, ...]
    retired_at: datetime | None

    @property
    def promised_by(self) -> tuple[str, ...]:
        """Names of all institutions that promise the same, each once."""
        everyone = [*self.holders, *(holder for twin in self.twins for holder in twin.holders)]
        return tuple(dict.fromkeys(holder.name for holder in everyone))

    @property
    def told_differently(self) -> bool:
        """Whether some quartier has a state of its own."""
        return any(line.state is not None for line in self.quartiers)


def commitment_page(contract: str, code: str, *, language: str, today: date) -> CommitmentPage | None:
    """The page of the commitment `code` of the contract with this slug; None where there is none.

    10 statements.
    """
    row = _head(contract, code, language)
    if row is None:
        return None
    holders, partners = _organisations(row.id)
    quartiers, communes = _places(row.id, row.state)
    story = story_of(row.id, language)
    return CommitmentPage(
        id=row.id,
        contract=NamedLink(contract, row.short_title),
        code=row.code,
        title=_title(language).words(row),
        nature=NATURES[row.nature],
        theme=THEMES[row.theme] if row.theme else None,
        state=STATES[row.state],
        last_news=next((each for each in story if not each.withdrawn and not each.quartiers), None),
        holders=holders,
        partners=partners,
        partners_text=tuple(row.partners_text),
        quartiers=quartiers,
        communes=communes,
        deadline_text=row.deadline_text,
        deadline_passed=passed_in_silence(row.deadline_date, row.state, row.last_progress_on, today),
        recurrence=row.recurrence,
        condition=row.condition,
        budget_text=row.budget_text,
        certainty=CERTAINTIES[row.budget_certainty] if row.budget_certainty else None,
        status_text=row.status_text,
        indicators=indicators_of(row.id, language),
        story=story,
        paths=_paths(row.id, language),
        twins=_twins(row.id, row.contract_id, row.original),
        version=row.version,
        versions=_versions(row.id),
        source_document=row.source_document,
        lines=tuple(row.lines),
        retired_at=row.retired_at,
    )


def _head(contract: str, code: str, language: str) -> Any:
    return db.session.execute(_head_statement(language), {"contract": contract, "code": code}).one_or_none()


@lru_cache(maxsize=64)
def _title(language: str) -> Localized:
    return Localized("title", Commitment.title_id, language)


# The statements are made once: to build them costs more than to ask them.
@lru_cache(maxsize=64)
def _head_statement(language: str) -> Any:
    title = _title(language)
    own = aliased(LocalizedText, name="own")
    statement: Any = (
        select(
            Commitment.id,
            Commitment.contract_id,
            Commitment.code,
            Commitment.nature,
            Commitment.theme,
            Commitment.state,
            Commitment.partners_text,
            Commitment.deadline_text,
            Commitment.deadline_date,
            Commitment.last_progress_on,
            Commitment.recurrence,
            Commitment.condition,
            Commitment.budget_text,
            Commitment.budget_certainty,
            Commitment.status_text,
            Commitment.version,
            Commitment.lines,
            Commitment.retired_at,
            Contract.short_title,
            Contract.source_document,
            own.original,
            *title.columns,
        )
        .join(Contract, Contract.id == Commitment.contract_id)
        .join(own, own.id == Commitment.title_id)
        .where(Contract.slug == bindparam("contract"), Commitment.code == bindparam("code"))
    )
    return title.join(statement)


def _organisations(commitment_id: int) -> tuple[tuple[NamedLink, ...], tuple[NamedLink, ...]]:
    """Holders and partners, each in the document's order."""
    found: tuple[list[NamedLink], list[NamedLink]] = ([], [])
    for row in db.session.execute(_organisations_statement(), {"id": commitment_id}):
        found[row.role].append(NamedLink(row.slug, row.name))
    return tuple(found[0]), tuple(found[1])


@lru_cache(maxsize=1)
def _organisations_statement() -> Any:
    statements = [
        select(
            literal(role, Integer).label("role"),
            table.c.position.label("position"),
            Organisation.slug.label("slug"),
            Organisation.name.label("name"),
        )
        .join(Organisation, Organisation.id == table.c.organisation_id)
        .where(table.c.commitment_id == bindparam("id"))
        for role, table in enumerate((commitment_holder, commitment_partner))
    ]
    return union_all(*statements).order_by("role", "position", "name")


def _places(commitment_id: int, whole: str) -> tuple[tuple[QuartierLine, ...], tuple[NamedLink, ...]]:
    """Quartiers and communes, each in the document's order."""
    rows = db.session.execute(_places_statement(), {"id": commitment_id}).all()
    return (
        tuple(
            QuartierLine(row.slug, row.name, STATES[row.state] if row.state and row.state != whole else None)
            for row in rows
            if row.kind == 0
        ),
        tuple(NamedLink(row.slug, row.name) for row in rows if row.kind == 1),
    )


@lru_cache(maxsize=1)
def _places_statement() -> Any:
    quartiers = (
        select(
            literal(0, Integer).label("kind"),
            commitment_quartier.c.position.label("position"),
            Quartier.slug.label("slug"),
            Quartier.name.label("name"),
            commitment_quartier.c.state.label("state"),
        )
        .join(Quartier, Quartier.id == commitment_quartier.c.quartier_id)
        .where(commitment_quartier.c.commitment_id == bindparam("id"))
    )
    communes = (
        select(
            literal(1, Integer).label("kind"),
            commitment_commune.c.position.label("position"),
            Commune.slug.label("slug"),
            Commune.name.label("name"),
            null().label("state"),
        )
        .join(Commune, Commune.id == commitment_commune.c.commune_id)
        .where(commitment_commune.c.commitment_id == bindparam("id"))
    )
    return union_all(quartiers, communes).order_by("kind", "position", "name")


def _paths(commitment_id: int, language: str) -> tuple[AxisPath, ...]:
    """Where the commitment stands in the contract's trees: one statement, climbing from its axes."""
    title, statement = _paths_statement(language)
    paths: dict[int, tuple[str, list[AxisStep]]] = {}
    for row in db.session.execute(statement, {"id": commitment_id}):
        paths.setdefault(row.leaf, (row.tree, []))[1].append(AxisStep(row.code, title.words(row)))
    return tuple(AxisPath(TREES[tree], tuple(steps)) for tree, steps in paths.values())


@lru_cache(maxsize=64)
def _paths_statement(language: str) -> tuple[Localized, Any]:
    start = (
        select(
            commitment_axis.c.axis_id.label("leaf"),
            commitment_axis.c.position.label("position"),
            literal(0, Integer).label("height"),
            Axis.id.label("axis_id"),
            Axis.parent_id.label("parent_id"),
        )
        .join(Axis, Axis.id == commitment_axis.c.axis_id)
        .where(commitment_axis.c.commitment_id == bindparam("id"))
        .cte("climb", recursive=True)
    )
    above = aliased(Axis, name="above")
    climb = start.union_all(
        select(start.c.leaf, start.c.position, start.c.height + 1, above.id, above.parent_id)
        .join(above, above.id == start.c.parent_id)
        .where(start.c.height < 20)
    )
    title = Localized("title", Axis.title_id, language)
    statement: Any = (
        select(climb.c.leaf, Axis.code, Axis.tree, *title.columns)
        .join(climb, climb.c.axis_id == Axis.id)
        .order_by(climb.c.position, climb.c.leaf, climb.c.height.desc())
    )
    return title, title.join(statement)


def _twins(commitment_id: int, contract_id: int, title: str) -> tuple[Twin, ...]:
    """Other commitments of the contract with the very same title, found through the search index."""
    query = typed_query(db.session(), title)
    if query is None:
        return ()
    rows = db.session.execute(
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


def _versions(commitment_id: int) -> tuple[VersionLine, ...]:
    return tuple(
        VersionLine(
            row.number, row.changed_at, row.origin, row.reason, row.organisation_name, dict(row.changes)
        )
        for row in db.session.execute(_versions_statement(), {"id": commitment_id})
    )


@lru_cache(maxsize=1)
def _versions_statement() -> Any:
    return (
        select(
            CommitmentVersion.number,
            CommitmentVersion.changed_at,
            CommitmentVersion.origin,
            CommitmentVersion.reason,
            CommitmentVersion.organisation_name,
            CommitmentVersion.changes,
        )
        .where(CommitmentVersion.commitment_id == bindparam("id"))
        .order_by(CommitmentVersion.number.desc())
        .limit(MOST_VERSIONS)
    )
