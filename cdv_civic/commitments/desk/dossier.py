"""What the pages of one commitment read at the desk. Each function says how many SQL statements it costs."""

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
    Evidence,
    Indicator,
    IndicatorValue,
    Progress,
    commitment_holder,
    commitment_indicator,
    commitment_partner,
    commitment_quartier,
)
from cdv_civic.commitments.scopes import touched_commitment
from cdv_civic.core.audit import AuditEntry
from cdv_civic.core.db import db
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import Localized, LocalizedText, Translation, Words
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.policy.table import ACTIONS
from cdv_civic.territory.models import Contract, Organisation, Quartier
from cdv_civic.territory.vocabulary import NATURES, STATES, THEMES, CodedTerm, CommitmentState, Nature


@dataclass(frozen=True, slots=True)
class Linked:
    """An organisation or a quartier of a commitment."""

    id: int
    name: str
    slug: str
    #: For a quartier of which something was told by itself.
    state: CommitmentState | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
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
    holders: tuple[Linked, ...]
    partners: tuple[Linked, ...]
    quartiers: tuple[Linked, ...]
    #: The actions that the actor may do on it.
    allowed: frozenset[str]


def dossier(actor: Actor, action: str, commitment_id: int, language: str, *languages: str) -> Dossier:
    """One commitment, if the actor may do `action` on it (in `languages`). 5 statements; `NotFound`, `Forbidden`."""
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
        raise NotFound(_l("Cet engagement n’existe pas."))
    found: Commitment = row.Commitment
    touched = touched_commitment(db.session(), found.id, found.contract_id, *languages)
    require(actor, action, touched)
    links = _links(commitment_id)
    return Dossier(
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
    )


def _links(commitment_id: int) -> dict[str, list[Linked]]:
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
    links: dict[str, list[Linked]] = defaultdict(list)
    for row in db.session.execute(select(found).order_by(found.c.kind, found.c.position, found.c.id)):
        links[row.kind].append(Linked(row.id, row.name, row.slug, STATES[row.state] if row.state else None))
    return links


@dataclass(frozen=True, slots=True)
class Version:
    """What changed at once, when and why."""

    number: int
    changed_at: datetime
    origin: str
    reason: str
    organisation_name: str
    changes: dict[str, Any]


