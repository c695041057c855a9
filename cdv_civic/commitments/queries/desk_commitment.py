"""One commitment as the desk reads it. Each function says how many SQL statements it costs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Text, and_, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from cdv_civic.commitments.models import (
    Commitment,
    CommitmentVersion,
    commitment_holder,
    commitment_partner,
    commitment_quartier,
)
from cdv_civic.commitments.scopes import touched_commitment
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, LocalizedText, Words
from cdv_civic.core.policy.decisions import may
from cdv_civic.core.policy.model import Actor, Touched
from cdv_civic.core.policy.table import ACTIONS
from cdv_civic.territory.models import Contract, Organisation, Quartier
from cdv_civic.territory.vocabulary import NATURES, STATES, THEMES, CodedTerm, CommitmentState, Nature


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """An organisation or a quartier of a commitment."""

    id: int
    name: str
    slug: str
    #: For a quartier of which something was told by itself.
    state: CommitmentState | None = None


@dataclass(frozen=True, slots=True)
class DeskCommitment:
    """One commitment, as staff see it."""

    id: int
    contract_id: int
    contract: str
    contract_slug: str
    period_start: str
    code: str
    title: Words
    #: The French text that edits change.
    original_title: str
    title_id: int
    nature: Nature
    theme: CodedTerm | None
    state: CommitmentState
    deadline_text: str | None
    deadline_date: date | None
    recurrence: str | None
    condition: str | None
    budget_text: str | None
    budget_cents: int | None
    budget_certainty: str | None
    status_text: str | None
    partners_text: tuple[str, ...]
    published_at: datetime | None
    last_progress_on: date | None
    retired_at: datetime | None
    version: int
    lines: tuple[int, ...]
    source_document: str
    holders: tuple[LinkedRow, ...]
    partners: tuple[LinkedRow, ...]
    quartiers: tuple[LinkedRow, ...]
    #: The actions that the actor may do on it.
    allowed: frozenset[str]
    #: What an act on it touches, for permissions.
    touched: Touched


def desk_commitment(
    actor: Actor, commitment_id: int, language: str, *languages: str
) -> DeskCommitment | None:
    """One commitment, with what the actor may do on it (in `languages`). 5 statements."""
    title = Localized("title", Commitment.title_id, language)
    french = aliased(LocalizedText)
    statement: Any = (
        select(
            Commitment,
            Contract.short_title,
            Contract.slug,
            Contract.period_start,
            Contract.source_document,
            french.original.label("original_title"),
            *title.columns,
        )
        .join(Contract, Contract.id == Commitment.contract_id)
        .join(french, french.id == Commitment.title_id)
        .where(Commitment.id == commitment_id)
        .execution_options(populate_existing=True)
    )
    row = db.session.execute(title.join(statement)).one_or_none()
    if row is None:
        return None
    found: Commitment = row.Commitment
    touched = touched_commitment(db.session(), found.id, found.contract_id, *languages)
    links = _links(commitment_id)
    return DeskCommitment(
        id=found.id,
        contract_id=found.contract_id,
        contract=row.short_title,
        contract_slug=row.slug,
        period_start=row.period_start,
        code=found.code,
        title=title.words(row),
        original_title=row.original_title,
        title_id=found.title_id,
        nature=NATURES[found.nature],
        theme=THEMES[found.theme] if found.theme else None,
        state=STATES[found.state],
        deadline_text=found.deadline_text,
        deadline_date=found.deadline_date,
        recurrence=found.recurrence,
        condition=found.condition,
        budget_text=found.budget_text,
        budget_cents=found.budget_cents,
        budget_certainty=found.budget_certainty,
        status_text=found.status_text,
        partners_text=tuple(found.partners_text),
        published_at=found.published_at,
        last_progress_on=found.last_progress_on,
        retired_at=found.retired_at,
        version=found.version,
        lines=tuple(found.lines),
        source_document=row.source_document,
        holders=tuple(links["holder"]),
        partners=tuple(links["partner"]),
        quartiers=tuple(links["quartier"]),
        allowed=frozenset(name for name in ACTIONS if may(actor, name, touched)),
        touched=touched,
    )


def _links(commitment_id: int) -> dict[str, list[LinkedRow]]:
    def organisations(kind: str, table: Any) -> Any:
        return (
            select(
                literal(kind).label("kind"),
                Organisation.id.label("id"),
                Organisation.name.label("name"),
                Organisation.slug.label("slug"),
                table.c.position.label("position"),
                cast(null(), Text).label("state"),
            )
            .join(table, table.c.organisation_id == Organisation.id)
            .where(table.c.commitment_id == commitment_id)
        )

    quartiers = (
        select(
            literal("quartier"),
            Quartier.id,
            Quartier.name,
            Quartier.slug,
            cast(commitment_quartier.c.position, Integer),
            commitment_quartier.c.state,
        )
        .join(commitment_quartier, commitment_quartier.c.quartier_id == Quartier.id)
        .where(commitment_quartier.c.commitment_id == commitment_id)
    )
    found = union_all(
        organisations("holder", commitment_holder), organisations("partner", commitment_partner), quartiers
    ).subquery()
    links: dict[str, list[LinkedRow]] = defaultdict(list)
    for row in db.session.execute(select(found).order_by(found.c.kind, found.c.position, found.c.id)):
        links[row.kind].append(
            LinkedRow(row.id, row.name, row.slug, STATES[row.state] if row.state else None)
        )
    return links


@dataclass(frozen=True, slots=True)
class DeskVersion:
    """What changed at once, when and why."""

    number: int
    changed_at: datetime
    origin: str
    reason: str
    organisation_name: str
    changes: dict[str, Any]


def desk_versions(commitment_id: int) -> tuple[DeskVersion, ...]:
    """The changes of a commitment, newest first. 1 statement."""
    statement = (
        select(
            CommitmentVersion.number,
            CommitmentVersion.changed_at,
            CommitmentVersion.origin,
            CommitmentVersion.reason,
            CommitmentVersion.organisation_name,
            CommitmentVersion.changes,
        )
        .where(CommitmentVersion.commitment_id == commitment_id)
        .order_by(CommitmentVersion.number.desc())
        .limit(100)
    )
    return tuple(DeskVersion(*row) for row in db.session.execute(statement))


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act on the commitment, from the audit trail."""

    id: int
    at: datetime
    who: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def audit_lines(commitment_id: int, contract_slug: str) -> tuple[AuditLine, ...]:
    """Who did what on a commitment, newest first; acts on many at once included. 1 statement."""
    statement = (
        select(AuditEntry)
        .where(
            or_(
                and_(AuditEntry.object_kind == "commitment", AuditEntry.object_id == commitment_id),
                and_(
                    AuditEntry.object_kind == "commitment",
                    AuditEntry.object_id.is_(None),
                    AuditEntry.scope == contract_slug,
                ),
            )
        )
        .order_by(AuditEntry.id.desc())
        .limit(300)
    )
    found = db.session.execute(statement).scalars()
    return tuple(
        AuditLine(entry.id, entry.at, entry.actor_label, entry.action, entry.before, entry.after)
        for entry in found
        if entry.object_id is not None or commitment_id in (entry.after or {}).get("ids", ())
    )


@dataclass(frozen=True, slots=True)
class LinkChoices:
    """What a commitment can be linked to in its contract: [(id, name), …]."""

    organisations: Sequence[tuple[int, str]]
    quartiers: Sequence[tuple[int, str]]


def link_choices(contract_id: int) -> LinkChoices:
    """The organisations and quartiers of a contract, by name. 2 statements."""

    def named(target: type[Organisation] | type[Quartier]) -> list[tuple[int, str]]:
        statement = (
            select(target.id, target.name)
            .where(target.contract_id == contract_id, target.retired_at.is_(None))
            .order_by(func.lower(target.name), target.id)
        )
        return list(db.session.execute(statement))

    return LinkChoices(named(Organisation), named(Quartier))