def versions(commitment_id: int) -> tuple[Version, ...]:
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
    return tuple(Version(*row) for row in db.session.execute(statement))


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of an indicator."""

    id: int
    measured_on: date
    number: float | None
    text: str | None
    quartier: str | None
    source: str | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Gauge:
    """An indicator of a commitment with its latest measures."""

    id: int
    name: Words
    value_kind: str
    unit: str | None
    baseline: str | None
    target: str | None
    measures: tuple[Measured, ...]


def gauges(commitment_id: int, language: str) -> tuple[Gauge, ...]:
    """What is measured of a commitment, newest measure first. 2 statements."""
    name = Localized("name", Indicator.name_id, language)
    mine = and_(commitment_indicator.c.commitment_id == commitment_id, Indicator.retired_at.is_(None))
    statement: Any = (
        select(
            Indicator.id,
            Indicator.value_kind,
            Indicator.unit,
            Indicator.baseline,
            Indicator.target,
            *name.columns,
        )
        .join(commitment_indicator, commitment_indicator.c.indicator_id == Indicator.id)
        .where(mine)
        .order_by(commitment_indicator.c.position, Indicator.id)
    )
    rows = db.session.execute(name.join(statement)).all()
    measures: dict[int, list[Measured]] = defaultdict(list)
    for row in db.session.execute(
        select(IndicatorValue, Quartier.name.label("quartier"))
        .join(commitment_indicator, commitment_indicator.c.indicator_id == IndicatorValue.indicator_id)
        .outerjoin(Quartier, Quartier.id == IndicatorValue.quartier_id)
        .where(commitment_indicator.c.commitment_id == commitment_id)
        .order_by(IndicatorValue.measured_on.desc(), IndicatorValue.id.desc())
        .limit(500)
        .execution_options(populate_existing=True)
    ):
        value: IndicatorValue = row.IndicatorValue
        measures[value.indicator_id].append(
            Measured(
                value.id,
                value.measured_on,
                value.number,
                value.text,
                row.quartier,
                value.source,
                value.withdrawn_at is not None,
            )
        )
    return tuple(
        Gauge(
            row.id,
            name.words(row),
            row.value_kind,
            row.unit,
            row.baseline,
            row.target,
            tuple(measures[row.id]),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class ToTranslate:
    """A text of a commitment, with its translation into one language where there is one."""

    text_id: int
    kind: str  #: "title", "sentence", "detail" or "caption"
    on: date | None  #: day of the news it belongs to
    original: str
    language: str
    translated: str | None
    state: str | None


def texts(commitment_id: int, title_id: int, language: str) -> tuple[ToTranslate, ...]:
    """The texts of a commitment and its story, the title first, then from the newest. 1 statement."""
    told = and_(Progress.commitment_id == commitment_id, Progress.withdrawn_at.is_(None))
    never = cast(null(), Progress.happened_on.type)
    parts = union_all(
        select(
            literal(title_id).label("text_id"),
            literal("title").label("kind"),
            never.label("day"),
            literal(0).label("entry"),
            literal(0).label("place"),
        ),
        select(
            Progress.sentence_id, literal("sentence"), Progress.happened_on, Progress.id, literal(0)
        ).where(told),
        select(Progress.detail_id, literal("detail"), Progress.happened_on, Progress.id, literal(1)).where(
            told, Progress.detail_id.is_not(None)
        ),
        select(
            Evidence.caption_id,
            literal("caption"),
            Progress.happened_on,
            Progress.id,
            2 + Evidence.position,
        )
        .join(Progress, Progress.id == Evidence.progress_id)
        .where(told),
    ).subquery()
    statement = (
        select(
            parts.c.text_id,
            parts.c.kind,
            parts.c.day,
            LocalizedText.original,
            LocalizedText.language,
            Translation.text,
            Translation.state,
        )
        .join(LocalizedText, LocalizedText.id == parts.c.text_id)
        .outerjoin(
            Translation, and_(Translation.text_id == parts.c.text_id, Translation.language == language)
        )
        .order_by((parts.c.entry > 0), parts.c.day.desc(), parts.c.entry.desc(), parts.c.place)
        .limit(200)
    )
    return tuple(ToTranslate(*row) for row in db.session.execute(statement))


def languages_of_title(title_id: int) -> dict[str, str]:
    """State of the title's translation by language. 1 statement."""
    return dict(
        db.session.execute(
            select(Translation.language, Translation.state).where(Translation.text_id == title_id)
        ).all()
    )


@dataclass(frozen=True, slots=True)
class Trace:
    """One act of the audit trail."""

    id: int
    at: datetime
    who: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def trail(commitment_id: int, contract_slug: str) -> tuple[Trace, ...]:
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
        Trace(entry.id, entry.at, entry.actor_label, entry.action, entry.before, entry.after)
        for entry in found
        if entry.object_id is not None or commitment_id in (entry.after or {}).get("ids", ())
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """What a commitment can be linked to in its contract: [(id, name), …]."""

    organisations: Sequence[tuple[int, str]]
    quartiers: Sequence[tuple[int, str]]


def offered(contract_id: int) -> Offered:
    """The organisations and quartiers of a contract, by name. 2 statements."""

    def named(target: type[Organisation] | type[Quartier]) -> list[tuple[int, str]]:
        statement = (
            select(target.id, target.name)
            .where(target.contract_id == contract_id, target.retired_at.is_(None))
            .order_by(func.lower(target.name), target.id)
        )
        return list(db.session.execute(statement))

    return Offered(named(Organisation), named(Quartier))
